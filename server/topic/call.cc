#include "topic/call.h"

#include "base/check.h"

namespace molva::topic {

using model::SessionHandle;

std::string_view WordOf(CallEnd end) {
  switch (end) {
    case CallEnd::kFinished:
      return "finished";
    case CallEnd::kMissed:
      return "missed";
    case CallEnd::kDeclined:
      return "declined";
    case CallEnd::kDisconnected:
      break;
  }
  return "disconnected";
}

void Call::Begin(const store::MessageRecord& message, SessionHandle session) {
  MOLVA_CHECK(!is_active(), "a call in a call");
  state_ = State::kInitiated;
  seq_ = message.seq;
  originator_ = message.from;
  originator_session_ = session;
  if (const model::RawJson* mime = model::FindField(message.head, "mime")) mime_ = *mime;
  content_ = message.content;
}

bool Call::IsAsked(const CallVoice& voice) const {
  return IsAbout(voice) && state_ == State::kInitiated && voice.user != originator_;
}

bool Call::Accept(const CallVoice& voice, absl::Time now) {
  if (!IsAsked(voice)) return false;
  state_ = State::kEstablished;
  callee_session_ = voice.session;
  established_ = now;
  return true;
}

std::optional<SessionHandle> Call::OtherParty(const CallVoice& voice) const {
  if (!IsAbout(voice) || state_ != State::kEstablished) return std::nullopt;
  if (voice.session == originator_session_) return callee_session_;
  if (voice.session == callee_session_) return originator_session_;
  return std::nullopt;
}

std::optional<CallEnd> Call::EndIfHungUp(const CallVoice& voice) const {
  if (!IsAbout(voice)) return std::nullopt;
  if (state_ == State::kEstablished) {
    return OtherParty(voice).has_value() ? std::optional(CallEnd::kFinished) : std::nullopt;
  }
  if (voice.user != originator_) return CallEnd::kDeclined;
  return voice.session == originator_session_ ? std::optional(CallEnd::kMissed) : std::nullopt;
}

std::optional<CallEnd> Call::EndIfLost(SessionHandle session) const {
  const bool is_party =
      is_active() && (session == originator_session_ ||
                      (state_ == State::kEstablished && session == callee_session_));
  return is_party ? std::optional(CallEnd::kDisconnected) : std::nullopt;
}

std::optional<CallEnd> Call::EndIfUnanswered(model::SeqId seq) const {
  const bool waits = state_ == State::kInitiated && seq == seq_;
  return waits ? std::optional(CallEnd::kMissed) : std::nullopt;
}

model::JsonFields Call::Replacement(std::string_view word, absl::Time now) const {
  model::JsonFields head{{"replace", model::JsonText(":" + std::to_string(seq_))},
                         {"webrtc", model::JsonText(word)}};
  if (!mime_.empty()) head.emplace_back("mime", mime_);
  if (state_ != State::kEstablished) return head;
  const std::int64_t lasted = absl::ToInt64Milliseconds(now - established_);
  if (lasted > 0) head.emplace_back("webrtc-duration", model::JsonNumber(lasted));
  return head;
}

}  // namespace molva::topic
