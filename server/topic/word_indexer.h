// Puts messages into the index of words, behind the publishers' backs.
#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>

#include "topic/topic_env.h"

namespace molva::topic {

// How many messages were indexed; 0: none was left.
using Indexed = absl::AnyInvocable<void(absl::StatusOr<std::size_t>)>;

// Indexes some of the messages in `scope` that are not: at most a page of them. Two at a time do no
// harm. Errors: the store's. `env` outlives the call.
void IndexSome(const TopicEnv& env, store::TopicScope scope, Indexed done);

// Whether all messages are in the index now.
enum class Index : bool { kWhole, kPartial };

// Indexes the messages in `scope` that are not, so that a search finds what was published a moment
// ago: up to 16 pages of them. Errors and `env` as above.
void IndexBefore(const TopicEnv& env, store::TopicScope scope,
                 absl::AnyInvocable<void(absl::StatusOr<Index>)> search);

// Indexes what was published, a page at a time: a message is found a second after it was published,
// later if many are, and at once by a search, which begins with its topic's rest. What a former run
// of the node left, or a store that came to know words later, is taken up likewise.
//
// Cost:    at most about 2,000 messages a second, so that publishers hardly notice.
// Thread:  of its shard. One of the node's shards runs one.
// Borrows: `env`, which outlives the shard's work.
class WordIndexer {
 public:
  explicit WordIndexer(const TopicEnv& env) : env_(env) {}

  // From now on. Call once.
  void Start();

 private:
  void Go();

  const TopicEnv& env_;
};

}  // namespace molva::topic
