// Reads each of the ten requests out of its JSON object. Private to server/wire.
#pragma once

#include <absl/status/status.h>

#include <string_view>

#include "model/request.h"
#include "wire/json_reader.h"

namespace molva::wire {

// How one kind of request is read. `read` sets `out.id` and `out.body`.
struct RequestReader {
  std::string_view key;
  absl::Status (*read)(JsonReader& in, JsonValue value, model::Request& out);
};

// The reader for `key`, or nullptr. A lower address comes first in precedence.
const RequestReader* FindRequestReader(std::string_view key);

absl::Status Read(JsonReader& in, JsonValue value, model::Extra& out);

}  // namespace molva::wire
