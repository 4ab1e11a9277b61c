// A session as the router delivers to it.
#pragma once

#include <cstdint>
#include <vector>

#include "model/shared_packet.h"
#include "model/topic_name.h"
#include "topic/ports.h"

namespace molva::router {

// Implemented by the session layer. All calls happen on the session's own shard.
class SessionSink {
 public:
  virtual ~SessionSink() = default;
  // An answer to something this session asked for.
  virtual void OnReply(const model::PacketPtr& packet) = 0;
  // One of many copies.
  virtual void OnFanOut(const model::PacketPtr& packet) = 0;
  virtual bool IsAttachedTo(model::TopicName topic) const = 0;
  // The pending sub or leave of `topic` is finished.
  virtual void OnSettled(model::TopicName topic, topic::Outbound::Attached attached) = 0;
  // The account of `user` is suspended or gone: whoever is logged in as `user` must go.
  virtual void OnAccountClosed(model::UserId user) = 0;
  // `logins` are ended: whoever is, or is about to be, logged in by one of them must go.
  virtual void OnLoginsEnded(const std::vector<std::uint64_t>& logins) = 0;
  // The topic dropped this session.
  virtual void OnDetached(model::TopicName topic) = 0;
};

}  // namespace molva::router
