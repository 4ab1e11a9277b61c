// The readers of a channel who are in memory, and lists of their sessions for fan-out.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "model/session_handle.h"
#include "model/user_id.h"
#include "topic/command.h"
#include "topic/ports.h"
#include "topic/subscriber.h"

namespace molva::topic {

// A channel may have more readers than fit into memory, so only those are here who have a session
// in it or wait for the store. Each does one thing at a time: while the store works on his
// subscription, what he asks for meanwhile waits in order. The readers do not wait for each other,
// nor does the topic for them.
//
// Thread: confined to the topic's shard.
// Cost:   a session that comes or goes: O(kListSize), however many there are; a fan-out: one list
//         per kListSize sessions.
class ChannelReaders {
 public:
  // Sessions in one list. A list is copied when one of it comes or goes.
  static constexpr std::size_t kListSize = 256;
  // Commands of one reader that wait for the store; more are refused with 503.
  static constexpr std::size_t kMaxWaiting = 64;

  struct Reader {
    std::optional<Subscriber> subscriber;  // live or former; nullopt: he has never been a reader
    bool is_known = false;                 // the store has been asked
    bool is_busy = false;                  // the store works for him
    std::vector<Command> waiting;
    SessionList sessions;
  };

  explicit ChannelReaders(int shard_count) : lists_(static_cast<std::size_t>(shard_count)) {}

  // Null for who is not in memory. Until the next Enter or Tidy.
  Reader* Find(model::UserId user);
  const Reader* Find(model::UserId user) const;
  // Brings `user` into memory, with nothing known of him.
  Reader& Enter(model::UserId user) { return readers_[user]; }
  // Drops `user` from memory if nothing keeps him there.
  void Tidy(model::UserId user);

  // The store works for `user`, who is in memory. Ends with Finish, which gives what has waited.
  void Begin(model::UserId user);
  std::vector<Command> Finish(model::UserId user);
  bool is_busy() const { return busy_ > 0; }

  // `user` is in memory.
  void Attach(model::SessionHandle session, model::UserId user);
  // The user the session was attached for; nullopt if it was not. He stays in memory until Tidy.
  std::optional<model::UserId> Detach(model::SessionHandle session);
  bool Has(model::SessionHandle session) const { return seats_.contains(session); }
  bool empty() const { return seats_.empty(); }
  // The users with a session here, in order.
  std::vector<model::UserId> Attached() const;

  // Calls visit(shard, list) for lists that together have each session once.
  template <typename Visit>
  void ForEachList(Visit visit) {
    for (std::size_t shard = 0; shard < lists_.size(); ++shard) {
      for (List& list : lists_[shard]) {
        if (list.shared == nullptr) {
          list.shared = std::make_shared<const SessionList>(list.sessions);
        }
        visit(static_cast<int>(shard), list.shared);
      }
    }
  }

  // Live subscriptions of readers, in memory or not.
  int subscribed = 0;

 private:
  struct List {
    SessionList sessions;
    SessionListPtr shared;  // null: to be made
  };
  struct Seat {
    model::UserId user;
    std::uint32_t list = 0;
    std::uint32_t index = 0;
  };

  absl::flat_hash_map<model::UserId, Reader> readers_;
  absl::flat_hash_map<model::SessionHandle, Seat> seats_;
  std::vector<std::vector<List>> lists_;  // by shard
  int busy_ = 0;
};

}  // namespace molva::topic
