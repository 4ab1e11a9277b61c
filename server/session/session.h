// One connection's state machine: who it is, what it is attached to, whose turn it is.
#pragma once

#include <absl/container/flat_hash_set.h>

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
    std::string version;
    std::string user_agent;
    std::string language;
    std::string device_id;
  };

  Session(Connection& connection, const SessionEnv& env);
  ~Session() override;

  // The live session behind `handle`, or null.
  static Session* Find(const SessionEnv& env, model::SessionHandle handle);

  // ConnectionHandler
  void OnRequest(absl::StatusOr<model::Request> request) override;
  void OnClosed() override;
  // router::SessionSink
  void OnReply(const model::PacketPtr& packet) override;
  void OnFanOut(const model::PacketPtr& packet) override;
  bool IsAttachedTo(model::TopicName topic) const override { return attached_.contains(topic); }
  void OnSettled(model::TopicName topic, topic::Outbound::Attached attached) override;
  void OnDetached(model::TopicName topic) override;

  // For the handlers.
  State& state() { return state_; }
  const State& state() const { return state_; }
  const SessionEnv& env() const { return env_; }
  model::SessionHandle handle() const { return handle_; }
  absl::Time now() const { return env_.router.shard().Now(); }
  void Reply(std::string id, std::string topic, model::Fault fault, model::JsonFields params = {});
  // Holds back the requests behind the one that is being handled, until Resume.
  void Await() { is_awaiting_ = true; }
  void Resume();
  // Who asks, for a command to a topic.
  topic::Requester MakeRequester(const model::Request& request, std::string topic_text) const;
  // Tells `me` that this is the device in use.
  void ReportActive();

  // Says ctrl 205 "server shutdown" and closes.
  void Shutdown();

 private:
  void Take(absl::StatusOr<model::Request> request);
  void Deliver(const model::PacketPtr& packet, Urgency urgency);
  void PauseWhileBusy();
  // Reading stands still while either reason holds.
  void SetPause(bool& reason, bool value);
  void Close(CloseReason reason);

  Connection& connection_;
  const SessionEnv& env_;
  model::SessionHandle handle_;
  State state_;
  absl::flat_hash_set<model::TopicName> attached_;
  std::vector<absl::StatusOr<model::Request>> waiting_;
  RateGate rate_;
  absl::Time last_report_;
  bool is_awaiting_ = false;
  bool is_too_busy_ = false;  // reasons not to read on
  bool is_too_fast_ = false;
  bool is_closing_ = false;
};

}  // namespace molva::session
