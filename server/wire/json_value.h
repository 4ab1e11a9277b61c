// Checks single JSON values that arrive inside another encoding.
#pragma once

#include <absl/status/status.h>
#include <simdjson.h>

#include <string>
#include <string_view>

#include "model/raw_json.h"

namespace molva::wire {

// Checks the JSON in bytes fields as strictly as the JSON decoder checks what it passes through.
//
// Thread: one at a time; reuses its buffers.
class JsonValueChecker {
 public:
  // `max_depth`: of the packet. A value inside it stands two levels down, as it would in JSON.
  explicit JsonValueChecker(int max_depth) : max_depth_(max_depth) {}

  // Sets `out` to the value in `text`, without blanks around it; empty text leaves it absent.
  // Errors: kMalformed unless `text` is exactly one value.
  absl::Status Read(std::string_view text, model::RawJson& out);

 private:
  const int max_depth_;
  simdjson::ondemand::parser parser_;
  std::string buffer_;
};

}  // namespace molva::wire
