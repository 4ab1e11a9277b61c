// One connection's state machine: who it is, what it is attached to, whose turn it is.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <optional>
#include <string>
#include <vector>

#include "router/session_sink.h"
#include "session/connection.h"
#include "session/rate_gate.h"
#include "session/session_env.h"

namespace molva::session {

// A session. Requests are taken strictly in order: while a sub, leave, login or acc waits for its
// outcome, later requests wait behind it. Publishing does not wait.
//
// Thread:  confined to its shard. Completions from elsewhere find it by handle (Session::Find).
// Borrows: `connection` and `env`, which outlive it.
// Source:  docs/protocol behaviour §2.
class Session final : public ConnectionHandler, public router::SessionSink {
 public:
  enum class Phase : std::uint8_t { kFresh, kKnown, kAuthenticated };

  // What hi and login established. Plain data for the handlers.
  struct State {
    Phase phase = Phase::kFresh;
    model::AuthLevel level = model::AuthLevel::kNone;
    model::UserId user;
    std::string remote_address;  // without port; known from the start
    std::string version;
    std::string user_agent;
    std::string language;
    std::string device_id;
    std::string platform;
    bool is_background = false;  // others are not to see it yet
    // By which it is, or is about to be, logged in; zero: by none.
    std::uint64_t login = 0;
    absl::Time login_seen;  // when its use was last written down
  };

  // As whom the request is made that is being handled: the user of the session, or the one for whom
  // root acts.
  struct Actor {
    model::UserId user;
    model::AuthLevel level = model::AuthLevel::kNone;
  };

  Session(Connection& connection, const SessionEnv& env, TransportKind transport);
  ~Session() override;

  // The live session behind `handle`, or null.
  static Session* Find(const SessionEnv& env, model::SessionHandle handle);

  // ConnectionHandler
  model::UserId user() const override { return state_.user; }
  void OnRequest(absl::StatusOr<model::Request> request) override;
  void OnClosed() override;
  // router::SessionSink
  void OnReply(const model::PacketPtr& packet) override;
  void OnFanOut(const model::PacketPtr& packet) override;
  bool IsAttachedTo(model::TopicName topic) const override { return attached_.contains(topic); }
  void OnSettled(model::TopicName topic, topic::Outbound::Attached attached) override;
  void OnAccountClosed(model::UserId user) override;
  void OnLoginsEnded(const std::vector<std::uint64_t>& logins) override;
  void OnDetached(model::TopicName topic) override;

  // For the handlers.
  const Actor& actor() const { return actor_; }
  void ActAs(const Actor& actor) { actor_ = actor; }
  // Attached for the actor; a session is in a topic for one user at a time.
  bool IsAttachedAsActor(model::TopicName topic) const;
  State& state() { return state_; }
  const State& state() const { return state_; }
  const SessionEnv& env() const { return env_; }
  model::SessionHandle handle() const { return handle_; }
  TransportKind transport() const { return transport_; }
  absl::Time now() const { return env_.router.shard().Now(); }
  void Reply(std::string id, std::string topic, model::Fault fault, model::JsonFields params = {});
  // Ctrl 429: not before `wait` is over.
  void ReplyTooMany(std::string id, std::string topic, absl::Duration wait,
                    model::JsonFields params = {});
  // Whom messages and notes of the request are counted for; Nobody if for nobody, as of root.
  model::UserId CountedUser() const;
  // Asks `filter` about a request that is being handled; the requests behind it wait.
  void AwaitVerdict(RequestFilter& filter, model::Request request);
  // Holds back the requests behind the one that is being handled, until Resume.
  void Await() { is_awaiting_ = true; }
  void Resume();
  // Who asks, for a command to a topic.
  topic::Requester MakeRequester(const model::Request& request, std::string topic_text) const;
  // The session takes a call in `topic` without being in it: the topic is told when it ends.
  void FollowCall(model::TopicName topic) { call_ = topic; }
  // Others see the session only if it is still there after a while.
  void StartInBackground();
  // Tells `me` that this is the device in use.
  void ReportActive();

  // Says ctrl 205 "server shutdown" and closes.
  void Shutdown();

 private:
  void Take(absl::StatusOr<model::Request> request);
  void OnVerdict(RequestFilter::Verdict verdict);
  void Deliver(const model::PacketPtr& packet, Urgency urgency);
  void PauseWhileBusy();
  // Reading stands still while either reason holds.
  void SetPause(bool& reason, bool value);
  void Close(CloseReason reason);

  Connection& connection_;
  const SessionEnv& env_;
  const TransportKind transport_;
  model::SessionHandle handle_;
  State state_;
  Actor actor_;  // stays while a request waits for its outcome
  absl::flat_hash_map<model::TopicName, model::UserId> attached_;  // and for whom
  bool began_in_background_ = false;
  std::optional<model::TopicName> call_;
  std::vector<absl::StatusOr<model::Request>> waiting_;
  RateGate rate_;
  absl::Time last_report_;
  bool is_awaiting_ = false;
  bool is_being_judged_ = false;  // then only the verdict ends the waiting
  bool is_too_busy_ = false;      // reasons not to read on
  bool is_too_fast_ = false;
  bool is_closing_ = false;
};

}  // namespace molva::session
