// Telephone numbers in the one form of E.164.
#pragma once

#include <string>
#include <string_view>

#include "molva/plugin.hpp"
#include "regions.h"

namespace molva::validator_tel {

using sdk::Done;
using sdk::Outcome;

// Writes `text` as "+" and the digits of the full number into *normal. Spaces, dots, hyphens,
// slashes and parentheses between digits do not count. Without "+" it is a number within `region`.
// Errors: MALFORMED: other characters, no such country code, too few or too many digits.
Outcome NormaliseNumber(std::string_view text, const Region& region, std::string* normal);

}  // namespace molva::validator_tel
