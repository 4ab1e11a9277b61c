// The state of a topic in which people talk (p2p, group, slf, sys), and what all its parts share.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/packet.h"
#include "store/records.h"
#include "topic/attached_sessions.h"
#include "topic/call.h"
#include "topic/channel_readers.h"
#include "topic/command.h"
#include "topic/known_uids.h"
#include "topic/remote/lanes.h"
#include "topic/subscriber.h"
#include "topic/topic_env.h"

namespace molva::topic {

// What a chat topic is made of. The behaviour is in join.h, publish.h, history.h …, each a set of
// functions over this.
//
// Thread: confined to the topic's shard.
// Owns:   shared with the store's pending completions, which may outlive the topic's place in the
//         registry.
class ChatCore : public std::enable_shared_from_this<ChatCore> {
 public:
  ChatCore(model::TopicName topic_name, const TopicEnv& topic_env);

  const model::TopicName name;
  const TopicEnv& env;
  store::TopicRecord record;
  absl::flat_hash_map<model::UserId, Subscriber> subscribers;
  AttachedSessions sessions;  // of members
  ChannelReaders readers;     // of a channel

  // Publishing: numbers up to `reserved_seq` are taken, up to `record.seq` stored.
  model::SeqId reserved_seq = 0;
  int publishes_in_flight = 0;
  std::size_t publish_bytes_in_flight = 0;
  KnownUids uids;
  std::optional<std::set<model::SeqId>> once;  // to be deleted when delivered; none: not read yet
  bool is_resyncing = false;  // an append failed; no publishing until the store told the last seq
  bool is_rereading = false;  // the store has been asked
  bool exists = false;        // the store has the topic
  bool is_online = false;     // groups: `on` was announced
  Lanes lanes;                // of a topic on several servers
  Call call;                  // of two people
  // What waits until a report is in the store, by token; the topic is held meanwhile.
  std::map<std::uint64_t, absl::AnyInvocable<void(bool is_stored)>> kept;
  std::uint64_t last_kept = 0;
  runtime::TimerId call_timer = runtime::TimerId::kNone;  // while nobody has answered

  // As clients see it.
  std::string TextOf(model::UserId user) const { return env.names.TextOf(user); }
  std::string ClientName(model::UserId viewer) const { return env.names.ClientName(name, viewer); }

  // Whether another server orders this topic and this one keeps a copy.
  bool is_replica() const { return !record.home.empty(); }
  // Whether `from` may act in the topic: a session in it under the name that it uses now, or
  // another server for its user.
  bool IsAttached(const Requester& from) const {
    if (from.as_reader) return readers.Has(from.session);
    return from.is_remote() || sessions.Has(from.session);
  }
  bool is_read_only() const { return record.state != store::State::kOk; }
  // The live subscription of `user`, or null.
  Subscriber* FindLive(model::UserId user);
  // The live or former subscription of `user`, or null.
  Subscriber* FindAny(model::UserId user);
  model::AccessMode ModeOf(model::UserId user) const;
  // The live subscription as which `from` acts, a reader's or a member's, or null.
  const Subscriber* FindSelf(const Requester& from) const;
  model::AccessMode ModeOf(const Requester& from) const;
  // Members; with readers.
  int CountLive() const;
  int CountAll() const { return CountLive() + readers.subscribed; }

  void Reply(const Requester& to, model::Fault fault, model::JsonFields params = {});
  // With `text` in place of the catalogue's, unless it is empty.
  void ReplyInWords(const Requester& to, model::Fault fault, const std::string& text);
  // A refusal, from the Fault that `status` carries.
  void Refuse(const Requester& to, const absl::Status& status);
  // Nothing goes to other servers this way: what they may read they have.
  void Send(const Requester& to, model::Packet packet) const;

  // Holds back all further commands until Release; both nest. Every Hold has its Release when the
  // store has answered.
  void Hold() { ++holds_; }
  void Release();
  bool is_held() const { return holds_ > 0; }
  // Writes `batch` while the topic is held, then runs `done`, then tells the other servers.
  void Commit(store::Batch batch, absl::AnyInvocable<void(absl::Status)> done);
  // A write failed that others may stand on: reads the numbers anew once nothing is in flight.
  // Until then nothing is published.
  void Recover();
  // The same, after each write that ended.
  void RecoverIfIdle();

  // Puts `fresh` in place of the user's subscription. What messages on their way have raised in
  // the meantime stays: marks of a live subscription only grow.
  void Replace(store::SubscriptionRecord fresh);

  // Sends to the sessions of users who pass what `render` makes for the viewer. p2p and slf topics
  // are rendered for each party, groups and sys once (for Nobody).
  using Passes = std::function<bool(model::UserId)>;
  using Render = std::function<model::Packet(model::UserId viewer)>;
  void Broadcast(const Passes& passes, const Render& render, Except except = {}) const;

  // Sends `notice` to the `me` topics of the live subscribers who pass.
  void NotifyUsers(const std::function<bool(const Subscriber&)>& passes,
                   presence::Notice notice) const;
  void NotifyUser(model::UserId user, presence::Notice notice) const;

  // Ready lists for the hot path of publishing, rebuilt after Changed().
  struct Audience {
    model::UserId viewer;  // for whom to render
    std::vector<SessionListPtr> sessions;
  };
  const std::vector<Audience>& DataAudience();
  const std::vector<UserListPtr>& NewsAudience();
  // All sessions of the data audience, which need no news.
  std::shared_ptr<const presence::SessionSet> DataSessions();
  // The domains of the live foreign members, sorted.
  const std::vector<std::string>& PeerDomains();
  // Somebody came, went, or changed rights.
  void Changed();

  // Called when the last hold is released; set by the topic.
  std::function<void()> on_released;
  // Takes up a command that has waited for what the store knows of a reader; set by the topic.
  std::function<void(Command)> on_resumed;

 private:
  // Repeats the marks that were raised while `written` was on its way and that it has set back.
  void RestoreMarks(const std::vector<store::SubscriptionRecord>& written);
  std::vector<model::UserId> Viewers() const;
  std::vector<UserListPtr> SplitByShard(const std::vector<model::UserId>& users) const;

  int holds_ = 0;
  bool audience_is_fresh_ = false;
  bool peers_are_fresh_ = false;
  std::vector<std::string> peer_domains_;
  std::vector<Audience> data_audience_;
  std::vector<UserListPtr> news_audience_;
  std::shared_ptr<const presence::SessionSet> data_sessions_;  // shared with notices under way
};

using CorePtr = std::shared_ptr<ChatCore>;

}  // namespace molva::topic
