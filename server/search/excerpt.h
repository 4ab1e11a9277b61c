// The place of a text where a query was found.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace molva::search {

// About 160 characters of `text` around the first match, cut between characters: parts that do not
// match and parts that do, in turn, beginning with one that does not; parts may be empty. Joined
// they are that piece of the text.
std::vector<std::string> ExcerptOf(std::string_view text,
                                   const std::vector<store::Phrase>& phrases);

}  // namespace molva::search
