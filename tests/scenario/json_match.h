// Compares a packet with what a scenario expects of it.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace molva::test {

// Names of a scenario ("$G") and what they stand for.
using Variables = std::map<std::string, std::string>;

// Whether `actual` has everything that `expected` has. Objects may have more members than
// expected, arrays must agree in length; a member expected to be "!" must be absent; a string
// "$name" matches the variable, or any string if that is unset, which then sets it; so does what
// follows "prefix" in "prefix$name"; "*" matches anything.
bool Matches(std::string_view expected, std::string_view actual, Variables& variables);

}  // namespace molva::test
