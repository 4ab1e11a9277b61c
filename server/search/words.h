// Text as the words by which it is found.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace molva::search {

// A word, folded, and the bytes of the text that it stands for.
struct Word {
  std::string text;
  std::size_t begin = 0;
  std::size_t end = 0;
  // Of a run of a script without spaces between words: the last character alone, behind the pairs.
  enum class Part : std::uint8_t { kWord, kLastOfRun } part = Part::kWord;
};

// The words of `text` in order: runs of letters and digits, without case and diacritics and in
// compatibility form. Of scripts that do not set words apart (Chinese, Japanese, Korean, Thai, …):
// the overlapping pairs of characters of each run, then its last character alone. Bytes that are no
// UTF-8 stand between words. A word is cut to 64 bytes.
std::vector<Word> WordsOf(std::string_view text);

// The same with single spaces between them; at most 4,096 of them.
std::string JoinedWordsOf(std::string_view text);

}  // namespace molva::search
