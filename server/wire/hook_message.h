// What a program sends to an incoming webhook, as a message.
#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <string_view>

#include "model/request.h"
#include "wire/json_decoder.h"

namespace molva::wire {

// What the decoder must take beyond the longest body.
inline constexpr std::size_t kHookPacketBytes = 64;

// Takes an object with `text`, or with `content` and perhaps `head`; other members are ignored. All
// of it is checked as a packet of a client is. The topic of the message is not set.
//
// Errors: kInvalidArgument, with a sentence for the sender.
// Source: docs/webhooks.md.
absl::StatusOr<model::Pub> DecodeHookMessage(JsonDecoder& decoder, std::string_view body);

}  // namespace molva::wire
