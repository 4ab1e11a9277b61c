#include "topic/word_indexer.h"

#include <map>
#include <vector>

#include "base/log.h"
#include "search/message_text.h"
#include "search/words.h"

namespace molva::topic {
namespace {

constexpr std::int32_t kIndexPage = 256;
constexpr absl::Duration kIndexPeriod = absl::Seconds(1);
constexpr absl::Duration kAfterPage = absl::Milliseconds(125);

// A search waits for so many pages of messages to be indexed, and then does without the rest.
constexpr int kMostPages = 16;

using WhenIndexed = absl::AnyInvocable<void(absl::StatusOr<Index>)>;

void IndexPages(const TopicEnv& env, store::TopicScope scope, int pages, WhenIndexed search) {
  if (pages == 0) return search(Index::kPartial);
  IndexSome(env, scope,
            [&env, scope, pages,
             search = std::move(search)](const absl::StatusOr<std::size_t>& indexed) mutable {
              if (!indexed.ok()) return search(indexed.status());
              if (*indexed == 0) return search(Index::kWhole);
              IndexPages(env, scope, pages - 1, std::move(search));
            });
}

store::Batch WordsOfAll(const std::vector<store::MessageRecord>& messages) {
  store::Batch batch;
  std::map<model::TopicName, model::SeqId> ends;
  for (const store::MessageRecord& message : messages) {
    ends[message.topic] = message.seq;
    store::WordsRecord words{message.topic, message.seq, {}, search::ReplacedBy(message.head)};
    words.words = search::JoinedWordsOf(search::TextOf(message.head, message.content));
    if (words.words.empty() && words.replaces == 0) continue;
    batch.emplace_back(store::PutWords{std::move(words)});
  }
  for (const auto& [topic, through] : ends) batch.emplace_back(store::EndWords{topic, through});
  return batch;
}

}  // namespace

void IndexSome(const TopicEnv& env, store::TopicScope scope, Indexed done) {
  env.store.ListUnindexed(
      scope, kIndexPage,
      [&env, done = std::move(done)](
          const absl::StatusOr<std::vector<store::MessageRecord>>& messages) mutable {
        if (!messages.ok()) return done(messages.status());
        if (messages->empty()) return done(std::size_t{0});
        env.store.Write(WordsOfAll(*messages), [count = messages->size(), done = std::move(done)](
                                                   const absl::Status& status) mutable {
          if (status.ok()) {
            done(count);
          } else {
            done(status);
          }
        });
      });
}

void IndexBefore(const TopicEnv& env, store::TopicScope scope, WhenIndexed search) {
  IndexPages(env, scope, kMostPages, std::move(search));
}

void WordIndexer::Start() {
  if (env_.limits.search == Limits::Search::kOff) return;
  env_.shard.StartTimer(kIndexPeriod, [this] { Go(); });
}

void WordIndexer::Go() {
  IndexSome(env_, store::AnyTopic{}, [this](const absl::StatusOr<std::size_t>& indexed) {
    // A store of an older contract knows no words, and never will.
    if (absl::IsUnimplemented(indexed.status())) return;
    if (!indexed.ok()) {
      base::LogWarning("cannot index messages",
                       {{"error", std::string(indexed.status().message())}});
    }
    const bool has_more = indexed.ok() && *indexed > 0;
    env_.shard.StartTimer(has_more ? kAfterPage : kIndexPeriod, [this] { Go(); });
  });
}

}  // namespace molva::topic
