// The words of a text, each in the form in which words are compared, and where it stands.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace molva::moderation_words {

struct FoundWord {
  std::string folded;
  std::size_t begin = 0;  // bytes of the text
  std::size_t end = 0;
};

// Letters, digits and marks in a row, and what is invisible between them. Bytes that are no UTF-8
// separate words.
std::vector<FoundWord> WordsIn(std::string_view text);

// Appends a * for each character of `word`.
void AppendMask(std::string_view word, std::string* out);

}  // namespace molva::moderation_words
