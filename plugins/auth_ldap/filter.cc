#include "filter.h"

namespace molva::auth_ldap {

std::string EscapeFilter(std::string_view value) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string escaped;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain =
        byte >= 0x20 && byte < 0x7f && c != '*' && c != '(' && c != ')' && c != '\\';
    if (is_plain) {
      escaped += c;
      continue;
    }
    escaped += '\\';
    escaped += kDigits[byte >> 4];
    escaped += kDigits[byte & 0x0f];
  }
  return escaped;
}

}  // namespace molva::auth_ldap
