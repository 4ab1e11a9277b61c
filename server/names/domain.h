// Domain names: which texts are one, and their one spelling.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace molva::names {

// A domain name as federation uses it: lower case, 1 to 253 bytes, labels of letters, digits and
// hyphens. nullopt for anything else, addresses and ports included.
// Source: docs/federation.md §1, RFC 1123 §2.1.
std::optional<std::string> NormaliseDomain(std::string_view text);

}  // namespace molva::names
