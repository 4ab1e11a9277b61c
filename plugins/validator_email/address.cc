#include "address.h"

#include <algorithm>

namespace molva::validator_email {
namespace {

constexpr std::size_t kMaxLocalBytes = 64;
constexpr std::size_t kMaxLabelBytes = 63;

bool IsLetterOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// RFC 5322 §3.2.3, lower case.
bool IsAtomLetter(char c) {
  constexpr std::string_view kSpecial = "!#$%&'*+-/=?^_`{|}~";
  return IsLetterOrDigit(c) || kSpecial.find(c) != std::string_view::npos;
}
bool IsLabelLetter(char c) { return IsLetterOrDigit(c) || c == '-'; }

// Whether every part of `text` between dots passes `is_good`.
template <typename Predicate>
bool AllParts(std::string_view text, Predicate is_good) {
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!is_good(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool IsLocalPart(std::string_view text) {
  return text.size() <= kMaxLocalBytes && AllParts(text, [](std::string_view atom) {
           return !atom.empty() && std::all_of(atom.begin(), atom.end(), IsAtomLetter);
         });
}

bool IsDomain(std::string_view text) {
  return text.find('.') != std::string_view::npos && AllParts(text, [](std::string_view label) {
           return !label.empty() && label.size() <= kMaxLabelBytes && label.front() != '-' &&
                  label.back() != '-' && std::all_of(label.begin(), label.end(), IsLabelLetter);
         });
}

}  // namespace

Outcome NormaliseAddress(std::string_view text, const std::set<std::string>& domains,
                         std::string* normal) {
  if (text.size() > kMaxAddressBytes) return {MOLVA_MALFORMED, "the address is over 128 bytes"};
  std::string address(text);
  for (char& c : address) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const std::size_t at = address.find('@');
  if (at == std::string::npos || !IsLocalPart(std::string_view(address).substr(0, at)) ||
      !IsDomain(std::string_view(address).substr(at + 1))) {
    return {MOLVA_MALFORMED, "that is no plain address"};
  }
  if (!domains.empty() && !domains.contains(address.substr(at + 1))) {
    return {MOLVA_POLICY, "addresses of that domain are not taken"};
  }
  *normal = std::move(address);
  return Done();
}

}  // namespace molva::validator_email
