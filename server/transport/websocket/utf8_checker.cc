#include "transport/websocket/utf8_checker.h"

namespace molva::transport {

bool Utf8Checker::TakeLead(std::uint8_t byte) {
  lowest_ = 0x80;
  highest_ = 0xBF;
  if (byte < 0x80) {
    continuations_ = 0;
  } else if (byte >= 0xC2 && byte <= 0xDF) {
    continuations_ = 1;
  } else if (byte >= 0xE0 && byte <= 0xEF) {
    continuations_ = 2;
    if (byte == 0xE0) lowest_ = 0xA0;   // below: overlong
    if (byte == 0xED) highest_ = 0x9F;  // above: surrogates
  } else if (byte >= 0xF0 && byte <= 0xF4) {
    continuations_ = 3;
    if (byte == 0xF0) lowest_ = 0x90;   // below: overlong
    if (byte == 0xF4) highest_ = 0x8F;  // above: beyond U+10FFFF
  } else {
    return false;
  }
  return true;
}

bool Utf8Checker::Take(std::string_view piece) {
  for (const char c : piece) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (continuations_ == 0) {
      if (!TakeLead(byte)) return false;
      continue;
    }
    if (byte < lowest_ || byte > highest_) return false;
    --continuations_;
    lowest_ = 0x80;
    highest_ = 0xBF;
  }
  return true;
}

}  // namespace molva::transport
