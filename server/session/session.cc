#include "session/session.h"

#include <algorithm>

#include "session/dispatcher.h"

namespace molva::session {

using model::Fault;

Session::Session(Connection& connection, const SessionEnv& env, TransportKind transport)
    : connection_(connection),
      env_(env),
      transport_(transport),
      handle_(env.router.sessions().Add(*this)),
      rate_(env.limits.requests_per_second) {}

Session::~Session() {
  for (const auto& [topic, user] : attached_) {
    env_.router.Send(topic, topic::SessionGone{handle_});
  }
  if (call_.has_value() && !attached_.contains(*call_)) {
    env_.router.Send(*call_, topic::SessionGone{handle_});
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

void Session::AwaitVerdict(RequestFilter& filter, model::Request request) {
  is_awaiting_ = is_being_judged_ = true;
  Petitioner from{handle_,           state_.user,      state_.level,   state_.remote_address,
                  state_.user_agent, state_.device_id, state_.language};
  filter.Judge(std::move(from), std::move(request),
               [&env = env_, handle = handle_](RequestFilter::Verdict verdict) {
                 if (Session* session = Find(env, handle)) session->OnVerdict(std::move(verdict));
               });
}

void Session::OnVerdict(RequestFilter::Verdict verdict) {
  is_awaiting_ = is_being_judged_ = false;
  if (is_closing_) return;
  if (auto* request = std::get_if<model::Request>(&verdict)) Proceed(*this, std::move(*request));
  if (auto* reply = std::get_if<model::Packet>(&verdict)) OnReply(model::Share(std::move(*reply)));
  if (!is_awaiting_) Resume();
}

void Session::Resume() {
  if (is_being_judged_) return;
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
    attached_[topic] = actor_.user;
    // It may have come to the front while it was joining.
    if (began_in_background_ && !state_.is_background) {
      env_.router.Send(topic, topic::Foreground{handle_});
    }
  } else {
    attached_.erase(topic);
  }
  Resume();
}

void Session::OnAccountClosed(model::UserId user) {
  if (is_closing_ || state_.phase != Phase::kAuthenticated || state_.user != user) return;
  Reply("", "", Fault::kEvicted);
  Close(CloseReason::kEvicted);
}

void Session::OnLoginsEnded(const std::vector<std::uint64_t>& logins) {
  if (is_closing_ || state_.login == 0) return;
  if (std::find(logins.begin(), logins.end(), state_.login) == logins.end()) return;
  Reply("", "", Fault::kEvicted, {{"what", model::JsonText("session")}});
  Close(CloseReason::kEvicted);
}

void Session::OnDetached(model::TopicName topic) { attached_.erase(topic); }

void Session::Reply(std::string id, std::string topic, Fault fault, model::JsonFields params) {
  OnReply(model::Share(
      model::MakeCtrl(fault, std::move(id), std::move(topic), now(), std::move(params))));
}

void Session::ReplyTooMany(std::string id, std::string topic, absl::Duration wait,
                           model::JsonFields params) {
  const std::int64_t seconds = absl::ToInt64Seconds(absl::Ceil(wait, absl::Seconds(1)));
  params.emplace_back("retryAfter", model::JsonNumber(seconds));
  Reply(std::move(id), std::move(topic), Fault::kTooManyRequests, std::move(params));
}

model::UserId Session::CountedUser() const {
  return state_.level == model::AuthLevel::kRoot ? model::UserId::Nobody() : actor_.user;
}

topic::Requester Session::MakeRequester(const model::Request& request,
                                        std::string topic_text) const {
  topic::Requester from;
  from.session = handle_;
  from.user = actor_.user;
  from.level = actor_.level;
  if (actor_.user != state_.user) from.agent = state_.user;
  from.session_level = state_.level;
  from.user_agent = state_.user_agent;
  from.language = state_.language;
  from.is_background = state_.is_background;
  from.request_id = request.id;
  from.topic_text = std::move(topic_text);
  if (request.extra.has_value()) from.attachments = model::FilesOf(request.extra->attachments);
  from.received = now();
  return from;
}

bool Session::IsAttachedAsActor(model::TopicName topic) const {
  const auto at = attached_.find(topic);
  return at != attached_.end() && at->second == actor_.user;
}

void Session::ReportActive() {
  if (actor_.user != state_.user) return;
  const model::TopicName me = model::TopicName::Me(state_.user);
  if (state_.user_agent.empty() || !attached_.contains(me)) return;
  const absl::Time at = now();
  if (at - last_report_ < env_.topic_limits.user_agent_delay) return;
  last_report_ = at;
  env_.router.Send(me, topic::Active{handle_, state_.user_agent});
}

void Session::StartInBackground() {
  began_in_background_ = state_.is_background = true;
  env_.router.shard().StartTimer(env_.limits.background_delay, [&env = env_, handle = handle_] {
    Session* session = Find(env, handle);
    if (session == nullptr) return;
    session->state_.is_background = false;
    for (const auto& [topic, user] : session->attached_) {
      env.router.Send(topic, topic::Foreground{handle});
    }
  });
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
