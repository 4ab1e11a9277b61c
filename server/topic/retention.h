// Finds the messages of the node that have become too old.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "topic/topic_env.h"

namespace molva::topic {

// The name of the value that says for how many seconds a topic keeps its messages. The store keeps
// it beside the topic, so that topics with such a rule are found without looking at all.
std::string RetentionKey(model::TopicName topic);

// Asks the store every minute, by the node's rule and by those of topics, and hands what it finds
// to the topics, a page at a time.
//
// Thread:  of its shard. One of the node's shards runs one.
// Borrows: `env`, which outlives the shard's work.
class RetentionSweeper {
 public:
  explicit RetentionSweeper(const TopicEnv& env) : env_(env) {}

  // From now on. Call once.
  void Start();

 private:
  using Rule = std::pair<std::string, std::string>;  // key, seconds

  void Sweep();
  void SweepTopics();
  // The last of `rules_`, then the ones before it.
  void SweepNext();
  // Deletes what is older; then `next`, unless the store has no such query.
  void DeleteOld(std::optional<model::TopicName> topic, absl::Duration age,
                 absl::AnyInvocable<void()> next);
  void WaitForNext();

  const TopicEnv& env_;
  std::vector<Rule> rules_;  // of this round
  bool has_more_ = false;    // than were deleted in this round
};

}  // namespace molva::topic
