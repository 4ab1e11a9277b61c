// A topic as the router sees it: an actor that takes commands.
#pragma once

#include <memory>

#include "model/topic_name.h"
#include "topic/command.h"
#include "topic/topic_env.h"

namespace molva::topic {

// One topic in memory.
//
// Thread: confined to its shard.
// Owns:   held by shared_ptr, because completions of the store hold a weak_ptr to find out whether
//         the topic is still there.
class Topic {
 public:
  virtual ~Topic() = default;
  // Answers through Outbound, now or when the store has answered. Commands of one session are
  // taken in order.
  virtual void Handle(Command command) = 0;
};

// Makes the topic for `name`; it loads itself at its first command. Null for names that no kind
// takes.
std::shared_ptr<Topic> MakeTopic(model::TopicName name, const TopicEnv& env);

}  // namespace molva::topic
