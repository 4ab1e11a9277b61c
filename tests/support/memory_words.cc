// What MemoryDatabase knows of words: by which messages are found, and which are to be indexed.
#include <algorithm>

#include "base/strings.h"
#include "tests/support/memory_database.h"

namespace molva::test {
namespace {

using model::SeqId;

bool IsWordAt(const store::Phrase& phrase, std::size_t place, std::string_view word) {
  const bool is_last = place + 1 == phrase.words.size();
  if (is_last && phrase.end == store::Phrase::End::kPrefix) {
    return word.starts_with(phrase.words[place]);
  }
  return word == phrase.words[place];
}

bool Contains(const std::vector<std::string_view>& words, const store::Phrase& phrase) {
  for (std::size_t start = 0; start + phrase.words.size() <= words.size(); ++start) {
    std::size_t place = 0;
    while (place < phrase.words.size() && IsWordAt(phrase, place, words[start + place])) ++place;
    if (place == phrase.words.size()) return true;
  }
  return false;
}

}  // namespace

absl::Status MemoryDatabase::ApplyOne(const store::PutWords& put, absl::Time) {
  const store::WordsRecord& words = put.words;
  Topic& topic = Entry(words.topic);
  const auto message = topic.messages.find(words.seq);
  if (message == topic.messages.end() || message->second.is_wiped || words.seq <= topic.indexed) {
    return absl::OkStatus();
  }
  const auto original = topic.messages.find(words.replaces);
  if (words.replaces < words.seq && original != topic.messages.end()) {
    if (original->second.is_wiped) return absl::OkStatus();
    if (original->second.record.from == message->second.record.from) {
      const auto former = topic.replaced.find(words.replaces);
      const SeqId found = former == topic.replaced.end() ? words.replaces : former->second;
      if (found > words.seq) return absl::OkStatus();
      Remember(topic.words, found);
      if (found != words.seq) topic.words.erase(found);
      Remember(topic.replaced, words.replaces);
      topic.replaced[words.replaces] = words.seq;
    }
  }
  if (words.words.empty()) return absl::OkStatus();
  Remember(topic.words, words.seq);
  topic.words[words.seq] = words.words;
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::EndWords& end, absl::Time) {
  Topic& topic = Entry(end.topic);
  undo_.push_back([&topic, former = topic.indexed] { topic.indexed = former; });
  topic.indexed = std::max(topic.indexed, end.through);
  return absl::OkStatus();
}

void MemoryDatabase::EraseWords(Topic& topic, const model::SeqRange& range) {
  undo_.push_back([&topic, words = topic.words, replaced = topic.replaced] {
    topic.words = words;
    topic.replaced = replaced;
  });
  topic.words.erase(topic.words.lower_bound(range.low), topic.words.lower_bound(range.hi));
  for (auto at = topic.replaced.lower_bound(range.low);
       at != topic.replaced.end() && at->first < range.hi; ++at) {
    topic.words.erase(at->second);
  }
}

std::vector<store::MessageRecord> MemoryDatabase::FindWords(const store::WordQuery& query) const {
  std::vector<store::MessageRecord> found;
  const Topic* topic = Find(query.topic);
  if (topic == nullptr) return found;
  const std::vector<model::SeqRange> hidden = HiddenFrom(*topic, query.reader);
  for (auto at = topic->words.rbegin(); at != topic->words.rend(); ++at) {
    if (static_cast<std::int64_t>(found.size()) >= query.limit) break;
    const SeqId seq = at->first;
    if (model::RangesContain(hidden, seq)) continue;
    if (!query.ranges.empty() && !model::RangesContain(query.ranges, seq)) continue;
    const bool replaces_hidden =
        std::any_of(topic->replaced.begin(), topic->replaced.end(), [&, seq](const auto& entry) {
          return entry.second == seq && model::RangesContain(hidden, entry.first);
        });
    if (replaces_hidden) continue;
    const std::vector<std::string_view> words = base::SplitWords(at->second, ' ');
    const bool has_all = std::all_of(query.phrases.begin(), query.phrases.end(),
                                     [&](const auto& phrase) { return Contains(words, phrase); });
    if (has_all) found.push_back(topic->messages.at(seq).record);
  }
  return found;
}

const store::SubscriptionRecord* MemoryDatabase::ReadingOf(const Topic& topic, model::UserId user) {
  if (!topic.record.has_value() || topic.record->state != store::State::kOk) return nullptr;
  const auto may_read = [](const store::SubscriptionRecord& one) {
    const model::AccessMode mode = one.want & one.given;
    return !one.deleted.has_value() && mode.Has(model::AccessMode::kJoin) &&
           mode.Has(model::AccessMode::kRead);
  };
  const auto member = topic.subscriptions.find(SubscriberKey(user, false));
  if (member != topic.subscriptions.end()) {
    if (may_read(member->second)) return &member->second;
    const bool is_banned = !member->second.given.Has(model::AccessMode::kJoin);
    if (is_banned || !member->second.deleted.has_value()) return nullptr;
  }
  const auto reader = topic.subscriptions.find(SubscriberKey(user, true));
  const bool is_found = topic.record->is_channel && reader != topic.subscriptions.end();
  return is_found && may_read(reader->second) ? &reader->second : nullptr;
}

std::vector<store::WordHit> MemoryDatabase::FindWordsOfUser(
    const store::UserWordQuery& query) const {
  using Place = std::tuple<std::int64_t, std::string, SeqId>;
  std::map<Place, store::WordHit, std::greater<>> hits;
  for (const auto& [name, topic] : topics_) {
    const store::SubscriptionRecord* reading = ReadingOf(topic, query.reader);
    if (reading == nullptr) continue;
    store::WordQuery in_topic{name, query.reader, {}, query.phrases, INT32_MAX};
    for (store::MessageRecord& message : FindWords(in_topic)) {
      Place place(absl::ToUnixMillis(message.created), name.ToString(), message.seq);
      hits.emplace(std::move(place), store::WordHit{std::move(message), *reading});
    }
  }
  std::vector<store::WordHit> page;
  auto at = hits.begin();
  if (const auto& behind = query.behind) {
    at = hits.upper_bound(
        Place(absl::ToUnixMillis(behind->created), behind->topic.ToString(), behind->seq));
  }
  for (; at != hits.end() && static_cast<std::int64_t>(page.size()) < query.limit; ++at) {
    page.push_back(std::move(at->second));
  }
  return page;
}

std::vector<store::MessageRecord> MemoryDatabase::ListUnindexed(const store::TopicScope& scope,
                                                                std::int32_t limit) const {
  const auto* of = std::get_if<model::TopicName>(&scope);
  const auto* subscriber = std::get_if<model::UserId>(&scope);
  const auto is_live = [](const Topic& topic, const SubscriberKey& key) {
    const auto own = topic.subscriptions.find(key);
    return own != topic.subscriptions.end() && !own->second.deleted.has_value();
  };
  std::vector<store::MessageRecord> found;
  for (const auto& [name, topic] : topics_) {
    if (of != nullptr && name != *of) continue;
    if (subscriber != nullptr && !is_live(topic, SubscriberKey(*subscriber, false)) &&
        !is_live(topic, SubscriberKey(*subscriber, true))) {
      continue;
    }
    for (auto at = topic.messages.upper_bound(topic.indexed); at != topic.messages.end(); ++at) {
      if (static_cast<std::int64_t>(found.size()) >= limit) return found;
      found.push_back(at->second.record);
    }
  }
  return found;
}

std::vector<store::DueRecord> MemoryDatabase::ListOld(const std::optional<model::TopicName>& of,
                                                      absl::Time before, std::int32_t limit) const {
  std::vector<store::DueRecord> found;
  for (const auto& [name, topic] : topics_) {
    if (!topic.record.has_value()) continue;
    if (of.has_value() ? name != *of : !topic.record->home.empty()) continue;
    for (const auto& [seq, message] : topic.messages) {
      if (message.is_wiped) continue;
      if (message.record.created >= before) break;
      if (static_cast<std::int64_t>(found.size()) >= limit) return found;
      found.push_back({name, seq, message.record.created});
    }
  }
  return found;
}

}  // namespace molva::test
