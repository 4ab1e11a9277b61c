#include "session/session.h"

#include "session/dispatcher.h"

namespace molva::session {

using model::Fault;

Session::Session(Connection& connection, const SessionEnv& env)
    : connection_(connection),
      env_(env),
      handle_(env.router.sessions().Add(*this)),
      rate_(env.limits.requests_per_second) {}

Session::~Session() {
  for (const model::TopicName& topic : attached_) {
    env_.router.Send(topic, topic::SessionGone{handle_});
  }
  env_.router.sessions().Remove(handle_);
}

Session* Session::Find(const SessionEnv& env, model::SessionHandle handle) {
  // Only sessions are ever put into the table.
  return static_cast<Session*>(env.router.sessions().Find(handle));
}

void Session::OnRequest(absl::StatusOr<model::Request> request) {
  if (is_closing_) return;
  if (is_awaiting_ || !waiting_.empty()) {
    if (waiting_.size() >= env_.limits.waiting_hard) return Close(CloseReason::kFlood);
    waiting_.push_back(std::move(request));
  } else {
    Take(std::move(request));
  }
  PauseWhileBusy();
}

void Session::Take(absl::StatusOr<model::Request> request) {
  const absl::Duration wait = rate_.Admit(now());
  if (wait > absl::ZeroDuration() && !is_too_fast_) {
    SetPause(is_too_fast_, true);
    env_.router.shard().StartTimer(wait, [&env = env_, handle = handle_] {
      if (Session* session = Find(env, handle)) session->SetPause(session->is_too_fast_, false);
    });
  }
  Dispatch(*this, std::move(request));
}

void Session::Resume() {
  is_awaiting_ = false;
  std::size_t taken = 0;
  while (taken < waiting_.size() && !is_awaiting_ && !is_closing_) {
    Take(std::move(waiting_[taken++]));
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(taken));
  if (waiting_.empty()) waiting_.shrink_to_fit();
  PauseWhileBusy();
}

void Session::PauseWhileBusy() {
  const bool busy = waiting_.size() >= env_.limits.waiting_soft;
  if (busy || waiting_.empty()) SetPause(is_too_busy_, busy);
}

void Session::SetPause(bool& reason, bool value) {
  const bool was_paused = is_too_busy_ || is_too_fast_;
  reason = value;
  const bool is_paused = is_too_busy_ || is_too_fast_;
  if (is_closing_ || is_paused == was_paused) return;
  is_paused ? connection_.PauseReading() : connection_.ResumeReading();
}

void Session::OnClosed() { is_closing_ = true; }

void Session::OnReply(const model::PacketPtr& packet) { Deliver(packet, Urgency::kReply); }

void Session::OnFanOut(const model::PacketPtr& packet) { Deliver(packet, Urgency::kFanOut); }

void Session::Deliver(const model::PacketPtr& packet, Urgency urgency) {
  if (is_closing_) return;
  if (connection_.Send(packet, urgency) == SendResult::kOverflow) Close(CloseReason::kSlowReader);
}

void Session::OnSettled(model::TopicName topic, topic::Outbound::Attached attached) {
  if (attached == topic::Outbound::Attached::kYes) {
    attached_.insert(topic);
  } else {
    attached_.erase(topic);
  }
  Resume();
}

void Session::OnDetached(model::TopicName topic) { attached_.erase(topic); }

void Session::Reply(std::string id, std::string topic, Fault fault, model::JsonFields params) {
  OnReply(model::Share(
      model::MakeCtrl(fault, std::move(id), std::move(topic), now(), std::move(params))));
}

topic::Requester Session::MakeRequester(const model::Request& request,
                                        std::string topic_text) const {
  topic::Requester from;
  from.session = handle_;
  from.user = state_.user;
  from.level = state_.level;
  from.user_agent = state_.user_agent;
  from.request_id = request.id;
  from.topic_text = std::move(topic_text);
  from.received = now();
  return from;
}

void Session::ReportActive() {
  const model::TopicName me = model::TopicName::Me(state_.user);
  if (state_.user_agent.empty() || !attached_.contains(me)) return;
  const absl::Time at = now();
  if (at - last_report_ < env_.topic_limits.user_agent_delay) return;
  last_report_ = at;
  env_.router.Send(me, topic::Active{handle_, state_.user_agent});
}

void Session::Shutdown() {
  Reply("", "", Fault::kServerShutdown);
  Close(CloseReason::kServerShutdown);
}

void Session::Close(CloseReason reason) {
  if (is_closing_) return;
  is_closing_ = true;
  waiting_.clear();
  connection_.Close(reason);
}

}  // namespace molva::session
