// The long-poll sessions of one shard, and the way to those of the others.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/shard.h"
#include "session/connection.h"
#include "transport/endpoint_loop.h"
#include "transport/longpoll/long_poll_call.h"
#include "transport/longpoll/sid.h"

namespace molva::transport {

class LongPollSession;

// A session lives on the shard that took its first request. Later ones may come on connections of
// any shard: the host there keeps the connection in mind, posts the call to the session's shard,
// and gets the answer by post.
//
// Thread:  its shard's, but for the construction. What is posted holds the host alive, not more:
//          after Detach it finds nobody.
// Borrows: shard and acceptor. The loop owns the sessions.
class LongPollHost : public std::enable_shared_from_this<LongPollHost> {
 public:
  // The hosts of one listener by shard; filled before anybody calls. Weak: they go with their
  // doors.
  using Ring = std::vector<std::weak_ptr<LongPollHost>>;

  struct Rules {
    session::ConnectionAcceptor* acceptor = nullptr;
    std::function<bool()> has_room_for_session;
    std::shared_ptr<const Ring> ring;  // shared by all its members
    int index = 0;                     // of this host in it
  };

  LongPollHost(runtime::Shard& shard, Rules rules) : shard_(shard), rules_(std::move(rules)) {}
  ~LongPollHost();

  // From now on sessions can be made. `loop` lives until Detach.
  void Attach(EndpointLoop& loop) { loop_ = &loop; }
  void Detach() { loop_ = nullptr; }

  // Serves `request`, whose API key is good: opens a session, or carries it to the one it names.
  // `waiter` is answered once, possibly from inside, unless it is forgotten before. Returns the
  // ticket to forget it by.
  std::uint64_t Take(LongPollWaiter& waiter, HttpRequest request);
  // The connection is gone. Does nothing for a ticket that was answered.
  void Forget(std::uint64_t ticket);

  // Tells who is logged in with `sid`: Nobody in a session before login.
  // Errors: kSessionExpired as a Fault.
  void FindUser(std::string_view sid, absl::AnyInvocable<void(absl::StatusOr<model::UserId>)> done);

  // For the sessions. Answers a call that came from anywhere.
  void Reply(const ReturnAddress& to, LongPollAnswer answer, const Sid& sid);
  void Remove(const Sid& sid) { sessions_.erase(sid); }

 private:
  struct Awaited {
    LongPollWaiter* waiter;
    Sid sid;
  };

  LongPollAnswer Create(const HttpRequest& request);
  void OnCall(const Sid& sid, ReturnAddress from, std::string body);
  void OnAnswer(std::uint64_t ticket, LongPollAnswer answer, const Sid& sid);
  void OnHangUp(const Sid& sid, const ReturnAddress& from);
  void TakeBack(const Sid& sid, model::PacketPtr packet);
  // The host that `sid` points to; null if there is none (any more).
  std::shared_ptr<LongPollHost> HomeOf(const Sid& sid) const;
  // Runs `task` with `host` on its shard, at once if that is this one.
  template <typename Task>
  void Run(std::shared_ptr<LongPollHost> host, Task task);
  LongPollSession* Find(const Sid& sid) const;

  runtime::Shard& shard_;
  const Rules rules_;
  EndpointLoop* loop_ = nullptr;
  absl::flat_hash_map<Sid, LongPollSession*> sessions_;
  absl::flat_hash_map<std::uint64_t, Awaited> awaited_;
  std::uint64_t last_ticket_ = 0;
};

// An answer that is nothing but `fault`, and ends the connection as `keep_alive` says.
LongPollAnswer MakeLongPollFault(model::Fault fault,
                                 HttpRequest::KeepAlive keep_alive = HttpRequest::KeepAlive::kYes);

}  // namespace molva::transport
