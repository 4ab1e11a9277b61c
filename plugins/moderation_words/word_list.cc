#include "word_list.h"

#include <algorithm>

#include "folded_words.h"

namespace molva::moderation_words {
namespace {

constexpr std::string_view kSpaces = " \t\r";

Action ActionOf(std::string_view word) {
  if (word == "drop") return Action::kDrop;
  if (word == "refuse") return Action::kRefuse;
  if (word == "quarantine") return Action::kQuarantine;
  if (word == "replace") return Action::kReplace;
  return Action::kNone;
}

std::string_view Trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(kSpaces);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kSpaces) - from + 1);
}

}  // namespace

// What the rules say of one text.
class Matcher {
 public:
  Matcher(const WordList& list, std::string_view text)
      : list_(list), text_(text), words_(WordsIn(text)) {}

  WordList::Finding Judge() {
    for (std::size_t at = 0; at < words_.size(); ++at) LookAt(at);
    return {strongest_, Replaced()};
  }

 private:
  std::string Replaced() const {
    std::string replaced;
    std::size_t done = 0;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if (!is_masked_[i]) continue;
      replaced += text_.substr(done, words_[i].begin - done);
      AppendMask(text_.substr(words_[i].begin, words_[i].end - words_[i].begin), &replaced);
      done = words_[i].end;
    }
    replaced += text_.substr(done);
    return replaced;
  }

  void LookAt(std::size_t at) {
    const std::string& word = words_[at].folded;
    if (const auto found = list_.rules_.find(word); found != list_.rules_.end()) {
      for (const WordList::Rule& rule : found->second) {
        if (Matches(rule, at)) Note(rule.action, at, rule.words.size());
      }
    }
    const std::size_t longest = std::min(word.size(), list_.longest_prefix_);
    for (std::size_t length = 1; length <= longest; ++length) {
      const auto found = list_.prefixes_.find(word.substr(0, length));
      if (found != list_.prefixes_.end()) Note(found->second, at, 1);
    }
  }

  bool Matches(const WordList::Rule& rule, std::size_t at) const {
    if (rule.words.size() > words_.size() - at) return false;
    for (std::size_t i = 1; i < rule.words.size(); ++i) {
      const std::string& word = words_[at + i].folded;
      const bool may_go_on = rule.is_prefix && i + 1 == rule.words.size();
      if (may_go_on ? !word.starts_with(rule.words[i]) : word != rule.words[i]) return false;
    }
    return true;
  }

  void Note(Action action, std::size_t at, std::size_t count) {
    strongest_ = std::max(strongest_, action);
    if (action != Action::kReplace) return;
    std::fill_n(is_masked_.begin() + static_cast<std::ptrdiff_t>(at), count, true);
  }

  const WordList& list_;
  const std::string_view text_;
  const std::vector<FoundWord> words_;
  std::vector<bool> is_masked_ = std::vector<bool>(words_.size());
  Action strongest_ = Action::kNone;
};

bool WordList::AddLine(std::string_view line, std::string* why) {
  const std::size_t space = line.find_first_of(kSpaces);
  Rule rule;
  rule.action = ActionOf(line.substr(0, space));
  if (rule.action == Action::kNone || space == std::string_view::npos) {
    *why = "a rule is drop, refuse, quarantine or replace, then one or more words";
    return false;
  }
  std::string_view pattern = Trimmed(line.substr(space));
  rule.is_prefix = pattern.ends_with('*');
  if (rule.is_prefix) pattern.remove_suffix(1);
  for (FoundWord& word : WordsIn(pattern)) rule.words.push_back(std::move(word.folded));
  if (rule.words.empty() || rule.words.size() > kMaxWords) {
    *why = "a rule has 1 to 8 words of letters and digits";
    return false;
  }
  const auto is_long = [](const std::string& word) { return word.size() > kMaxWordBytes; };
  if (std::any_of(rule.words.begin(), rule.words.end(), is_long)) {
    *why = "a word has at most 64 bytes";
    return false;
  }
  if (++rule_count_ > kMaxRules) {
    *why = "there are at most 10000 rules";
    return false;
  }
  if (rule.is_prefix && rule.words.size() == 1) {
    Action& action = prefixes_[rule.words.front()];
    action = std::max(action, rule.action);
    longest_prefix_ = std::max(longest_prefix_, rule.words.front().size());
  } else {
    std::string first = rule.words.front();
    rules_[std::move(first)].push_back(std::move(rule));
  }
  return true;
}

bool WordList::Parse(std::string_view text, std::string* why) {
  if (text.size() > kMaxListBytes) {
    *why = "the list is longer than 1 MiB";
    return false;
  }
  WordList fresh;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = Trimmed(text.substr(0, std::min(text.find('#'), end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    if (!fresh.AddLine(line, why)) {
      *why = "line " + std::to_string(number) + ": " + *why;
      return false;
    }
  }
  *this = std::move(fresh);
  return true;
}

WordList::Finding WordList::Judge(std::string_view text) const {
  return Matcher(*this, text).Judge();
}

}  // namespace molva::moderation_words
