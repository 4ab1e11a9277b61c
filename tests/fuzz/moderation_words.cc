// Fuzzes what moderation_words does: a list that is taken judges any content, and what it replaces
// is JSON again.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "json_texts.h"
#include "tests/fuzz/is_json.h"
#include "word_list.h"

namespace molva::moderation_words {
namespace {

void JudgeBy(const WordList& list, std::string_view content) {
  const WordList::Finding finding = JudgeJson(list, content);
  if (finding.action != Action::kReplace) return;
  MOLVA_CHECK(fuzz::IsJson(finding.replaced), "a broken content would be stored");
  MOLVA_CHECK(JudgeJson(list, finding.replaced).action != Action::kReplace,
              "what was replaced is still there");
}

}  // namespace
}  // namespace molva::moderation_words

// Up to the first zero byte the list, behind it the content.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using molva::moderation_words::WordList;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\0');
  WordList list;
  std::string why;
  const bool is_list = list.Parse(input.substr(0, end), &why);
  MOLVA_CHECK(is_list || !why.empty(), "a list is refused without a word");
  if (end != std::string_view::npos) {
    molva::moderation_words::JudgeBy(list, input.substr(end + 1));
  }
  return 0;
}
