#include "search/query.h"

#include <utility>

#include "base/strings.h"
#include "model/fault.h"
#include "search/words.h"

namespace molva::search {
namespace {

using model::Fail;
using model::Fault;
using store::Phrase;

constexpr std::size_t kMaxQueryBytes = 256;
constexpr std::size_t kMaxPhrases = 16;
constexpr std::size_t kMaxQueryWords = 64;
constexpr std::size_t kMinPrefixBytes = 2;

// The next piece of `text`: up to a space, or to the closing quotation mark. Sets whether it is
// followed by a star.
std::string_view TakePiece(std::string_view& text, Phrase::End& end) {
  std::string_view piece;
  if (text.front() == '"') {
    text.remove_prefix(1);
    const std::size_t close = text.find('"');
    piece = text.substr(0, close);
    text.remove_prefix(close == std::string_view::npos ? text.size() : close + 1);
    end = text.starts_with('*') ? Phrase::End::kPrefix : Phrase::End::kWhole;
    if (end == Phrase::End::kPrefix) text.remove_prefix(1);
    return piece;
  }
  piece = text.substr(0, text.find_first_of(" \t\n\r\""));
  text.remove_prefix(piece.size());
  end = piece.ends_with('*') ? Phrase::End::kPrefix : Phrase::End::kWhole;
  return piece;
}

// Without words: the piece is only signs.
Phrase PhraseOf(std::string_view piece, Phrase::End end) {
  Phrase phrase;
  phrase.end = end;
  std::vector<Word> words = WordsOf(piece);
  // The last character of a run may have another behind it in the message.
  if (!words.empty() && words.back().part == Word::Part::kLastOfRun) {
    const bool is_alone = words.size() == 1 || words[words.size() - 2].end <= words.back().begin;
    if (is_alone) {
      phrase.end = Phrase::End::kPrefix;
    } else {
      words.pop_back();
      phrase.end = Phrase::End::kWhole;
    }
  }
  for (Word& word : words) phrase.words.push_back(std::move(word.text));
  return phrase;
}

}  // namespace

absl::StatusOr<std::vector<Phrase>> ParseQuery(std::string_view text) {
  if (text.size() > kMaxQueryBytes || !base::IsValidUtf8(text)) {
    return Fail(Fault::kMalformed, "a query is a text of at most 256 bytes");
  }
  std::vector<Phrase> phrases;
  std::size_t words = 0;
  while (!(text = base::TrimAscii(text)).empty()) {
    Phrase::End end = Phrase::End::kWhole;
    const std::string_view piece = TakePiece(text, end);
    Phrase phrase = PhraseOf(piece, end);
    if (phrase.words.empty()) continue;
    if (phrase.end == Phrase::End::kPrefix && phrase.words.back().size() < kMinPrefixBytes) {
      return Fail(Fault::kMalformed, "the beginning of a word has two letters or more");
    }
    words += phrase.words.size();
    phrases.push_back(std::move(phrase));
    if (phrases.size() > kMaxPhrases || words > kMaxQueryWords) {
      return Fail(Fault::kMalformed, "too many words in a query");
    }
  }
  if (phrases.empty()) return Fail(Fault::kMalformed, "no word to look for");
  return phrases;
}

}  // namespace molva::search
