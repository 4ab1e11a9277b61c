// The call of two people in a p2p topic: who takes part, how far it is, how it ends.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/raw_json.h"
#include "model/seq_range.h"
#include "model/session_handle.h"
#include "model/user_id.h"
#include "store/records.h"

namespace molva::topic {

// How a call is over.
enum class CallEnd : std::uint8_t { kFinished, kMissed, kDeclined, kDisconnected };
std::string_view WordOf(CallEnd end);

// Who says something about a call.
struct CallVoice {
  model::UserId user;
  model::SessionHandle session;
  model::SeqId seq = 0;  // of the message that began the call he means
};

// The call of a topic, or none. It decides only; call_desk.h carries out. What is about another
// call, or comes at the wrong time, has no effect.
//
// Thread: confined to the topic's shard.
// Source: docs/protocol behaviour §7.3.
class Call {
 public:
  bool is_active() const { return state_ != State::kNone; }
  model::SeqId seq() const { return seq_; }
  model::UserId originator() const { return originator_; }
  model::SessionHandle originator_session() const { return originator_session_; }
  const model::RawJson& content() const { return content_; }

  // `message` asks the other one; `session` sent it. There must be no call.
  void Begin(const store::MessageRecord& message, model::SessionHandle session);
  // Whether `voice` is somebody whom the call asks, and who has not answered yet.
  bool IsAsked(const CallVoice& voice) const;
  // He takes the call. Whether that was for him to do.
  bool Accept(const CallVoice& voice, absl::Time now);
  // The session of the other party, if `voice` is one of the two.
  std::optional<model::SessionHandle> OtherParty(const CallVoice& voice) const;

  // How the call would be over now if he hung up, if the session ended, or if nobody answered call
  // `seq` in time. nullopt: it goes on.
  std::optional<CallEnd> EndIfHungUp(const CallVoice& voice) const;
  std::optional<CallEnd> EndIfLost(model::SessionHandle session) const;
  std::optional<CallEnd> EndIfUnanswered(model::SeqId seq) const;

  // The head of a message that takes the place of the first one. `word`: what became of the call.
  model::JsonFields Replacement(std::string_view word, absl::Time now) const;
  void Clear() { *this = Call(); }

 private:
  enum class State : std::uint8_t { kNone, kInitiated, kEstablished };

  bool IsAbout(const CallVoice& voice) const { return is_active() && voice.seq == seq_; }

  State state_ = State::kNone;
  model::SeqId seq_ = 0;
  model::UserId originator_;
  model::SessionHandle originator_session_;
  model::SessionHandle callee_session_;  // once established
  absl::Time established_;
  model::RawJson mime_;
  model::RawJson content_;
};

}  // namespace molva::topic
