// The part of the router on one shard: its topics, its sessions, and the way to other shards.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <atomic>
#include <memory>
#include <variant>
#include <vector>

#include "base/shard_bound.h"
#include "push/desk.h"
#include "router/session_table.h"
#include "runtime/shard.h"
#include "topic/due_sweeper.h"
#include "topic/limits.h"
#include "topic/ports.h"
#include "topic/retention.h"
#include "topic/topic.h"
#include "topic/word_indexer.h"

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
              const topic::Services& services, std::vector<std::string> reserved_tag_namespaces);

  SessionTable& sessions() { return sessions_; }
  runtime::Shard& shard() { return env_.shard; }
  store::Store& store() { return env_.store; }
  // Hands `command` to every topic of this shard that is in memory.
  void SendToAll(const topic::PeerLink& command);
  // Goes on with what a former run of the node has begun with accounts of any shard. Once, when
  // the shards run.
  void ResumeAccounts();
  // Ends the sessions of these logins on all shards.
  void EndLogins(std::vector<std::uint64_t> logins);
  // Deletes messages of any shard when they are due or too old, and indexes their words. Once, when
  // the shards run.
  void StartSweeping() {
    sweeper_.Start();
    retention_.Start();
    indexer_.Start();
  }
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
  void EndSessions(model::UserId user) override;
  void Unload(model::TopicName topic) override;
  int shard_count() const override;
  const push::Desk& desk() const { return desk_; }
  bool has_pushers() const override { return desk_.has_pushers(); }
  void Push(int shard, push::DeskNews news) override;

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
  struct ToAccount {
    model::UserId user;
  };
  struct ToDesk {
    push::DeskNews news;
  };
  struct ToLogins {
    std::shared_ptr<const std::vector<std::uint64_t>> logins;  // one list for all shards
  };
  using Parcel = std::variant<ToSession, ToSessions, Settlement, Detachment, ToUsers, ToTopic,
                              ToAccount, ToDesk, ToLogins>;
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
  void Open(ToAccount& parcel);
  void Open(ToDesk& parcel);
  void Open(ToLogins& parcel);

  Router& router_;
  topic::TopicEnv env_;
  topic::DueSweeper sweeper_{env_};
  topic::RetentionSweeper retention_{env_};
  topic::WordIndexer indexer_{env_};
  push::Desk desk_;
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
