// Which part of a file a client asks for.
#pragma once

#include <cstdint>
#include <string_view>

namespace molva::transport {

// Bytes of a file.
struct ByteRange {
  enum class Kind : std::uint8_t {
    kWhole,  // nothing was asked for, or what nobody has to understand
    kPart,
    kNone,  // behind the end
  };
  Kind kind = Kind::kWhole;
  std::int64_t offset = 0;
  std::int64_t length = 0;
};

// What the header Range asks for of a file of `size_bytes`. Several ranges at once are answered
// with the whole file.
//
// Source: RFC 9110 §14.
ByteRange ParseRange(std::string_view header, std::int64_t size_bytes);

}  // namespace molva::transport
