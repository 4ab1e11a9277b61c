#include "transport/longpoll/long_poll_session.h"

#include <algorithm>

#include "transport/longpoll/long_poll_host.h"

namespace molva::transport {
namespace {

using model::Fault;
using session::CloseReason;
using session::SendResult;
using session::Urgency;
using KeepAlive = HttpRequest::KeepAlive;

constexpr std::string_view kProbe = "1";
constexpr std::string_view kProbeAnswer = "0";

CoarseMillis Millis(absl::Duration duration) { return absl::ToInt64Milliseconds(duration); }

// What is told a client whose packets are thrown away; what it should know of the other reasons
// its session has said.
std::optional<Fault> LastWordFor(CloseReason reason) {
  if (reason == CloseReason::kSlowReader) return Fault::kServiceUnavailable;
  if (reason == CloseReason::kFlood) return Fault::kPolicyViolation;
  return std::nullopt;
}

}  // namespace

LongPollSession::LongPollSession(EndpointLoop& loop, LongPollHost& host, const Sid& sid)
    : loop_(loop), host_(host), sid_(sid), last_call_(loop.now()) {}

LongPollSession::~LongPollSession() {
  if (handler_ == nullptr) return;
  loop_.counters().sessions_live.Subtract(1);
  loop_.counters().polling_sessions_live.Subtract(1);
}

void LongPollSession::Open(std::unique_ptr<session::ConnectionHandler> handler) {
  handler_ = std::move(handler);
  loop_.counters().sessions_opened.Add(1);
  loop_.counters().sessions_live.Add(1);
  loop_.counters().polling_sessions_live.Add(1);
  loop_.WantDeadline(*this, NextDeadline());
}

void LongPollSession::OnCall(ReturnAddress from, std::string body) {
  last_call_ = loop_.now();
  if (body.empty()) {
    OnPoll(std::move(from));
  } else {
    OnSend(std::move(from), std::move(body));
  }
}

void LongPollSession::OnPoll(ReturnAddress from) {
  if (poll_.has_value()) AnswerPoll({});
  poll_ = std::move(from);
  poll_deadline_ = loop_.now() + Millis(loop_.limits().poll_wait);
  loop_.WantDeadline(*this, poll_deadline_);
  if (!queue_.empty() || state_ != State::kOpen) loop_.WantFlush(*this, Urgency::kReply);
}

void LongPollSession::OnSend(ReturnAddress from, std::string body) {
  if (state_ != State::kOpen) {
    return host_.Reply(from, MakeLongPollFault(Fault::kSessionExpired), sid_);
  }
  if (waiting_.size() >= kWaitingSends) {
    return host_.Reply(from, MakeLongPollFault(Fault::kServiceUnavailable), sid_);
  }
  waiting_.push_back({std::move(from), std::move(body)});
  // A send may wait although reading goes on again: until the end of the turn.
  if (!must_resume_) DeliverWaiting();
}

void LongPollSession::DeliverWaiting() {
  while (!is_paused_ && state_ == State::kOpen && !waiting_.empty()) {
    const WaitingSend send = std::move(waiting_.front());
    waiting_.pop_front();
    Deliver(send);
  }
}

void LongPollSession::Deliver(const WaitingSend& send) {
  loop_.counters().messages_in.Add(1);
  if (send.body == kProbe) {
    AnswerProbe();
  } else {
    handler_->OnRequest(loop_.decoder().DecodeCopy(send.body));
  }
  host_.Reply(send.from, {}, sid_);
}

void LongPollSession::AnswerProbe() {
  // Who probes and never polls is no better than who does not read.
  const auto verdict = queue_.Admit(OutgoingQueue::Importance::kLasting, loop_.limits());
  if (verdict == OutgoingQueue::Verdict::kTake) {
    return Push(loop_.FrameOf(std::string(kProbeAnswer)), Urgency::kReply);
  }
  loop_.counters().overflows.Add(1);
  Close(CloseReason::kSlowReader);
}

SendResult LongPollSession::Send(const model::PacketPtr& packet, Urgency urgency) {
  if (state_ != State::kOpen) return SendResult::kDropped;
  const auto reader =
      poll_.has_value() ? EndpointLoop::Reader::kReads : EndpointLoop::Reader::kStands;
  const SendResult admitted = loop_.Admit(packet->packet(), queue_, reader);
  if (admitted != SendResult::kQueued) return admitted;
  Push(loop_.TextFor(packet), urgency);
  return SendResult::kQueued;
}

void LongPollSession::Push(FrameRef frame, Urgency urgency) {
  queue_.Push(std::move(frame));
  if (poll_.has_value()) loop_.WantFlush(*this, urgency);
}

void LongPollSession::ResumeReading() {
  // Not at once: the session must not be called from inside its own call.
  is_paused_ = false;
  must_resume_ = true;
  loop_.WantAfterTurn(*this);
}

void LongPollSession::Flush() {
  if (!poll_.has_value()) return;
  if (!queue_.empty()) return GivePacket();
  if (state_ == State::kClosing) AnswerLast(last_word_.value_or(Fault::kSessionExpired));
}

void LongPollSession::GivePacket() {
  const FrameRef frame = queue_.TakeFirst();
  LongPollAnswer answer;
  answer.response.body = frame.bytes();
  answer.packet = frame.shared_packet();
  const bool is_last = state_ == State::kClosing && queue_.empty() && !last_word_.has_value();
  if (is_last) answer.keep_alive = KeepAlive::kNo;
  AnswerPoll(std::move(answer));
  if (is_last) End();
}

void LongPollSession::AnswerLast(Fault fault) {
  AnswerPoll(MakeLongPollFault(fault, KeepAlive::kNo));
  End();
}

void LongPollSession::AnswerPoll(LongPollAnswer answer) {
  last_call_ = loop_.now();
  const ReturnAddress to = *std::exchange(poll_, std::nullopt);
  loop_.WantDeadline(*this, NextDeadline());
  host_.Reply(to, std::move(answer), sid_);
}

void LongPollSession::OnHangUp(const ReturnAddress& from) {
  if (poll_ == from) {
    last_call_ = loop_.now();
    poll_.reset();
    loop_.WantDeadline(*this, NextDeadline());
  }
  // A packet that was sent is delivered whether or not anybody still waits to hear so.
}

void LongPollSession::TakeBack(model::PacketPtr packet) {
  if (state_ == State::kDead || last_word_.has_value()) return;
  queue_.PushFirst(loop_.TextFor(packet));
  if (poll_.has_value()) loop_.WantFlush(*this, Urgency::kReply);
}

void LongPollSession::Close(CloseReason reason) {
  if (state_ != State::kOpen) return;
  state_ = State::kClosing;
  last_word_ = LastWordFor(reason);
  if (last_word_.has_value()) queue_.Clear();
  RefuseWaiting();
  close_deadline_ = loop_.now() + Millis(loop_.limits().close_timeout);
  loop_.WantDeadline(*this, close_deadline_);
  if (poll_.has_value()) loop_.WantFlush(*this, Urgency::kReply);
  loop_.WantAfterTurn(*this);
}

void LongPollSession::Cut() {
  if (state_ == State::kDead) return;
  RefuseWaiting();
  if (poll_.has_value()) AnswerPoll(MakeLongPollFault(Fault::kSessionExpired, KeepAlive::kNo));
  End();
}

void LongPollSession::RefuseWaiting() {
  for (const WaitingSend& send : std::exchange(waiting_, {})) {
    host_.Reply(send.from, MakeLongPollFault(Fault::kSessionExpired), sid_);
  }
}

// The sid is good for nothing from now on.
void LongPollSession::End() {
  state_ = State::kDead;
  queue_.Clear();
  host_.Remove(sid_);
  loop_.WantAfterTurn(*this);
}

Endpoint::Fate LongPollSession::AfterTurn() {
  if (state_ != State::kOpen && handler_ != nullptr) {
    handler_->OnClosed();
    handler_.reset();
    loop_.counters().sessions_live.Subtract(1);
    loop_.counters().polling_sessions_live.Subtract(1);
  }
  if (state_ == State::kDead) return Fate::kGone;
  if (std::exchange(must_resume_, false)) DeliverWaiting();
  return Fate::kStays;
}

CoarseMillis LongPollSession::NextDeadline() const {
  const CoarseMillis idle = last_call_ + Millis(loop_.limits().poll_idle_timeout);
  const CoarseMillis next = poll_.has_value() ? poll_deadline_ : idle;
  return state_ == State::kClosing ? std::min(next, close_deadline_) : next;
}

CoarseMillis LongPollSession::OnDeadline(CoarseMillis now) {
  if (state_ == State::kClosing && close_deadline_ <= now) {
    Cut();
  } else if (poll_.has_value() && poll_deadline_ <= now) {
    AnswerPoll({});
  } else if (!poll_.has_value() && NextDeadline() <= now) {
    Cut();
  }
  return state_ == State::kDead ? now + Millis(loop_.limits().poll_idle_timeout) : NextDeadline();
}

}  // namespace molva::transport
