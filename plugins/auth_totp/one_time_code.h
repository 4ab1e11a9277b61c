// Codes that change with time, and the secrets that they are made of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace molva::auth_totp {

// Half a minute of the clock; codes of the steps beside the present one are taken too, for clocks
// that are not quite right.
inline constexpr std::int64_t kStepMillis = 30'000;
inline constexpr std::size_t kCodeDigits = 6;

// The code of `step`: six digits, HMAC-SHA1. Source: RFC 6238, RFC 4226 §5.3.
std::string CodeOf(std::string_view secret, std::int64_t step);
// The step whose code is `code`: the present one or one beside it, and later than `after`.
// nullopt for none. Takes as long whatever the code is.
std::optional<std::int64_t> FindStep(std::string_view secret, std::string_view code,
                                     std::int64_t now_millis, std::int64_t after);

// Base32 as authenticators write it: either case, blanks and dashes passed over, padded or not.
// nullopt for anything else. Source: RFC 4648 §6.
std::optional<std::string> DecodeBase32(std::string_view text);

}  // namespace molva::auth_totp
