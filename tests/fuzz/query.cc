// Fuzzes what people search by and are found by: any text gives a query whose tags can be tags,
// tags that stay as they are when cleaned again, and ranges that are apart and in order.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/strings.h"
#include "model/seq_range.h"
#include "topic/fnd_query.h"
#include "topic/tag_query.h"
#include "topic/tags.h"

namespace molva::topic {
namespace {

void CheckTag(const std::string& tag) {
  MOLVA_CHECK(!tag.empty(), "an empty tag is asked for");
  MOLVA_CHECK(tag == base::AsciiLower(tag), "a tag in upper case is asked for");
  if (tag.find(':') == std::string::npos) return;
  MOLVA_CHECK(!TagNamespace(tag).empty(), "a namespace without a name");
}

void CheckQuery(const std::string& text) {
  // A contact of every kind that a term may be.
  const auto contacts = [](const std::string& term) {
    return std::vector<std::string>{"tel:" + std::to_string(term.size())};
  };
  const store::TagQuery query = ReadTagQuery(text, contacts);
  for (const store::TagAlternatives& alternatives : query.required) {
    MOLVA_CHECK(!alternatives.empty(), "a term that nothing can meet");
    std::for_each(alternatives.begin(), alternatives.end(), CheckTag);
  }
  std::for_each(query.optional.begin(), query.optional.end(), CheckTag);
  const bool is_readable = ParseTagQuery(text).ok();
  MOLVA_CHECK(is_readable || AsksNothing(query), "an unreadable text asks for something");
  MOLVA_CHECK(TagsIn(query, {}).empty(), "a tag in no namespace");
}

void CheckTags(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string_view word : base::SplitWords(text, '\n')) words.emplace_back(word);
  const Limits limits;
  const std::vector<std::string> tags = NormaliseTags(words, limits);
  MOLVA_CHECK(tags.size() <= limits.max_tags, "more tags than allowed");
  MOLVA_CHECK(NormaliseTags(tags, limits) == tags, "cleaning again changed the tags");
  const TagDifference none = CompareTags(tags, tags);
  MOLVA_CHECK(none.added == 0 && none.removed == 0, "tags differ from themselves");
}

void CheckRanges(std::string_view bytes) {
  std::vector<model::SeqRange> ranges;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    const auto low = static_cast<unsigned char>(bytes[i]);
    ranges.push_back({low, low + 1 + static_cast<unsigned char>(bytes[i + 1])});
  }
  const std::vector<model::SeqRange> normal = model::NormaliseRanges(ranges);
  for (std::size_t i = 0; i + 1 < normal.size(); ++i) {
    MOLVA_CHECK(normal[i].hi < normal[i + 1].low, "ranges touch or are out of order");
  }
  for (const model::SeqRange& range : ranges) {
    MOLVA_CHECK(model::RangesContain(normal, range.low), "the first number of a range is lost");
    MOLVA_CHECK(model::RangesContain(normal, range.hi - 1), "the last number of a range is lost");
  }
}

}  // namespace
}  // namespace molva::topic

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  molva::topic::CheckQuery(text);
  molva::topic::CheckTags(text);
  molva::topic::CheckRanges(text);
  return 0;
}
