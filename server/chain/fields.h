// Checks and conversions of the single fields of bodies. Private to server/chain.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "model/raw_json.h"
#include "wire/json_value.h"

namespace molva::chain {

// All refuse with kInvalidArgument, naming `field`.
absl::Status Refuse(std::string_view field, std::string_view why);

// A global name of a user; of a topic; a domain. What it names is not looked at here.
absl::Status CheckUser(std::string_view name, std::string_view field);
absl::Status CheckTopic(std::string_view name, std::string_view field);
absl::Status CheckDomain(std::string_view name, std::string_view field);
// Letters of rights, or nothing.
absl::Status CheckMode(std::string_view mode, std::string_view field);
absl::Status CheckHash(std::string_view hash, std::string_view field);
// The place in a log: `number` from 1, and the hash of the body before it unless it is the first.
absl::Status CheckPlace(std::int64_t number, std::string_view prev, std::string_view field);

// Milliseconds since 1970, up to the year 9999.
absl::StatusOr<absl::Time> ReadTime(std::int64_t milliseconds, std::string_view field);

// Reads JSON that stands in other fields. Thread: one at a time.
class JsonFieldReader {
 public:
  JsonFieldReader();
  // One value, or nothing at all.
  absl::Status Read(std::string_view text, std::string_view field, model::RawJson& out);
  absl::Status ReadObject(std::string_view text, std::string_view field, model::RawJson& out);
  // One value without blanks around it: its bytes are hashed.
  absl::Status ReadExact(std::string_view text, std::string_view field, model::RawJson& out);

 private:
  wire::JsonValueChecker checker_;
};

}  // namespace molva::chain
