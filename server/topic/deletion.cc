#include "topic/deletion.h"

#include "topic/age_limit.h"
#include "topic/announce.h"
#include "topic/call_desk.h"
#include "topic/channel.h"
#include "topic/leave.h"
#include "topic/retention.h"

namespace molva::topic {
namespace {

using model::AccessMode;
using model::Fail;
using model::Fault;
using model::SeqRange;
using model::TopicKind;
using model::UserId;
using presence::Notice;

// The ranges of a request, cut to what exists.
absl::StatusOr<std::vector<SeqRange>> ReadRanges(const ChatCore& core, const model::Del& request) {
  const model::SeqId last = core.record.seq;
  std::vector<SeqRange> ranges;
  for (SeqRange range : request.ranges) {
    if (range.low <= 0 || range.low > last || range.hi < 0 ||
        (range.hi != 0 && range.hi < range.low)) {
      return Fail(Fault::kMalformed, "a range outside of the messages");
    }
    if (range.hi > last + 1) range.hi = last + 1;
    if (range.hi == range.low) range.hi = 0;
    ranges.push_back(range);
  }
  if (ranges.empty()) return Fail(Fault::kMalformed, "no message is named");
  ranges = model::NormaliseRanges(std::move(ranges));
  if (ranges.size() > 1 && model::CountRanges(ranges) > core.env.limits.max_deleted_per_request) {
    return Fail(Fault::kMalformed, "too many messages at once");
  }
  return ranges;
}

// `user`: from whom the messages are hidden; nobody: deleted for everybody.
void CommitDeletion(const CorePtr& core, const Requester& from, UserId user,
                    std::vector<SeqRange> ranges) {
  store::DeletionRecord deletion;
  deletion.topic = core->name;
  deletion.user = user;
  deletion.del_id = NextDeletionId(*core);
  deletion.ranges = std::move(ranges);
  core->Commit({store::PutDeletion{deletion}}, [core, from, deletion](const absl::Status& status) {
    if (!status.ok()) return core->Refuse(from, status);
    if (deletion.user.is_nobody()) {
      core->record.del_id = deletion.del_id;
    } else if (Subscriber* self = core->FindLive(from.user)) {
      self->record.del_id = deletion.del_id;
    }
    core->Reply(from, Fault::kOk, {{"del", model::JsonNumber(deletion.del_id)}});
    TellDeleted(*core, from, deletion);
  });
}

void DeleteMessages(const CorePtr& core, const Remove& command) {
  const Requester& from = command.from;
  const AccessMode mode = core->ModeOf(from.user);
  const bool for_all = command.request.hard && MayDeleteForAll(*core, from.user);
  // What somebody hides for himself is his own server's to know, so another one asks for no more
  // than it thinks allowed: the two are not set alike.
  if (from.is_remote() && !for_all) return core->Reply(from, Fault::kPermissionDenied);
  if (!mode.HasAny(AccessMode::kDelete | AccessMode::kRead)) {
    return core->Reply(from, Fault::kPermissionDenied);
  }
  absl::StatusOr<std::vector<SeqRange>> ranges = ReadRanges(*core, command.request);
  if (!ranges.ok()) return core->Refuse(from, ranges.status());
  // Hard without the right to it silently becomes soft.
  if (!for_all) {
    return CommitDeletion(core, from, from.user, *std::move(ranges));
  }
  CutToAge(core, *std::move(ranges), [core, from](absl::StatusOr<std::vector<SeqRange>> young) {
    if (!young.ok()) return core->Refuse(from, young.status());
    CommitDeletion(core, from, UserId::Nobody(), *std::move(young));
  });
}

absl::StatusOr<UserId> MemberToEject(ChatCore& core, const Remove& command) {
  const absl::StatusOr<UserId> user = core.env.names.ParseUser(command.request.user);
  if (!core.ModeOf(command.from.user).is_admin() || core.name.kind() == TopicKind::kP2p ||
      !user.ok() || *user == command.from.user) {
    return Fail(Fault::kPermissionDenied, "may not eject this user");
  }
  const Subscriber* member = core.FindLive(*user);
  if (member == nullptr) return Fail(Fault::kNoAction, "not a member");
  if (*user == core.record.owner || !member->record.want.Has(AccessMode::kJoin)) {
    return Fail(Fault::kPermissionDenied, "owners and the self-banned stay");
  }
  return *user;
}

void EjectMember(const CorePtr& core, const Remove& command) {
  const absl::StatusOr<UserId> user = MemberToEject(*core, command);
  if (!user.ok()) return core->Refuse(command.from, user.status());
  Unsubscribe(core, *user, command.from, [core, from = command.from](const absl::Status& status) {
    if (status.ok()) {
      core->Reply(from, Fault::kOk);
    } else {
      core->Refuse(from, status);
    }
  });
}

// All sessions are detached without a word: `gone` on me tells them.
void DetachAll(ChatCore& core) {
  for (const SessionListPtr& list : core.sessions.Select([](UserId) { return true; })) {
    if (list == nullptr) continue;
    for (const model::SessionHandle session : *list) {
      core.sessions.Remove(session);
      core.env.outbound.Detached(session, core.name);
    }
  }
}

void EraseWholeTopic(const CorePtr& core, const Remove& command) {
  const bool hard = command.request.hard || core->name.kind() == TopicKind::kP2p;
  core->Commit({store::EraseTopic{core->name, hard}, store::EraseValue{RetentionKey(core->name)}},
               [core, from = command.from](const absl::Status& status) {
                 if (!status.ok()) return core->Refuse(from, status);
                 core->Reply(from, Fault::kOk);
                 ForgetTopic(*core, from.session);
               });
}

void DeleteTopic(const CorePtr& core, const Remove& command) {
  const Subscriber* self = core->FindLive(command.from.user);
  if (self == nullptr) return core->Reply(command.from, Fault::kNoAction);
  const bool last_party = core->name.kind() == TopicKind::kP2p && core->CountLive() < 2;
  if (core->record.owner == command.from.user || last_party) {
    return EraseWholeTopic(core, command);
  }
  Unsubscribe(core, command.from.user, command.from,
              [core, from = command.from](const absl::Status& status) {
                if (status.ok()) {
                  core->Reply(from, Fault::kOk);
                } else {
                  core->Refuse(from, status);
                }
              });
}

}  // namespace

bool MayDeleteForAll(const ChatCore& core, model::UserId user) {
  // Rights outlive a change of the setting.
  const bool is_open =
      core.name.kind() != TopicKind::kP2p || core.env.limits.most_in_p2p.Has(AccessMode::kDelete);
  return is_open && core.ModeOf(user).Has(AccessMode::kDelete);
}

std::int32_t NextDeletionId(const ChatCore& core) {
  std::int32_t last = core.record.del_id;
  for (const auto& [user, subscriber] : core.subscribers) {
    last = std::max(last, subscriber.record.del_id);
  }
  return last + 1;
}

void TellDeleted(ChatCore& core, const Requester& by, const store::DeletionRecord& deletion) {
  const bool for_all = deletion.user.is_nobody();
  const AccessMode needed(AccessMode::kPresence | AccessMode::kRead);
  core.Broadcast(
      [&](UserId u) { return (for_all || u == by.user) && core.ModeOf(u).Has(needed.bits()); },
      [&](UserId viewer) {
        model::Pres pres;
        pres.topic = core.ClientName(viewer);
        if (!by.user.is_nobody()) pres.src = core.TextOf(by.user);
        pres.what = "del";
        pres.clear = deletion.del_id;
        pres.ranges = deletion.ranges;
        return model::Packet(std::move(pres));
      },
      Except{.session = by.session});
  if (for_all) TellReadersDeleted(core, deletion);
  Notice notice;
  notice.what = presence::What::kDel;
  notice.clear = deletion.del_id;
  notice.actor = by.user;
  notice.skip_session = by.session;
  notice.skip_attached = true;
  core.NotifyUsers(
      [&](const Subscriber& s) {
        return (for_all || s.record.user == by.user) && s.mode().Has(needed.bits());
      },
      notice);
}

void ForgetTopic(ChatCore& core, model::SessionHandle actor_session) {
  AnnounceDeleted(core, actor_session);
  ForgetCall(core);
  DetachAll(core);
  ForgetReaders(core);
  core.exists = false;
  core.is_online = false;
  core.subscribers.clear();
  core.record = {};
  core.reserved_seq = 0;
  core.uids = {};
  core.once.reset();
  core.Changed();
}

void HandleRemove(const CorePtr& core, const Remove& command) {
  const std::string& what = command.request.what;
  if (what == "topic") return DeleteTopic(core, command);
  const bool attached = core->IsAttached(command.from);
  if (what.empty() || what == "msg" || what == "sub") {
    if (!attached) return core->Reply(command.from, Fault::kMustAttachFirst);
    if (command.from.as_reader) {
      return core->Reply(command.from,
                         what == "sub" ? Fault::kPermissionDenied : Fault::kOperationNotAllowed);
    }
    return what == "sub" ? EjectMember(core, command) : DeleteMessages(core, command);
  }
  // Credentials belong to `me`; other words are unknown.
  core->Reply(command.from, what == "cred" ? Fault::kPermissionDenied : Fault::kMalformed);
}

}  // namespace molva::topic
