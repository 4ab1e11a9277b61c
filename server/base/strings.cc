#include "base/strings.h"

#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>
#include <simdjson.h>

#include <algorithm>
#include <cstring>

namespace molva::base {

std::string EncodeBase64(std::string_view bytes) { return absl::Base64Escape(ToAbsl(bytes)); }

std::optional<std::string> DecodeBase64(std::string_view text) {
  std::string standard(text);
  std::replace(standard.begin(), standard.end(), '-', '+');
  std::replace(standard.begin(), standard.end(), '_', '/');
  // Abseil passes over blanks and takes dots for padding.
  const auto is_foreign = [](char c) {
    return !absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '+' && c != '/' && c != '=';
  };
  std::string bytes;
  if (std::any_of(standard.begin(), standard.end(), is_foreign) ||
      !absl::Base64Unescape(standard, &bytes)) {
    return std::nullopt;
  }
  return bytes;
}

std::string EncodeId(std::uint64_t bits) {
  char raw[8];
  for (int i = 0; i < 8; ++i) raw[i] = static_cast<char>((bits >> (8 * i)) & 0xff);
  return absl::WebSafeBase64Escape(absl::string_view(raw, sizeof raw));
}

std::optional<std::uint64_t> DecodeId(std::string_view text) {
  std::string raw;
  if (text.size() != 11 || !absl::WebSafeBase64Unescape(ToAbsl(text), &raw) || raw.size() != 8) {
    return std::nullopt;
  }
  std::uint64_t bits = 0;
  for (int i = 7; i >= 0; --i) bits = bits << 8 | static_cast<unsigned char>(raw[i]);
  return bits;
}

std::string AsciiLower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string_view TrimAscii(std::string_view text) {
  const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> SplitWords(std::string_view text, char separator) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

bool IsValidUtf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace molva::base
