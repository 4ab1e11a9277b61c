// Base64 with the alphabet of URLs, without padding: RFC 4648 §5.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace molva::push_web {

std::string EncodeBase64Url(std::string_view bytes);
// Padding and the other alphabet are taken too, as browsers differ. nullopt: other characters.
std::optional<std::string> DecodeBase64Url(std::string_view text);

}  // namespace molva::push_web
