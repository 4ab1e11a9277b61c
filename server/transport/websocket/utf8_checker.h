// Checks UTF-8 that arrives in pieces.
#pragma once

#include <cstdint>
#include <string_view>

namespace molva::transport {

// Finds the first byte that cannot be part of valid UTF-8 as soon as it arrives: overlong forms,
// surrogates and anything above U+10FFFF count as wrong.
//
// Source: RFC 3629 §4, Unicode table 3-7.
class Utf8Checker {
 public:
  // Takes the next piece; false from the first wrong byte on.
  [[nodiscard]] bool Take(std::string_view piece);
  // Whether the text may end here.
  bool IsComplete() const { return continuations_ == 0; }
  void Reset() { *this = Utf8Checker(); }

 private:
  bool TakeLead(std::uint8_t byte);

  std::uint8_t continuations_ = 0;  // still to come in this character
  std::uint8_t lowest_ = 0x80;      // what the next continuation byte may be
  std::uint8_t highest_ = 0xBF;
};

}  // namespace molva::transport
