// What people type to find messages, as phrases of words.
#pragma once

#include <absl/status/statusor.h>

#include <string_view>
#include <vector>

#include "store/store.h"

namespace molva::search {

// Reads words, "phrases" in quotation marks, and beginnings*; everything else is text. All of them
// must be in a message.
// Errors: kMalformed: more than 256 bytes, 16 phrases or 64 words, no UTF-8, no word at all, or a
//         beginning of one letter of a script that sets words apart: too many words have it.
absl::StatusOr<std::vector<store::Phrase>> ParseQuery(std::string_view text);

}  // namespace molva::search
