// The part of the router on one shard: its topics, its sessions, and the way to other shards.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <atomic>
#include <memory>
#include <variant>
#include <vector>

#include "base/shard_bound.h"
#include "router/session_table.h"
#include "runtime/shard.h"
#include "topic/limits.h"
#include "topic/ports.h"
#include "topic/topic.h"

namespace molva::router {

class Router;

// Finds the shard of a topic or session and brings packets, commands and notices there. What one
// turn sends to one shard (its own included) travels in one message, in order.
//
// Thread: confined to its shard; Take() runs what other shards sent.
// Owns:   the topics of this shard.
class ShardRouter final : public topic::Outbound {
 public:
  ShardRouter(Router& router, runtime::Shard& shard, store::Store& store,
              const topic::Limits& limits, const names::NameBook& names, topic::PeerPort& peers,
              std::vector<std::string> reserved_tag_namespaces);

  SessionTable& sessions() { return sessions_; }
  runtime::Shard& shard() { return env_.shard; }
  store::Store& store() { return env_.store; }
  // Hands `command` to every topic of this shard that is in memory.
  void SendToAll(const topic::PeerLink& command);
  // How many topics are in memory. Any thread, for metrics.
  std::size_t topic_count() const { return topic_count_.load(std::memory_order_relaxed); }

  // topic::Outbound
  void Reply(model::SessionHandle to, model::PacketPtr packet) override;
  void FanOut(int shard, topic::SessionListPtr sessions, model::PacketPtr packet,
              topic::Except except) override;
  void Settle(model::SessionHandle session, model::TopicName topic, Attached attached) override;
  void Detached(model::SessionHandle session, model::TopicName topic) override;
  void Notify(int shard, topic::UserListPtr users, presence::NoticePtr notice) override;
  void Send(model::TopicName topic, topic::Command command) override;
  void Unload(model::TopicName topic) override;
  int shard_count() const override;

 private:
  struct ToSession {
    model::SessionHandle to;
    model::PacketPtr packet;
  };
  struct ToSessions {
    topic::SessionListPtr sessions;
    model::PacketPtr packet;
    topic::Except except;
  };
  struct Settlement {
    model::SessionHandle session;
    model::TopicName topic;
    Attached attached;
  };
  struct Detachment {
    model::SessionHandle session;
    model::TopicName topic;
  };
  struct ToUsers {
    topic::UserListPtr users;
    presence::NoticePtr notice;
  };
  struct ToTopic {
    model::TopicName topic;
    std::unique_ptr<topic::Command> command;  // large, and moved several times
  };
  using Parcel = std::variant<ToSession, ToSessions, Settlement, Detachment, ToUsers, ToTopic>;
  using Parcels = std::vector<Parcel>;

  void Enqueue(int shard, Parcel parcel);
  void Flush();
  void Take(Parcels parcels);
  void Open(ToSession& parcel);
  void Open(ToSessions& parcel);
  void Open(Settlement& parcel);
  void Open(Detachment& parcel);
  void Open(ToUsers& parcel);
  void Open(ToTopic& parcel);

  Router& router_;
  topic::TopicEnv env_;
  SessionTable sessions_;
  absl::flat_hash_map<model::TopicName, std::shared_ptr<topic::Topic>> topics_;
  std::atomic<std::size_t> topic_count_{0};
  // Unloaded within this turn; a topic may ask for it from inside its own code.
  std::vector<std::shared_ptr<topic::Topic>> retired_;
  std::vector<Parcels> outboxes_;  // by shard
  bool flush_is_due_ = false;
  base::ShardBound bound_;
};

}  // namespace molva::router
