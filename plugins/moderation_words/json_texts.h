// The texts inside a JSON value, judged one by one.
#pragma once

#include <string>
#include <string_view>

#include "word_list.h"

namespace molva::moderation_words {

// What the list says of all texts in `json`, however deep, but not of keys; `replaced` is the value
// with its texts replaced. What cannot be written again as it was (integers beyond 64 bits, text
// that is no JSON) is judged all the same, with kRefuse in place of kReplace.
WordList::Finding JudgeJson(const WordList& list, std::string_view json);

}  // namespace molva::moderation_words
