#include "search/excerpt.h"

#include <algorithm>
#include <utility>

#include "search/utf8.h"
#include "search/words.h"

namespace molva::search {
namespace {

using store::Phrase;

constexpr std::size_t kCharactersBefore = 40;
constexpr std::size_t kCharacters = 160;

using Span = std::pair<std::size_t, std::size_t>;  // of bytes

bool IsAt(const std::vector<Word>& words, std::size_t start, const Phrase& phrase) {
  if (start + phrase.words.size() > words.size()) return false;
  for (std::size_t i = 0; i < phrase.words.size(); ++i) {
    const bool is_prefix = phrase.end == Phrase::End::kPrefix && i + 1 == phrase.words.size();
    const std::string& word = words[start + i].text;
    if (is_prefix ? !word.starts_with(phrase.words[i]) : word != phrase.words[i]) return false;
  }
  return true;
}

// Where the phrases are, in order, apart.
std::vector<Span> MatchesIn(std::string_view text, const std::vector<Phrase>& phrases) {
  const std::vector<Word> words = WordsOf(text);
  std::vector<Span> matches;
  for (std::size_t start = 0; start < words.size(); ++start) {
    for (const Phrase& phrase : phrases) {
      if (!IsAt(words, start, phrase)) continue;
      const std::size_t end = words[start + phrase.words.size() - 1].end;
      if (!matches.empty() && words[start].begin <= matches.back().second) {
        matches.back().second = std::max(matches.back().second, end);
      } else {
        matches.emplace_back(words[start].begin, end);
      }
    }
  }
  return matches;
}

std::size_t Back(std::string_view text, std::size_t at, std::size_t characters) {
  for (; at > 0 && characters > 0; --characters) {
    --at;
    while (at > 0 && IsInside(text[at])) --at;
  }
  return at;
}

std::size_t Forth(std::string_view text, std::size_t at, std::size_t characters) {
  for (; at < text.size() && characters > 0; --characters) {
    ++at;
    while (at < text.size() && IsInside(text[at])) ++at;
  }
  return at;
}

}  // namespace

std::vector<std::string> ExcerptOf(std::string_view text, const std::vector<Phrase>& phrases) {
  const std::vector<Span> matches = MatchesIn(text, phrases);
  const std::size_t first = matches.empty() ? 0 : matches.front().first;
  std::size_t at = Back(text, first, kCharactersBefore);
  const std::size_t end = Forth(text, at, kCharacters);
  std::vector<std::string> parts;
  for (const auto& [low, hi] : matches) {
    if (low >= end) break;
    parts.emplace_back(text.substr(at, low - at));
    at = std::min(hi, end);
    parts.emplace_back(text.substr(low, at - low));
  }
  parts.emplace_back(text.substr(at, end - at));
  return parts;
}

}  // namespace molva::search
