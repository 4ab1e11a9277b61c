// Strings as OpenSSL takes them.
#pragma once

#include <string>
#include <string_view>

namespace molva::push_web {

inline unsigned char* Bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}
inline const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace molva::push_web
