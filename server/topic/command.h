// What a topic can be asked, as values that cross shards.
#pragma once

#include <absl/time/time.h>

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/request.h"
#include "model/session_handle.h"
#include "model/topic_name.h"
#include "model/user_id.h"
#include "presence/notice.h"
#include "topic/peer_port.h"

namespace molva::topic {

// Who asks, and how the answer must be addressed.
struct Requester {
  model::SessionHandle session;
  model::UserId user;
  model::AuthLevel level = model::AuthLevel::kNone;
  std::string user_agent;
  std::string request_id;
  std::string topic_text;  // the topic as the client wrote it: goes into replies
  bool as_reader = false;  // written as "chn…"
  absl::Time received;
  // The domain of another server that asks for its user, as a proposal. Then there is no session:
  // answers go back as the proposal's outcome.
  std::string origin;

  bool is_remote() const { return !origin.empty(); }
};

// sub. The session waits for Outbound::Settle.
struct Join {
  Requester from;
  model::Sub request;
  enum class Create : std::uint8_t { kNo, kGroup, kChannel } create = Create::kNo;
};

// leave. The session waits for Outbound::Settle.
struct Depart {
  Requester from;
  bool unsubscribe = false;
};

struct Publish {
  Requester from;
  model::Pub request;
};

struct Query {
  Requester from;
  model::GetQuery query;
};

struct Change {
  Requester from;
  model::SetQuery query;
};

struct Remove {
  Requester from;
  model::Del request;
};

struct Mark {
  Requester from;
  model::Note request;
};

// A session ended; nobody is answered.
struct SessionGone {
  model::SessionHandle session;
};

// For `me`: something happened elsewhere.
struct Noticed {
  presence::NoticePtr notice;
};

// For a group that is loaded: is it online? The answer goes to the `me` topic of `user`.
struct AskStatus {
  model::UserId user;
};

// For a group that is loaded: a member's card or device changed; told to attached members.
struct MemberNews {
  model::UserId user;
  presence::What what = presence::What::kUpd;
  std::string user_agent;
};

// For `me`: a session of the user is the active one.
struct Active {
  model::SessionHandle session;
  std::string user_agent;
};

// For `me`: an auth scheme changed its tags (a new login name).
struct SwapTags {
  std::vector<std::string> former;
  std::vector<std::string> now;
};

// From another server: entries of one of its logs of this topic, in order. The peer's signatures
// have been checked, and that of an event's cause; whether the contents may stand is for the topic.
struct PeerEntries {
  std::string domain;
  LaneKind kind = LaneKind::kChain;
  std::vector<LaneItemPtr> items;
};

// The peer, the home, has taken our proposals up to `through`.
struct PeerTook {
  std::string domain;
  std::int64_t through = 0;
  std::vector<Outcome> outcomes;  // of those that were refused or changed nothing, and some others
};

// The peer refused an entry of ours.
struct PeerRefused {
  std::string domain;
  LaneKind kind = LaneKind::kChain;
  std::int64_t n = 0;
  std::string reason;
};

// Typing or a receipt of a user of another server.
struct PeerNote {
  std::string domain;
  model::UserId user;
  std::string what;
  model::SeqId seq = 0;
};

// For the `me` topic of a foreign user: what his server says of him. kOn, kOff, kUa, kUpd.
struct PeerStatus {
  presence::What what = presence::What::kOff;
  std::string user_agent;
  absl::Time card_time = absl::InfinitePast();  // when the user's card changed last
};

// A link came up or went down. To every topic in memory.
struct PeerLink {
  std::string domain;
  enum class State : std::uint8_t { kUp, kDown, kUnknown } state = State::kUp;
};

// Proposals of this topic that wait since before `oldest` are given up.
struct GiveUp {
  absl::Time oldest;
};

using Command = std::variant<Join, Depart, Publish, Query, Change, Remove, Mark, SessionGone,
                             Noticed, AskStatus, MemberNews, Active, SwapTags, PeerEntries,
                             PeerTook, PeerRefused, PeerNote, PeerStatus, PeerLink, GiveUp>;

// Who asks; null for what no user asks.
inline const Requester* RequesterOf(const Command& command) {
  return std::visit(
      [](const auto& body) -> const Requester* {
        if constexpr (requires { body.from; }) {
          return &body.from;
        } else {
          return nullptr;
        }
      },
      command);
}

// Whether `command` may bring an unloaded topic into memory; the others are dropped then.
inline bool LoadsTopic(const Command& command) {
  return std::holds_alternative<Join>(command) || std::holds_alternative<Publish>(command) ||
         std::holds_alternative<Query>(command) || std::holds_alternative<Change>(command) ||
         std::holds_alternative<Remove>(command) || std::holds_alternative<Mark>(command) ||
         std::holds_alternative<Depart>(command) || std::holds_alternative<SwapTags>(command) ||
         std::holds_alternative<PeerEntries>(command) ||
         std::holds_alternative<PeerTook>(command) || std::holds_alternative<GiveUp>(command) ||
         (std::holds_alternative<PeerStatus>(command) &&
          std::get<PeerStatus>(command).what == presence::What::kOn);
}

}  // namespace molva::topic
