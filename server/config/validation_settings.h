// The settings of contacts that accounts confirm.
#pragma once

#include "config/setting.h"
#include "config/units.h"

namespace molva::config {

inline constexpr Setting kValidationRows[] = {
    {.name = "validation.methods",
     .type = Type::kTextList,
     .standard = "",
     .highest = 16,
     .sentence = "The kinds of contact that accounts may confirm, as email; each by the plugin "
                 "validator_<name>, which [plugin.validator_<name>] configures."},
    {.name = "validation.required",
     .type = Type::kTextList,
     .standard = "",
     .highest = 64,
     .sentence = "Who must confirm what, as email:auth; the level is anon, auth or root. A method "
                 "that nobody needs is off, but its tags stay reserved."},
    {.name = "validation.add_to_tags",
     .type = Type::kTextList,
     .standard = "",
     .highest = 16,
     .sentence = "Methods by whose contacts people are found once they are confirmed."},
    {.name = "validation.max_retries",
     .type = Type::kInteger,
     .standard = "3",
     .lowest = 1,
     .highest = 100,
     .sentence = "Wrong responses to one code; then it is worth nothing."},
    {.name = "validation.code_length",
     .type = Type::kInteger,
     .standard = "6",
     .lowest = 4,
     .highest = 32,
     .sentence = "Digits of a code."},
    {.name = "validation.letters_per_hour",
     .type = Type::kInteger,
     .standard = "10",
     .highest = 1'000'000,
     .sentence = "Letters to one contact that are sent at once, and then in each hour, evenly; "
                 "zero means no limit."},
    {.name = "validation.reset_lifetime",
     .type = Type::kDuration,
     .standard = "15m",
     .lowest = 60 * kSecond,
     .highest = kDay,
     .sentence = "How long a code is good for by which a new password is chosen; until then there "
                 "is no other."},
    {.name = "validation.workers",
     .type = Type::kInteger,
     .standard = "2",
     .lowest = 1,
     .highest = 64,
     .sentence = "Threads that send letters, and of each auth plugin that waits for a service."},
    {.name = "validation.debug_response",
     .type = Type::kSecret,
     .standard = "",
     .highest = 32,
     .sentence = "A response that is taken for every code; refused unless node.test is set."},
};

}  // namespace molva::config
