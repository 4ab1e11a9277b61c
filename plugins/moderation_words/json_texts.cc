#include "json_texts.h"

#include <simdjson.h>

#include <algorithm>

#include "molva/json_text.hpp"

namespace molva::moderation_words {
namespace {

namespace dom = simdjson::dom;

// Of what a client may send; the host bounds it too.
constexpr std::size_t kMaxJsonDepth = 64;

class Walk {
 public:
  explicit Walk(const WordList& list) : list_(list) {}

  // The depth is bounded by the parser's.
  void Visit(const dom::element& value) {
    switch (value.type()) {
      case dom::element_type::STRING:
        return VisitText(value.get_string().value_unsafe());
      case dom::element_type::ARRAY:
        return VisitArray(value.get_array().value_unsafe());
      case dom::element_type::OBJECT:
        return VisitObject(value.get_object().value_unsafe());
      default:
        out_ += std::string(simdjson::minify(value));
    }
  }
  WordList::Finding Finish() && { return {strongest_, std::move(out_)}; }

 private:
  void VisitText(std::string_view text) {
    const WordList::Finding finding = list_.Judge(text);
    strongest_ = std::max(strongest_, finding.action);
    sdk::AppendJson(out_, finding.replaced);
  }
  void VisitArray(const dom::array& array) {
    out_ += '[';
    bool is_first = true;
    for (const dom::element item : array) {
      if (!is_first) out_ += ',';
      is_first = false;
      Visit(item);
    }
    out_ += ']';
  }
  void VisitObject(const dom::object& object) {
    out_ += '{';
    bool is_first = true;
    for (const auto [key, value] : object) {
      if (!is_first) out_ += ',';
      is_first = false;
      sdk::AppendJson(out_, key);
      out_ += ':';
      Visit(value);
    }
    out_ += '}';
  }

  const WordList& list_;
  std::string out_;
  Action strongest_ = Action::kNone;
};

bool Parse(dom::parser& parser, std::string_view json, dom::element* value) {
  return parser.allocate(std::max<std::size_t>(json.size(), 1), kMaxJsonDepth) ==
             simdjson::SUCCESS &&
         parser.parse(json.data(), json.size()).get(*value) == simdjson::SUCCESS;
}

// The same text with long runs of digits cut outside of strings: the parser takes no integers
// beyond 64 bits, which are JSON all the same (RFC 8259 section 6).
std::string WithShortNumbers(std::string_view text) {
  constexpr int kMostDigits = 15;
  std::string shorter;
  bool in_string = false;
  int digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    digits = !in_string && c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits > kMostDigits) continue;
    shorter += c;
    if (in_string && c == '\\' && i + 1 < text.size()) {
      shorter += text[++i];
    } else if (c == '"') {
      in_string = !in_string;
    }
  }
  return shorter;
}

WordList::Finding JudgeValue(const WordList& list, const dom::element& value) {
  Walk walk(list);
  walk.Visit(value);
  return std::move(walk).Finish();
}

}  // namespace

WordList::Finding JudgeJson(const WordList& list, std::string_view json) {
  dom::parser parser;
  dom::element value;
  if (Parse(parser, json, &value)) return JudgeValue(list, value);
  WordList::Finding finding =
      Parse(parser, WithShortNumbers(json), &value) ? JudgeValue(list, value) : list.Judge(json);
  // What cannot be written again as it was is not changed.
  if (finding.action == Action::kReplace) finding.action = Action::kRefuse;
  return finding;
}

}  // namespace molva::moderation_words
