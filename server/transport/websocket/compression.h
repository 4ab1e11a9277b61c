// Messages of a WebSocket, deflated one by one.
#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "transport/http/http_service.h"

namespace molva::transport {

enum class Compression : std::uint8_t {
  kNone,
  kPerMessage,  // neither side remembers a message when the next one comes
};

// What Sec-WebSocket-Extensions answers to the first offer of permessage-deflate that can be
// taken; nullopt if there is none.
//
// Source: RFC 7692 §5, §7.1.
std::optional<std::string> AcceptCompression(const HttpRequest& request);

// Deflates and inflates messages. Nothing is kept between two of them, so one serves all
// connections of a shard.
//
// Thread: one. Owns: some 320 KiB, and a buffer for the longest message, all of it from the start.
// Source: RFC 7692 §7.2.
class MessageCodec {
 public:
  // So many readable bytes, zeros, follow an inflated message.
  static constexpr std::size_t kTailBytes = 64;

  explicit MessageCodec(std::size_t max_message_bytes);
  ~MessageCodec();
  MessageCodec(const MessageCodec&) = delete;
  MessageCodec& operator=(const MessageCodec&) = delete;

  // The payload of a frame that holds `text`.
  std::string Deflate(std::string_view text);
  // The message in `payload`; good until the next call. What is too long is given up as soon as
  // that is seen; no memory is taken for it.
  // Errors: kResourceExhausted: longer than max_message_bytes; kInvalidArgument: not deflated.
  absl::StatusOr<std::string_view> Inflate(std::string_view payload);

 private:
  struct Streams;

  const std::size_t max_message_bytes_;
  const std::unique_ptr<Streams> streams_;
  std::string inflated_;
};

}  // namespace molva::transport
