// Bytes of UTF-8 text.
#pragma once

#include <cstddef>
#include <string>

namespace molva::search {

// Whether `c` goes on with a character that began before it.
inline bool IsInside(char c) { return (c & 0xC0) == 0x80; }

// At most `bytes` of `text`, no character of it cut in two.
inline std::string Cut(std::string text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (IsInside(text[bytes])) --bytes;
  text.resize(bytes);
  return text;
}

}  // namespace molva::search
