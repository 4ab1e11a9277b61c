#include "passkeys.h"

#include <charconv>

#include "login_common/base64_url.h"

namespace molva::auth_passkey {
namespace {

using login_common::DecodeBase64Url;
using login_common::EncodeBase64Url;

constexpr std::string_view kVersion = "passkeys1";
constexpr std::size_t kParts = 5;

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

template <typename Number>
bool ReadNumber(std::string_view text, Number* number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size();
}

std::optional<Passkey> ReadOne(std::string_view text) {
  const std::vector<std::string_view> parts = Split(text, ':');
  if (parts.size() != kParts) return std::nullopt;
  const auto id = DecodeBase64Url(parts[0]);
  const auto key = DecodeBase64Url(parts[1]);
  const auto label = DecodeBase64Url(parts[4]);
  Passkey passkey;
  if (!id.has_value() || !key.has_value() || !label.has_value() ||
      !ReadNumber(parts[2], &passkey.counter) || !ReadNumber(parts[3], &passkey.created_millis)) {
    return std::nullopt;
  }
  passkey.id = *id;
  passkey.key = *key;
  passkey.label = *label;
  return passkey;
}

}  // namespace

std::string WritePasskeys(const std::vector<Passkey>& keys) {
  std::string text(kVersion);
  for (const Passkey& key : keys) {
    text += " " + EncodeBase64Url(key.id) + ":" + EncodeBase64Url(key.key) + ":" +
            std::to_string(key.counter) + ":" + std::to_string(key.created_millis) + ":" +
            EncodeBase64Url(key.label);
  }
  return text;
}

std::optional<std::vector<Passkey>> ReadPasskeys(std::string_view text) {
  const std::vector<std::string_view> parts = Split(text, ' ');
  if (parts[0] != kVersion) return std::nullopt;
  std::vector<Passkey> keys;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    std::optional<Passkey> key = ReadOne(parts[i]);
    if (!key.has_value()) return std::nullopt;
    keys.push_back(*std::move(key));
  }
  return keys;
}

}  // namespace molva::auth_passkey
