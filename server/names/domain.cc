#include "names/domain.h"

#include <algorithm>

#include "base/strings.h"

namespace molva::names {
namespace {

constexpr std::size_t kMaxDomainBytes = 253;
constexpr std::size_t kMaxLabelBytes = 63;

bool IsLabel(std::string_view label) {
  const auto is_letter_or_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return !label.empty() && label.size() <= kMaxLabelBytes && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [&](char c) {
           return is_letter_or_digit(c) || c == '-';
         });
}

// As resolvers read the parts of IPv4 addresses: decimal, or hexadecimal after 0x.
bool IsNumber(std::string_view label) {
  const bool is_hex = label.starts_with("0x");
  if (is_hex) label.remove_prefix(2);
  return std::all_of(label.begin(), label.end(), [is_hex](char c) {
    return (c >= '0' && c <= '9') || (is_hex && c >= 'a' && c <= 'f');
  });
}

}  // namespace

std::optional<std::string> NormaliseDomain(std::string_view text) {
  if (text.empty() || text.size() > kMaxDomainBytes) return std::nullopt;
  std::string domain = base::AsciiLower(text);
  std::string_view rest = domain;
  for (;;) {
    const std::size_t dot = std::min(rest.find('.'), rest.size());
    const std::string_view label = rest.substr(0, dot);
    if (!IsLabel(label)) return std::nullopt;
    if (dot == rest.size()) {
      // No top-level domain is a number: this is an IPv4 address or part of one (RFC 3696 §2,
      // WHATWG URL §3.5).
      if (IsNumber(label)) return std::nullopt;
      return domain;
    }
    rest.remove_prefix(dot + 1);
  }
}

}  // namespace molva::names
