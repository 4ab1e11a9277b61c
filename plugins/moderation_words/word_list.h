// The operator's list of words, and what it says of a text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace molva::moderation_words {

// The stronger the higher.
enum class Action { kNone, kReplace, kQuarantine, kRefuse, kDrop };

// Rules, one a line: see README.md. A plain value.
//
// Cost:   of a text its words times the rules that begin with one of them; every rule with a * of
//         one word is looked at by its first letters.
// Bounds: kMaxRules of kMaxWords words of kMaxWordBytes, a list of kMaxListBytes.
class WordList {
 public:
  static constexpr std::size_t kMaxRules = 10'000;
  static constexpr std::size_t kMaxWords = 8;
  static constexpr std::size_t kMaxWordBytes = 64;
  static constexpr std::size_t kMaxListBytes = 1 << 20;

  // False: it is no list; `why` says what is wrong, with the line. Then this is unchanged.
  bool Parse(std::string_view text, std::string* why);
  std::size_t size() const { return rule_count_; }

  struct Finding {
    Action action = Action::kNone;
    std::string replaced;  // `text` with what rules of kReplace found made unreadable
  };
  // The strongest action of the rules that match.
  Finding Judge(std::string_view text) const;

 private:
  struct Rule {
    Action action = Action::kNone;
    std::vector<std::string> words;  // folded
    bool is_prefix = false;          // the last one may go on
  };
  using Rules = std::unordered_map<std::string, std::vector<Rule>>;

  bool AddLine(std::string_view line, std::string* why);

  Rules rules_;                                       // by their first word
  std::unordered_map<std::string, Action> prefixes_;  // of one word with a *
  std::size_t longest_prefix_ = 0;
  std::size_t rule_count_ = 0;

  friend class Matcher;
};

}  // namespace molva::moderation_words
