#include "folded_words.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>

namespace molva::moderation_words {
namespace {

bool IsInvisible(UChar32 c) { return u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT); }

bool IsInWord(UChar32 c) {
  if (c < 0) return false;
  if (c < 0x80) return u_isalnum(c);
  constexpr std::uint32_t kInWords = U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK;
  return (U_GET_GC_MASK(c) & kInWords) != 0 || IsInvisible(c);
}

std::string Fold(std::string_view word) {
  if (std::all_of(word.begin(), word.end(), [](char c) { return (c & 0x80) == 0; })) {
    std::string lower(word);
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
  }
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* const fold = icu::Normalizer2::getNFKCCasefoldInstance(error);
  if (U_FAILURE(error)) throw std::runtime_error("ICU lacks its normalisation data");
  std::string folded;
  fold->normalize(
          icu::UnicodeString::fromUTF8({word.data(), static_cast<std::int32_t>(word.size())}),
          error)
      .toUTF8String(folded);
  if (U_FAILURE(error)) throw std::runtime_error("ICU cannot fold a word");
  return folded;
}

// The character at `at`, which moves behind it; negative for bytes that are none.
UChar32 TakeCharacter(std::string_view text, std::size_t& at) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  auto i = static_cast<std::int32_t>(at);
  UChar32 c = 0;
  U8_NEXT(bytes, i, static_cast<std::int32_t>(text.size()), c);
  at = static_cast<std::size_t>(i);
  return c;
}

}  // namespace

std::vector<FoundWord> WordsIn(std::string_view text) {
  std::vector<FoundWord> words;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t begin = at;
    std::size_t end = begin;
    while (at < text.size() && IsInWord(TakeCharacter(text, at))) end = at;
    if (end == begin) continue;
    std::string folded = Fold(text.substr(begin, end - begin));
    if (!folded.empty()) words.push_back({std::move(folded), begin, end});
  }
  return words;
}

void AppendMask(std::string_view word, std::string* out) {
  for (std::size_t at = 0; at < word.size();) {
    TakeCharacter(word, at);
    *out += '*';
  }
}

}  // namespace molva::moderation_words
