#include "topic/tag_query.h"

#include <algorithm>

#include "base/strings.h"

namespace molva::topic {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t'; }

// A term with what stands before and behind it.
struct Token {
  std::string text;
  bool comma_before = false;
  bool comma_after = false;
};

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  absl::StatusOr<std::vector<Token>> Run() {
    std::vector<Token> tokens;
    bool comma = false;
    while (true) {
      const absl::StatusOr<bool> found = SkipSeparators(tokens.empty() ? nullptr : &tokens.back());
      if (!found.ok()) return found.status();
      comma = *found;
      if (at_ == text_.size()) return tokens;
      absl::StatusOr<std::string> term = text_[at_] == '"' ? Quoted() : Word();
      if (!term.ok()) return term.status();
      tokens.push_back({*std::move(term), comma, false});
    }
  }

 private:
  // Whether a comma was among them; it belongs to the term before as well.
  absl::StatusOr<bool> SkipSeparators(Token* previous) {
    bool comma = false;
    for (; at_ < text_.size() && (IsSpace(text_[at_]) || text_[at_] == ','); ++at_) {
      if (text_[at_] != ',') continue;
      if (comma) return absl::InvalidArgumentError("two commas in a row");
      comma = true;
    }
    if (previous != nullptr) previous->comma_after = comma;
    return comma;
  }

  absl::StatusOr<std::string> Quoted() {
    const std::size_t end = text_.find('"', at_ + 1);
    if (end == std::string_view::npos) return absl::InvalidArgumentError("unterminated quote");
    std::string term(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    if (at_ < text_.size() && !IsSpace(text_[at_]) && text_[at_] != ',') {
      return absl::InvalidArgumentError("text right behind a quote");
    }
    return term;
  }

  absl::StatusOr<std::string> Word() {
    const std::size_t start = at_;
    for (; at_ < text_.size() && !IsSpace(text_[at_]) && text_[at_] != ','; ++at_) {
      if (text_[at_] == '"') return absl::InvalidArgumentError("a quote inside a word");
    }
    return std::string(text_.substr(start, at_ - start));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool IsTagBody(std::string_view body) {
  constexpr std::string_view kMarks = "-_+.!?#@";
  if (body.empty() || body.size() > 96) return false;
  for (const char c : body) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    if (!plain && kMarks.find(c) == std::string_view::npos) return false;
  }
  return true;
}

// A letter and up to fifteen word characters more, one at least.
bool IsTagPrefix(std::string_view prefix) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_word = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; };
  return prefix.size() >= 2 && prefix.size() <= 16 && is_letter(prefix.front()) &&
         std::all_of(prefix.begin(), prefix.end(), is_word);
}

}  // namespace

absl::StatusOr<TagTerms> ParseTagQuery(std::string_view query) {
  const std::string lower = base::AsciiLower(base::TrimAscii(query));
  if (!lower.empty() && (lower.front() == ',' || lower.back() == ',')) {
    return absl::InvalidArgumentError("a comma with nothing beside it");
  }
  absl::StatusOr<std::vector<Token>> tokens = Scanner(lower).Run();
  if (!tokens.ok()) return tokens.status();
  if (tokens->size() > kMaxTerms) return absl::InvalidArgumentError("too many terms");
  TagTerms terms;
  for (Token& token : *tokens) {
    if (token.text.empty()) continue;
    const bool any = token.comma_before || token.comma_after;
    (any ? terms.optional : terms.required).push_back(std::move(token.text));
  }
  return terms;
}

std::vector<std::string> RewriteTerm(const std::string& term) {
  const std::size_t colon = term.find(':');
  const std::string_view text = term;
  const bool is_tag = colon == std::string::npos
                          ? IsTagBody(text)
                          : IsTagPrefix(text.substr(0, colon)) && IsTagBody(text.substr(colon + 1));
  if (!is_tag) return {};
  return {term};
}

}  // namespace molva::topic
