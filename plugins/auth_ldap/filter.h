// What is sent to a directory of what a stranger typed.
#pragma once

#include <string>
#include <string_view>

namespace molva::auth_ldap {

// `value` as the value of an assertion in a filter: it matches itself and means nothing else.
// Source: RFC 4515 §3.
std::string EscapeFilter(std::string_view value);

}  // namespace molva::auth_ldap
