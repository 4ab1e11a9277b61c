#include "topic/invite.h"

#include "base/status_macros.h"
#include "topic/announce.h"
#include "topic/channel_members.h"
#include "topic/create.h"
#include "topic/join.h"
#include "topic/meta_get.h"
#include "topic/remote/event_rules.h"
#include "topic/remote/events.h"

namespace molva::topic {
namespace {

using model::AccessMode;
using model::Fail;
using model::Fault;
using model::TopicKind;
using model::UserId;

// What comes with new rights of a user.
struct Besides {
  std::optional<store::TopicRecord> new_owner;
  std::optional<store::SubscriptionRecord> reader;  // he has been a reader of the channel so far
};

// Puts `record` in place of the user's subscription, in the store first.
void StoreModes(const CorePtr& core, const Requester& from, store::SubscriptionRecord record,
                Besides besides, Sequence::Next next) {
  const std::optional<store::TopicRecord>& new_owner = besides.new_owner;
  record.updated = from.received;
  store::Batch batch{store::PutSubscription{record}};
  std::optional<store::SubscriptionRecord> old_owner;
  if (new_owner.has_value()) {
    if (const Subscriber* old = core->FindAny(core->record.owner)) {
      old_owner = old->record;
      old_owner->want = old_owner->want.Without(AccessMode::kOwner);
      old_owner->given = old_owner->given.Without(AccessMode::kOwner);
      batch.emplace_back(store::PutSubscription{*old_owner});
    }
    batch.emplace_back(store::PutTopic{*new_owner, store::Expect::kPresent});
  }
  if (besides.reader.has_value()) AddReadersEnd(*besides.reader, from.received, batch);
  core->Commit(std::move(batch), [core, from, record, old_owner, besides = std::move(besides),
                                  next = std::move(next)](const absl::Status& status) mutable {
    if (!status.ok()) {
      core->Refuse(from, status);
      return next();
    }
    Subscriber& subscriber = core->subscribers[record.user];
    AccessChange change{record.user, {}, {record.want, record.given}, from.user, from.session};
    if (subscriber.record.created != absl::Time() && subscriber.is_live()) {
      change.before = subscriber.modes();
    }
    core->Replace(record);
    core->Changed();
    if (besides.reader.has_value()) {
      OnReaderBecameMember(*core, *besides.reader, from.received, {});
    }
    model::JsonFields params{{"acs", AccessJsonOf(change.after)}};
    if (record.user != from.user) {
      params.emplace_back("user", model::JsonText(core->TextOf(record.user)));
    }
    core->Reply(from, Fault::kOk, std::move(params));
    // One's own rights, from outside the topic: behaviour §9.1.
    const bool is_quiet = record.user == from.user && !core->IsAttached(from);
    is_quiet ? AnnounceAccessQuietly(*core, change) : AnnounceAccess(*core, change);
    if (old_owner.has_value()) {
      Subscriber& old = core->subscribers[old_owner->user];
      const Modes before = old.modes();
      core->Replace(*old_owner);
      core->record.owner = besides.new_owner->owner;
      AnnounceAccess(*core, {old_owner->user, before, old.modes(), from.user, from.session});
    }
    if (!change.after.effective().Has(AccessMode::kJoin)) {
      Evict(*core, record.user, Unsubscribed::kNo, {});
    }
    next();
  });
}

absl::StatusOr<AccessMode> ParseMode(const std::string& text) {
  const absl::StatusOr<AccessMode> mode = AccessMode::Parse(text);
  if (!mode.ok()) return Fail(Fault::kMalformed, "not an access mode");
  return *mode;
}

struct Target {
  UserId user;
  AccessMode mode;  // unset: none was given
  // Of a channel: what he has been so far, if he is a reader.
  std::optional<store::SubscriptionRecord> reader;
};

absl::StatusOr<Target> CheckRequest(const ChatCore& core, const Requester& from,
                                    const model::SetSub& sub) {
  Target target;
  const absl::StatusOr<UserId> user = core.env.names.ParseUser(sub.user);
  if (!user.ok()) return Fail(Fault::kMalformed, "not a user id");
  target.user = *user;
  const AccessMode own = core.ModeOf(from.user);
  if (!own.is_sharer() || from.as_reader || core.is_read_only()) {
    return Fail(Fault::kPermissionDenied, "may not manage members");
  }
  MOLVA_ASSIGN_OR_RETURN(target.mode, ParseMode(sub.mode));
  if (target.mode.is_set() && !own.is_admin()) {
    return Fail(Fault::kPermissionDenied, "may not set rights");
  }
  if (target.mode.Has(AccessMode::kOwner) && !own.Has(AccessMode::kOwner)) {
    return Fail(Fault::kPermissionDenied, "only the owner gives ownership");
  }
  if (core.name.kind() == TopicKind::kP2p) {
    if (core.subscribers.find(target.user) == core.subscribers.end()) {
      return Fail(Fault::kPermissionDenied, "a topic of two takes no third");
    }
    if (target.mode.is_set()) target.mode = BoundP2p(target.mode, core.env.limits.most_in_p2p);
  }
  return target;
}

void ChangeMember(const CorePtr& core, const Requester& from, const Target& target,
                  const Subscriber& member, Sequence::Next next) {
  if (!target.mode.is_set() || target.mode == member.record.given) {
    core->Reply(from, Fault::kNotModified);
    return next();
  }
  if (target.user == core->record.owner &&
      !target.mode.Has(AccessMode::kOwner | AccessMode::kJoin)) {
    core->Reply(from, Fault::kPermissionDenied);
    return next();
  }
  store::SubscriptionRecord record = member.record;
  record.given = target.mode;
  StoreModes(core, from, std::move(record), {}, std::move(next));
}

absl::StatusOr<store::SubscriptionRecord> Invitation(ChatCore& core, const Requester& from,
                                                     const Target& target,
                                                     const store::UserRecord& user) {
  if (user.state == store::State::kSuspended) {
    return Fail(Fault::kPermissionDenied, "the user is suspended");
  }
  store::SubscriptionRecord record;
  const Subscriber* former = core.FindAny(target.user);
  if (former != nullptr) record = former->record;
  if (former != nullptr && core.name.kind() == TopicKind::kP2p) {
    MOLVA_RETURN_IF_ERROR(CheckAskAgain(core, *former, from.received));
  }
  const AccessMode fallback = DefaultFor(core.name.kind(), core.record.access,
                                         model::AuthLevel::kAuth, core.env.limits.most_in_p2p);
  record.given = target.mode.is_set() ? target.mode : fallback.With(AccessMode::kJoin);
  if (former == nullptr) record.want = user.access.auth & record.given;
  if (!record.want.Has(AccessMode::kJoin)) {
    return Fail(Fault::kPermissionDenied, "the user does not want invitations");
  }
  // He accepts by wanting more.
  if (core.env.names.IsForeign(target.user)) record.want = RequestMode(core.name.kind());
  record.topic = core.name;
  record.user = target.user;
  record.created = from.received;
  record.deleted.reset();
  record.recv = record.read = 0;
  record.del_id = 0;
  return record;
}

void InviteUser(const CorePtr& core, const Requester& from, const Target& target,
                const absl::StatusOr<store::UserRecord>& user, Sequence::Next next) {
  absl::StatusOr<store::SubscriptionRecord> record =
      user.ok() ? Invitation(*core, from, target, *user) : user.status();
  if (record.ok()) {
    StoreModes(core, from, *std::move(record), {std::nullopt, target.reader}, std::move(next));
  } else {
    core->Refuse(from, record.status());
    next();
  }
  core->Release();
}

void InviteLocal(const CorePtr& core, const Requester& from, const Target& target,
                 Sequence::Next next) {
  core->env.store.FindUser(
      target.user, [core, from, target, next = std::move(next)](
                       absl::StatusOr<std::optional<store::UserRecord>> found) mutable {
        absl::StatusOr<store::UserRecord> user = Fail(Fault::kUserNotFound, "no such user");
        if (!found.ok()) {
          user = found.status();
        } else if (found->has_value()) {
          user = **std::move(found);
        }
        InviteUser(core, from, target, user, std::move(next));
      });
}

void InviteForeign(const CorePtr& core, const Requester& from, const Target& target,
                   Sequence::Next next) {
  EnsureChain(core, [core, from, target,
                     next = std::move(next)](const absl::Status& status) mutable {
    if (!status.ok()) return InviteUser(core, from, target, status, std::move(next));
    core->env.peers.LookUp(target.user, [core, from, target, next = std::move(next)](
                                            const absl::StatusOr<store::UserRecord>& user) mutable {
      InviteUser(core, from, target, user, std::move(next));
    });
  });
}

void Invite(const CorePtr& core, const Requester& from, const Target& target, Sequence::Next next) {
  if (core->CountLive() >= core->env.limits.max_subscribers) {
    core->Reply(from, Fault::kPolicyViolation);
    return next();
  }
  core->Hold();
  const auto invite = core->env.names.IsForeign(target.user) ? InviteForeign : InviteLocal;
  invite(core, from, target, std::move(next));
}

// An invitation to a channel, or what is done to a reader of it.
void InviteToChannel(const CorePtr& core, const Requester& from, Target target,
                     Sequence::Next next) {
  if (core->env.names.IsForeign(target.user)) {
    core->Reply(from, Fault::kForeignChannel);
    return next();
  }
  core->Hold();
  core->env.store.FindSubscription(
      core->name, target.user, true,
      [core, from, target = std::move(target), next = std::move(next)](
          absl::StatusOr<std::optional<store::SubscriptionRecord>> found) mutable {
        if (!found.ok()) {
          core->Refuse(from, found.status());
          next();
          return core->Release();
        }
        if (found->has_value() && !(*found)->deleted.has_value()) target.reader = **found;
        const std::optional<AccessMode> given =
            target.reader.has_value() ? ReadersNewGiven(*target.reader, target.mode) : std::nullopt;
        if (given.has_value()) {
          SetReadersGiven(core, from, *target.reader, *given, std::move(next));
        } else {
          Invite(core, from, target, std::move(next));
        }
        core->Release();
      });
}

}  // namespace

void SetOwnSub(const CorePtr& core, const Requester& from, const model::SetSub& sub,
               Sequence::Next next) {
  const auto refuse = [&](const absl::Status& status) {
    core->Refuse(from, status);
    next();
  };
  const Subscriber* self = core->FindLive(from.user);
  if (self == nullptr) return refuse(Fail(Fault::kNotFound, "not subscribed"));
  const absl::StatusOr<AccessMode> requested = ParseMode(sub.mode);
  if (!requested.ok()) return refuse(requested.status());
  if (!requested->is_set()) return refuse(Fail(Fault::kNotModified, "no mode"));
  const auto change =
      ChangeOwnWant(core->name.kind(), self->modes(), *requested, core->env.limits.most_in_p2p);
  if (!change.ok()) return refuse(change.status());
  if (change->modes == self->modes()) return refuse(Fail(Fault::kNotModified, "same mode"));
  store::SubscriptionRecord record = self->record;
  record.want = change->modes.want;
  record.given = change->modes.given;
  Besides besides;
  if (change->takes_ownership) {
    besides.new_owner = core->record;
    besides.new_owner->owner = from.user;
  }
  StoreModes(core, from, std::move(record), std::move(besides), std::move(next));
}

void SetOthersSub(const CorePtr& core, const Requester& from, const model::SetSub& sub,
                  Sequence::Next next) {
  absl::StatusOr<Target> target = CheckRequest(*core, from, sub);
  if (!target.ok()) {
    core->Refuse(from, target.status());
    return next();
  }
  if (const Subscriber* member = core->FindLive(target->user)) {
    ChangeMember(core, from, *target, *member, std::move(next));
  } else if (core->record.is_channel) {
    InviteToChannel(core, from, *std::move(target), std::move(next));
  } else {
    Invite(core, from, *target, std::move(next));
  }
}

}  // namespace molva::topic
