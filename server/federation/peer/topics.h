// The way from peers to this node's topics.
#pragma once

#include "model/topic_name.h"
#include "topic/command.h"

namespace molva::federation {

// The topics as one shard reaches them: a router::ShardRouter in the server.
//
// Thread: the shard's.
class Topics {
 public:
  virtual ~Topics() = default;
  virtual void Send(model::TopicName topic, topic::Command command) = 0;
  // To every topic of this shard that is in memory.
  virtual void SendToAll(const topic::PeerLink& command) = 0;
};

}  // namespace molva::federation
