// The heads of a message that this server acts upon beyond the protocol of stock clients.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <optional>
#include <string>

#include "model/raw_json.h"

namespace molva::topic {

// What a publication asks for. Source: docs/protocol beyond §2, §3.
struct OwnHeads {
  std::string uid;                    // of the publication; may be empty
  std::optional<absl::Duration> ttl;  // how long the message shall be kept
  bool is_once = false;               // only until everybody has it
};

// Errors: kInvalidArgument: one of them has no meaning.
absl::StatusOr<OwnHeads> ReadOwnHeads(const model::JsonFields& head);

// The key of the default of a topic in its aux.
inline constexpr char kTtlKey[] = "x-molva-ttl";

// The keys of the others: messages that go when everybody has them, and how old messages become.
inline constexpr char kOnceKey[] = "x-molva-once";
inline constexpr char kKeepKey[] = "x-molva-keep";
inline constexpr absl::Duration kMaxTtl = absl::Hours(24 * 366);

// Whether it says that messages go when everybody has them: `true`.
bool IsOnceValue(const model::RawJson& value);
// The age that `value` states, or nullopt: it is no number of seconds from 60 to ten years.
std::optional<absl::Duration> ParseKeep(const model::RawJson& value);
// The time to live that `value` states, or nullopt: it is no number of seconds from 1 to a year.
std::optional<absl::Duration> ParseTtl(const model::RawJson& value);

}  // namespace molva::topic
