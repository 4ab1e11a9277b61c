// Client-side WebSocket frames for tests, right and wrong ones.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "transport/websocket/close_code.h"

namespace molva::transport {

struct FrameSpec {
  unsigned first_byte = 0x81;  // FIN and opcode; reserved bits for the bad ones
  std::string_view payload;
  enum class Masking { kMasked, kNone } masking = Masking::kMasked;
  int length_bytes = -1;  // 0, 2 or 8 instead of the shortest form
};

// The bytes of one frame as a client sends it.
inline std::string BuildFrame(const FrameSpec& spec) {
  const std::array<std::uint8_t, 4> mask = {0x37, 0xfa, 0x21, 0x3d};
  const std::size_t size = spec.payload.size();
  const unsigned mask_bit = spec.masking == FrameSpec::Masking::kMasked ? 0x80u : 0u;
  const int shortest = size < 126 ? 0 : size < 0x10000 ? 2 : 8;
  const int length_bytes = spec.length_bytes < 0 ? shortest : spec.length_bytes;
  std::string frame(1, static_cast<char>(spec.first_byte));
  const std::size_t length = length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127;
  frame += static_cast<char>(mask_bit | length);
  for (int shift = 8 * (length_bytes - 1); shift >= 0; shift -= 8) {
    frame += static_cast<char>(size >> shift & 0xFF);
  }
  if (mask_bit == 0) return frame + std::string(spec.payload);
  frame.append(mask.begin(), mask.end());
  for (std::size_t i = 0; i < size; ++i) {
    frame += static_cast<char>(static_cast<std::uint8_t>(spec.payload[i]) ^ mask[i % 4]);
  }
  return frame;
}

inline std::string TextFrame(std::string_view payload) { return BuildFrame({0x81, payload}); }
inline std::string PingFrame(std::string_view payload) { return BuildFrame({0x89, payload}); }
// A close with a code and a reason.
inline std::string CloseFrame(unsigned code, std::string_view reason = {}) {
  std::string payload = {static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
  payload += reason;
  return BuildFrame({0x88, payload});
}

}  // namespace molva::transport
