// Finds the messages of the node whose time is over.
#pragma once

#include <absl/status/statusor.h>

#include <vector>

#include "topic/topic_env.h"

namespace molva::topic {

// Asks the store every few seconds, and once more when the next message is due; hands what it finds
// to the topics. What these cannot delete now is found again.
//
// Thread:  of its shard. One of the node's shards runs one.
// Borrows: `env`, which outlives the shard's work.
class DueSweeper {
 public:
  explicit DueSweeper(const TopicEnv& env) : env_(env) {}

  // From now on. Call once.
  void Start() { Sweep(); }

 private:
  void Sweep();
  // Returns when to look again.
  absl::Duration HandOut(const std::vector<store::DueRecord>& due);

  const TopicEnv& env_;
};

}  // namespace molva::topic
