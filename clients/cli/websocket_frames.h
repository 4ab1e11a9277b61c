// The client's half of RFC 6455 framing.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace molva::cli {

enum class FrameKind : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10,
};

// One whole frame, masked with `mask` as clients must.
std::string MakeFrame(FrameKind kind, std::string_view payload, std::uint32_t mask);

// A message, or a control frame.
struct ReceivedFrame {
  FrameKind kind;
  std::string payload;
};

// Puts the server's bytes together again.
//
// Limits: 64 MiB per message.
class FrameReader {
 public:
  // Where new bytes are appended.
  std::string& input() { return input_; }
  // The next message or control frame; nullopt if it is not complete yet.
  // Errors: kUnavailable if the bytes are no frames.
  absl::StatusOr<std::optional<ReceivedFrame>> Next();

 private:
  struct Header {
    bool final;
    FrameKind kind;
    std::size_t header_bytes;
    std::uint64_t payload_bytes;
  };
  absl::StatusOr<std::optional<Header>> ReadHeader() const;

  std::string input_;
  std::optional<ReceivedFrame> message_;  // in parts so far
};

// What the server must answer to `key` (Sec-WebSocket-Accept).
std::string AcceptFor(std::string_view key);

}  // namespace molva::cli
