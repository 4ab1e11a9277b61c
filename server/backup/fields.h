// Integers and texts as bytes, as an archive has them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace molva::backup {

// The lowest byte first.
template <typename Integer>
void AppendInteger(Integer value, std::string& bytes) {
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    bytes.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i) & 0xff));
  }
}

// Its length in an integer of that type, and the text, which must not be longer than that can say.
template <typename Length>
void AppendText(std::string_view text, std::string& bytes) {
  AppendInteger(static_cast<Length>(text.size()), bytes);
  bytes.append(text);
}

// Takes fields off the front of bytes from outside.
//
// Borrows: the bytes. Errors: false, if there are too few.
class FieldCursor {
 public:
  explicit FieldCursor(std::string_view bytes) : left_(bytes) {}
  bool at_end() const { return left_.empty(); }

  bool Take(std::size_t size, std::string_view& taken) {
    if (left_.size() < size) return false;
    taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return true;
  }
  template <typename Integer>
  bool TakeInteger(Integer& value) {
    std::string_view bytes;
    if (!Take(sizeof(Integer), bytes)) return false;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
      bits |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    }
    value = static_cast<Integer>(bits);
    return true;
  }
  template <typename Length>
  bool TakeText(std::string_view& text) {
    Length size = 0;
    return TakeInteger(size) && Take(size, text);
  }

 private:
  std::string_view left_;
};

}  // namespace molva::backup
