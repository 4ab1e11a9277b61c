#include "clients/cli/websocket_frames.h"

#include <absl/strings/escaping.h>
#include <openssl/sha.h>

#include <array>
#include <utility>

#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

constexpr std::uint64_t kMaxMessageBytes = 64 * 1024 * 1024;

std::uint64_t BigEndian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

void AppendBigEndian(std::string& out, std::uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

absl::Status BadFrame() {
  return absl::UnavailableError("the server sent what is no WebSocket frame");
}

}  // namespace

std::string MakeFrame(FrameKind kind, std::string_view payload, std::uint32_t mask) {
  std::string frame;
  frame += static_cast<char>(0x80 | static_cast<int>(kind));
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80 | static_cast<int>(payload.size()));
  } else if (payload.size() <= 0xffff) {
    frame += static_cast<char>(0x80 | 126);
    AppendBigEndian(frame, payload.size(), 2);
  } else {
    frame += static_cast<char>(0x80 | 127);
    AppendBigEndian(frame, payload.size(), 8);
  }
  AppendBigEndian(frame, mask, 4);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    frame += static_cast<char>(payload[i] ^ static_cast<char>(mask >> (8 * (3 - i % 4))));
  }
  return frame;
}

absl::StatusOr<std::optional<FrameReader::Header>> FrameReader::ReadHeader() const {
  if (input_.size() < 2) return std::nullopt;
  const auto first = static_cast<unsigned char>(input_[0]);
  const auto second = static_cast<unsigned char>(input_[1]);
  // A server does not mask and uses no reserved bits.
  if ((first & 0x70) != 0 || (second & 0x80) != 0) return BadFrame();
  Header header{(first & 0x80) != 0, static_cast<FrameKind>(first & 0x0f), 2, second & 0x7fu};
  const std::size_t length_bytes =
      header.payload_bytes == 126 ? 2 : (header.payload_bytes == 127 ? 8 : 0);
  if (length_bytes > 0) {
    header.header_bytes += length_bytes;
    if (input_.size() < header.header_bytes) return std::nullopt;
    header.payload_bytes = BigEndian(std::string_view(input_).substr(2, length_bytes));
  }
  if (header.payload_bytes > kMaxMessageBytes) return BadFrame();
  return header;
}

absl::StatusOr<std::optional<ReceivedFrame>> FrameReader::Next() {
  while (true) {
    MOLVA_ASSIGN_OR_RETURN(const std::optional<Header> header, ReadHeader());
    if (!header.has_value()) return std::nullopt;
    const std::size_t whole = header->header_bytes + header->payload_bytes;
    if (input_.size() < whole) return std::nullopt;
    std::string payload = input_.substr(header->header_bytes, header->payload_bytes);
    input_.erase(0, whole);
    if (header->kind >= FrameKind::kClose) return ReceivedFrame{header->kind, std::move(payload)};
    if ((header->kind == FrameKind::kContinuation) != message_.has_value()) return BadFrame();
    if (!message_.has_value()) message_ = ReceivedFrame{header->kind, ""};
    message_->payload += payload;
    if (message_->payload.size() > kMaxMessageBytes) return BadFrame();
    if (header->final) return std::exchange(message_, std::nullopt);
  }
}

std::string AcceptFor(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return absl::Base64Escape(
      absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

}  // namespace molva::cli
