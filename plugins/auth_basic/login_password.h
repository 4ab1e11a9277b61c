// The secret of the scheme: "login:password", and what a login and a password must be like.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace molva::auth_basic {

struct LoginPassword {
  std::string login;  // lower-cased
  std::string_view password;
};

// Splits at the first colon; nullopt if there is none. Borrows from `secret`.
std::optional<LoginPassword> Split(std::string_view secret);

struct Policy {
  std::size_t min_login_length = 2;     // characters
  std::size_t min_password_length = 6;  // characters
  bool adds_tags = true;
};
inline constexpr std::size_t kMaxLoginLength = 32;

// One sentence about what is wrong; empty if nothing is. Never repeats the input.
std::string FaultOfLogin(const Policy& policy, std::string_view login);
std::string FaultOfPassword(const Policy& policy, std::string_view password);

}  // namespace molva::auth_basic
