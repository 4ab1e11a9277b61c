#include "login_password.h"

#include <algorithm>

namespace molva::auth_basic {
namespace {

bool IsLetterOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool IsInner(char c) { return IsLetterOrDigit(c) || c == '_' || c == '.'; }

// Code points: bytes that do not continue one.
std::size_t CountCharacters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

}  // namespace

std::optional<LoginPassword> Split(std::string_view secret) {
  const std::size_t colon = secret.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string login(secret.substr(0, colon));
  for (char& c : login) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return LoginPassword{std::move(login), secret.substr(colon + 1)};
}

std::string FaultOfLogin(const Policy& policy, std::string_view login) {
  if (login.size() < policy.min_login_length || login.empty()) {
    return "login is shorter than " + std::to_string(policy.min_login_length);
  }
  if (login.size() > kMaxLoginLength) {
    return "login is longer than " + std::to_string(kMaxLoginLength);
  }
  if (!IsLetterOrDigit(login.front()) || !IsLetterOrDigit(login.back()) ||
      !std::all_of(login.begin(), login.end(), IsInner)) {
    return "login has forbidden characters";
  }
  return {};
}

std::string FaultOfPassword(const Policy& policy, std::string_view password) {
  if (CountCharacters(password) < policy.min_password_length) {
    return "password is shorter than " + std::to_string(policy.min_password_length);
  }
  return {};
}

}  // namespace molva::auth_basic
