#include "search/words.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <cstdint>

#include "base/check.h"
#include "base/strings.h"
#include "search/utf8.h"

namespace molva::search {
namespace {

constexpr std::size_t kMaxWordBytes = 64;
constexpr std::size_t kMaxWords = 4096;
constexpr UChar32 kProlongedSound = 0x30FC;  // of Katakana and Hiragana, and so of no script
// Katakana of half width with its marks, which are of no script either.
constexpr UChar32 kFirstHalfwidth = 0xFF66;
constexpr UChar32 kLastHalfwidth = 0xFF9F;

constexpr UChar32 kNone = -1;

enum class Class : std::uint8_t { kBetween, kSpaced, kUnspaced };

bool IsUnspaced(UChar32 c) {
  if (c == kProlongedSound || (c >= kFirstHalfwidth && c <= kLastHalfwidth)) return true;
  UErrorCode error = U_ZERO_ERROR;
  switch (uscript_getScript(c, &error)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_HANGUL:
    case USCRIPT_BOPOMOFO:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR:
      return U_SUCCESS(error);
    default:
      return false;
  }
}

Class ClassOf(UChar32 c) {
  if (c < 0x80) return u_isalnum(c) ? Class::kSpaced : Class::kBetween;
  constexpr std::uint32_t kInWords = U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK;
  if ((U_GET_GC_MASK(c) & kInWords) == 0) return Class::kBetween;
  return IsUnspaced(c) ? Class::kUnspaced : Class::kSpaced;
}

bool IsDiacritic(UChar32 c) { return c >= 0x300 && c < 0x370; }

const icu::Normalizer2& Must(const icu::Normalizer2* normalizer, UErrorCode error) {
  MOLVA_CHECK(U_SUCCESS(error) && normalizer != nullptr, "ICU lacks its normalisation data");
  return *normalizer;
}

// Case, width and form are one, and Latin, Greek and Cyrillic letters have no diacritics.
std::string Fold(std::string_view run) {
  if (std::all_of(run.begin(), run.end(), [](char c) { return (c & 0x80) == 0; })) {
    return base::AsciiLower(run);
  }
  UErrorCode error = U_ZERO_ERROR;
  const auto& fold = Must(icu::Normalizer2::getNFKCCasefoldInstance(error), error);
  const auto& split = Must(icu::Normalizer2::getNFDInstance(error), error);
  const auto& join = Must(icu::Normalizer2::getNFCInstance(error), error);
  const auto size = static_cast<std::int32_t>(run.size());
  const icu::UnicodeString folded =
      fold.normalize(icu::UnicodeString::fromUTF8({run.data(), size}), error);
  const icu::UnicodeString apart = split.normalize(folded, error);
  icu::UnicodeString bare;
  for (std::int32_t at = 0; at < apart.length(); at = apart.moveIndex32(at, 1)) {
    const UChar32 c = apart.char32At(at);
    if (!IsDiacritic(c)) bare.append(c);
  }
  std::string out;
  const icu::UnicodeString joined = join.normalize(bare, error);
  MOLVA_CHECK(U_SUCCESS(error), "ICU cannot fold a word");
  joined.toUTF8String(out);
  return out;
}

// The character at `at`, and moves behind it; kNone for a byte that begins none.
UChar32 TakeCharacter(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(at++);
  if (first < 0x80) return static_cast<UChar32>(first);
  const std::size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  if (first < 0xC2 || first > 0xF4 || at + more > text.size()) return kNone;
  unsigned c = first & (0x3FU >> more);
  for (std::size_t i = at; i < at + more; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return kNone;
    c = c << 6U | (byte(i) & 0x3FU);
  }
  at += more;
  return static_cast<UChar32>(c);
}

// Where each character of `text` begins, and its end.
std::vector<std::size_t> PlacesOf(std::string_view text) {
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!IsInside(text[at])) places.push_back(at);
  }
  places.push_back(text.size());
  return places;
}

// `begin`: of the run in the text.
void AddPairs(std::string_view run, std::size_t begin, std::vector<Word>& words) {
  const std::string folded = Fold(run);
  const std::vector<std::size_t> places = PlacesOf(folded);
  const std::vector<std::size_t> written = PlacesOf(run);
  const std::size_t count = places.size() - 1;
  // Characters that melt together (ｶﾞ) are shown as the whole run.
  const bool is_aligned = written.size() == places.size();
  const auto begin_of = [&](std::size_t i) { return begin + (is_aligned ? written[i] : 0); };
  const auto end_of = [&](std::size_t i) { return begin + (is_aligned ? written[i] : run.size()); };
  for (std::size_t i = 0; i + 1 < count; ++i) {
    words.push_back({folded.substr(places[i], places[i + 2] - places[i]), begin_of(i),
                     end_of(i + 2), Word::Part::kWord});
  }
  if (count == 0) return;
  words.push_back({folded.substr(places[count - 1]), begin_of(count - 1), end_of(count),
                   Word::Part::kLastOfRun});
}

}  // namespace

std::vector<Word> WordsOf(std::string_view text) {
  std::vector<Word> words;
  auto run = Class::kBetween;
  std::size_t begin = 0;
  for (std::size_t at = 0;;) {
    const std::size_t start = at;
    const UChar32 c = at < text.size() ? TakeCharacter(text, at) : kNone;
    const Class now = c == kNone ? Class::kBetween : ClassOf(c);
    if (now != run) {
      const std::string_view taken = text.substr(begin, start - begin);
      if (run == Class::kUnspaced) AddPairs(taken, begin, words);
      if (run == Class::kSpaced) {
        std::string folded = Cut(Fold(taken), kMaxWordBytes);
        if (!folded.empty()) words.push_back({std::move(folded), begin, start});
      }
      run = now;
      begin = start;
    }
    if (start == text.size()) return words;
  }
}

std::string JoinedWordsOf(std::string_view text) {
  std::string joined;
  std::size_t count = 0;
  for (const Word& word : WordsOf(text)) {
    if (count++ == kMaxWords) break;
    if (!joined.empty()) joined += ' ';
    joined += word.text;
  }
  return joined;
}

}  // namespace molva::search
