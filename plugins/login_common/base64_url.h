// Base64 with the alphabet of URLs, without padding: RFC 4648 §5.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace molva::login_common {

std::string EncodeBase64Url(std::string_view bytes);
// nullopt for padding, other characters, and bits left over that are not zero: whatever is taken
// has one text alone, so that nobody makes another of what was signed or used.
std::optional<std::string> DecodeBase64Url(std::string_view text);

}  // namespace molva::login_common
