#include "topic/search_hit.h"

#include "search/excerpt.h"
#include "search/message_text.h"

namespace molva::topic {
namespace {

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

}  // namespace

model::Info HitOf(const store::MessageRecord& message, const std::vector<store::Phrase>& phrases,
                  const names::NameBook& names, Signature signature) {
  model::Info info;
  const bool is_signed = !message.from.is_nobody() && signature == Signature::kOfAuthor;
  if (is_signed) info.from = names.TextOf(message.from);
  info.what = kSearchWord;
  info.seq = message.seq;
  const std::string text = search::TextOf(message.head, message.content);
  model::JsonFields fields{{"ts", model::JsonText(TimeText(message.created))},
                           {"text", model::JsonTextArray(search::ExcerptOf(text, phrases))}};
  if (const model::SeqId replaced = search::ReplacedBy(message.head); replaced > 0) {
    fields.emplace_back("replace", model::JsonNumber(replaced));
  }
  info.payload = model::JsonObject(fields);
  return info;
}

model::JsonFields SummaryOf(std::size_t hits, Index index) {
  model::JsonFields params{{"what", model::JsonText(kSearchWord)}};
  if (hits > 0) params.emplace_back("count", model::JsonNumber(static_cast<std::int64_t>(hits)));
  if (index == Index::kPartial) params.emplace_back("partial", model::RawJson{"true"});
  return params;
}

}  // namespace molva::topic
