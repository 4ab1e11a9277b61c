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

using Command = std::variant<Join, Depart, Publish, Query, Change, Remove, Mark, SessionGone,
                             Noticed, AskStatus, MemberNews, Active, SwapTags>;

// Whether `command` may bring an unloaded topic into memory; the others are dropped then.
inline bool LoadsTopic(const Command& command) {
  return std::holds_alternative<Join>(command) || std::holds_alternative<Publish>(command) ||
         std::holds_alternative<Query>(command) || std::holds_alternative<Change>(command) ||
         std::holds_alternative<Remove>(command) || std::holds_alternative<Mark>(command) ||
         std::holds_alternative<Depart>(command) || std::holds_alternative<SwapTags>(command);
}

}  // namespace molva::topic
