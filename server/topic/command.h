// What a topic can be asked, as values that cross shards.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "model/file_id.h"
#include "model/packet.h"
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
  // Whose session it is, if that is root's who acts for `user`; else Nobody.
  model::UserId agent;
  model::AuthLevel session_level = model::AuthLevel::kNone;
  std::string user_agent;
  std::string language;  // of the session, as "en-GB"
  std::string request_id;
  std::string topic_text;      // the topic as the client wrote it: goes into replies
  bool is_background = false;  // the session is not to be seen yet
  bool as_reader = false;      // written as "chn…"
  // Files that the request refers to: what it makes keeps them.
  std::vector<model::FileId> attachments;
  absl::Time received;
  // The domain of another server that asks for its user, as a proposal. Then there is no session:
  // answers go back as the proposal's outcome.
  std::string origin;

  bool is_remote() const { return !origin.empty(); }
};

// A {meta} that answers `from`, about `topic` as he calls it.
inline model::Meta MetaFor(const Requester& from, std::string topic) {
  model::Meta meta;
  meta.id = from.request_id;
  meta.topic = std::move(topic);
  meta.ts = from.received;
  return meta;
}

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

// Who waits until a report to `sys` is in the store.
struct KeptFor {
  model::TopicName topic;
  std::uint64_t token = 0;
};

struct Publish {
  Requester from;
  model::Pub request;
  std::optional<KeptFor> kept_for = {};  // is told by Kept, whatever comes of it
};

// For a chat topic: what became of the report that it waits for.
struct Kept {
  std::uint64_t token = 0;
  bool is_stored = false;
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

// For a p2p topic: the call that message `seq` began should have been answered by now.
struct CallOverdue {
  model::SeqId seq = 0;
};

// A session that came in the background has stayed: from now on it is to be seen.
struct Foreground {
  model::SessionHandle session;
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

// For `me`, from a session that need not be attached: codes that the user answers, contacts to
// which letters shall go. Taken one after the other.
struct TakeCredentials {
  std::vector<model::Credential> credentials;
  model::AuthLevel level = model::AuthLevel::kNone;
  std::string language;
  // Called once, on the shard of `me`: OK, kInvalidResponse if one of the answers was wrong, or the
  // first thing else that went wrong, behind which nothing was taken.
  std::function<void(const absl::Status&)> answer;
};

// What is done to an account and then, step by step, to every topic of it.
enum class AccountTask : std::uint8_t { kFreeze, kThaw, kEndSoft, kEndHard };

inline bool IsEnd(AccountTask task) {
  return task == AccountTask::kEndSoft || task == AccountTask::kEndHard;
}

// For `me`: its account is suspended, restored or ended. `along` is stored with the first step.
struct ChangeAccount {
  Requester from;
  AccountTask task = AccountTask::kFreeze;
  store::Batch along;
  // If there is no session to be answered: called on the shard of `me` once the first step is in
  // the store or was refused; never if the node stops before.
  std::function<void(const absl::Status&)> answer;
};

// For `me`: goes on with a task that a former run of the node has begun.
struct ResumeAccount {
  AccountTask task = AccountTask::kFreeze;
  absl::Time begun;
};

// For a chat topic: its part of such a task. The `me` topic of `user` gets a TopicSettled.
struct AccountChanged {
  model::UserId user;
  AccountTask task = AccountTask::kFreeze;
};

// For `me`: what became of it. kLater: the topic's home has been asked, or could not be.
struct TopicSettled {
  model::TopicName topic;
  enum class Outcome : std::uint8_t { kDone, kLater } outcome = Outcome::kDone;
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

// Messages whose time is over.
struct Expire {
  std::vector<model::SeqRange> ranges;
};

// Proposals of this topic that wait since before `oldest` are given up.
struct GiveUp {
  absl::Time oldest;
};

using Command =
    std::variant<Join, Depart, Publish, Query, Change, Remove, Mark, SessionGone, Noticed,
                 AskStatus, MemberNews, Active, SwapTags, ChangeAccount, TakeCredentials,
                 ResumeAccount, AccountChanged, TopicSettled, PeerEntries, PeerTook, PeerRefused,
                 PeerNote, PeerStatus, PeerLink, GiveUp, CallOverdue, Foreground, Expire, Kept>;

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
         std::holds_alternative<ChangeAccount>(command) ||
         std::holds_alternative<TakeCredentials>(command) ||
         std::holds_alternative<ResumeAccount>(command) ||
         std::holds_alternative<AccountChanged>(command) ||
         std::holds_alternative<PeerEntries>(command) ||
         std::holds_alternative<PeerTook>(command) || std::holds_alternative<GiveUp>(command) ||
         std::holds_alternative<Expire>(command) ||
         (std::holds_alternative<PeerStatus>(command) &&
          std::get<PeerStatus>(command).what == presence::What::kOn);
}

}  // namespace molva::topic
