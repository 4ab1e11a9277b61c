// The value of a setting, from its text and back.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/setting.h"

namespace molva::config {

// bool for kBool; int64 for kInteger, kSize (bytes) and kDuration (milliseconds); text for kText,
// kChoice, kAddress and kSecret; a list for kTextList.
using Value = std::variant<bool, std::int64_t, std::string, std::vector<std::string>>;

// Reads `text` (an environment variable, a default, a string in TOML) as a value of `row`: lists
// are separated by commas.
// Errors: kInvalidArgument: says what the row takes; repeats no secret.
absl::StatusOr<Value> ParseValue(const Setting& row, std::string_view text);

// Says whether `value` is within what `row` allows.
// Errors: kInvalidArgument, with the value and the allowed range.
absl::Status CheckRange(const Setting& row, const Value& value);

// "a size from 1 KiB to 64 MiB": what the row takes, for messages and tables.
std::string DescribeAllowed(const Setting& row);

// `value` as it would stand in molva.toml. A secret is "…" or "".
std::string FormatToml(const Setting& row, const Value& value);
// `value` as JSON: numbers for sizes (bytes) and durations (milliseconds), null for a set secret.
std::string FormatJson(const Setting& row, const Value& value);

}  // namespace molva::config
