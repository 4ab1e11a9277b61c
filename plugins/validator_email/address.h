// Addresses of electronic mail: the plain ones that are taken.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "molva/plugin.hpp"

namespace molva::validator_email {

using sdk::Done;
using sdk::Outcome;

inline constexpr std::size_t kMaxAddressBytes = 128;

// Writes a plain address (local part of dot-separated atoms, ASCII domain) in lower case into
// *normal. What has a display name, a quoted local part, a comment or a control character is
// refused, so that a normal address may stand in a header and in an SMTP command as it is.
// `domains`: those that are taken, empty for all.
// Errors: MALFORMED; POLICY: another domain.
Outcome NormaliseAddress(std::string_view text, const std::set<std::string>& domains,
                         std::string* normal);

}  // namespace molva::validator_email
