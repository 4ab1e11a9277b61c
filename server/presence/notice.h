// What topics tell the `me` topics of users: presence, news and status questions.
#pragma once

#include <absl/container/flat_hash_set.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "model/packet.h"
#include "model/session_handle.h"
#include "model/topic_name.h"
#include "model/user_id.h"

namespace molva::presence {

enum class What : std::uint8_t {
  kOn,
  kOff,
  kUa,
  kUpd,
  kTags,
  kAcs,
  kGone,
  kMsg,
  kRead,
  kRecv,
  kDel,
  kAskStatus,  // internal "?unkn": tell me whether you are online
  kAddOnly,    // internal "?none": only carries a contact command
  kInfo,       // a note (typing, receipts) for sessions that are only on `me`
};

// The word on the wire; empty for the internal ones and kInfo.
std::string_view WordOf(What what);

// What a status notice does to the receiver's contact entry besides.
// Source: docs/protocol presence §4 (+en, +dis, +rem).
enum class ContactCommand : std::uint8_t { kNothing, kEnable, kDisable, kRemove };

// Sessions of any shard, to look up.
using SessionSet = absl::flat_hash_set<model::SessionHandle>;

// One event for one or many `me` topics. Immutable once sent.
struct Notice {
  What what = What::kUpd;
  ContactCommand command = ContactCommand::kNothing;
  bool wants_reply = false;  // an `on` that asks the receiver to answer with its own

  // Where it happened: a topic, or, when `from_user` is set, that user as a p2p contact of the
  // receiver (or the receiver himself).
  model::TopicName topic;
  model::UserId from_user;

  std::string user_agent;
  model::SeqId seq = 0;
  std::int32_t clear = 0;
  model::UserId actor;
  model::UserId target;
  model::AccessText access_delta;
  std::string note;        // kInfo: "kp", "read" …
  std::string event;       // of a call
  model::RawJson payload;  // of a call, or the note itself
  // `topic` is a channel that the receiver reads: he knows it as "chn…", and whether it is online
  // does not concern him.
  bool to_reader = false;

  model::SessionHandle skip_session;
  bool skip_attached = false;  // sessions attached to `topic` have seen it there
  // With skip_attached: sessions known to be attached, so that a `me` with no others need not ask
  // each. Null: none is known. Shared by all notices of a topic until somebody comes or goes.
  std::shared_ptr<const SessionSet> seen_by;
};

using NoticePtr = std::shared_ptr<const Notice>;

}  // namespace molva::presence
