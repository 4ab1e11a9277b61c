#include "topic/create.h"

#include "base/status_macros.h"
#include "topic/alias.h"
#include "topic/announce.h"
#include "topic/attachments.h"
#include "topic/join.h"
#include "topic/remote/event_rules.h"
#include "topic/tags.h"

namespace molva::topic {
namespace {

using model::AccessMode;
using model::Fail;
using model::Fault;
using model::TopicKind;
using model::UserId;

const model::SetDesc* DescOf(const Join& command) {
  const auto& set = command.request.set;
  return set.has_value() && set->desc.has_value() ? &*set->desc : nullptr;
}

model::RawJson WithoutClearMark(const model::RawJson& json) {
  model::RawJson value;
  model::MergeJson(value, json);
  return value;
}

// O is nobody's default, and what cannot be read grants nothing.
AccessMode GroupDefault(const std::string& text, AccessMode fallback) {
  if (text.empty()) return fallback;
  const absl::StatusOr<AccessMode> mode = AccessMode::Parse(text);
  return mode.ok() ? mode->Without(AccessMode::kOwner) : AccessMode::None();
}

store::SubscriptionRecord NewSubscription(const ChatCore& core, UserId user, absl::Time now,
                                          Modes modes) {
  store::SubscriptionRecord record;
  record.topic = core.name;
  record.user = user;
  record.created = record.updated = now;
  record.want = modes.want;
  record.given = modes.given;
  return record;
}

absl::StatusOr<store::TopicRecord> NewOwnedTopic(const ChatCore& core, const Join& command) {
  const bool is_group = core.name.kind() == TopicKind::kGroup;
  store::TopicRecord topic;
  topic.name = core.name;
  topic.created = topic.updated = topic.touched = command.from.received;
  topic.owner = command.from.user;
  topic.is_channel = command.create == Join::Create::kChannel;
  if (is_group) {
    topic.access.auth =
        topic.is_channel ? model::access::kChannelDefault : model::access::kGroupDefault;
  }
  if (const model::SetDesc* desc = DescOf(command); desc != nullptr && is_group) {
    if (!desc->trusted.empty() && command.from.level != model::AuthLevel::kRoot) {
      return Fail(Fault::kPermissionDenied, "trusted is for root");
    }
    topic.public_card = WithoutClearMark(desc->public_card);
    topic.trusted = WithoutClearMark(desc->trusted);
    if (desc->default_access.has_value()) {
      topic.access.auth = GroupDefault(desc->default_access->auth, topic.access.auth);
      topic.access.anon = GroupDefault(desc->default_access->anon, topic.access.anon);
    }
  }
  if (command.request.set.has_value() && command.request.set->tags.has_value()) {
    topic.tags = NormaliseTags(*command.request.set->tags, core.env.limits);
    if (HasReservedTag(topic.tags, core.env.reserved_tag_namespaces)) {
      return Fail(Fault::kPermissionDenied, "a reserved tag");
    }
  }
  return topic;
}

absl::StatusOr<Modes> OwnersModes(const ChatCore& core, const Join& command) {
  if (core.name.kind() == TopicKind::kSlf) {
    return Modes{model::access::kSlf, model::access::kFull};
  }
  const absl::StatusOr<AccessMode> requested = RequestedMode(command.request);
  if (!requested.ok()) return requested.status();
  // The creator cannot lock himself out: J and O are kept whatever he asks for.
  const AccessMode want = requested->is_set()
                              ? requested->With(AccessMode::kJoin | AccessMode::kOwner)
                              : model::access::kFull;
  return Modes{want, model::access::kFull};
}

void StoreOwned(const CorePtr& core, const Join& command, const store::TopicRecord& topic,
                const store::SubscriptionRecord& owner, store::Batch batch) {
  core->Commit(std::move(batch), [core, command, topic, owner](const absl::Status& status) {
    if (!status.ok()) return RefuseJoin(*core, command, status);
    core->exists = true;
    core->record = topic;
    core->subscribers[owner.user].record = owner;
    core->Changed();
    FinishJoin(core, command, {.before = {}, .is_created = true});
  });
}

void CreateOwned(const CorePtr& core, const Join& command) {
  absl::StatusOr<store::TopicRecord> topic = NewOwnedTopic(*core, command);
  if (!topic.ok()) return RefuseJoin(*core, command, topic.status());
  const absl::StatusOr<Modes> modes = OwnersModes(*core, command);
  if (!modes.ok()) return RefuseJoin(*core, command, modes.status());
  store::SubscriptionRecord owner =
      NewSubscription(*core, command.from.user, command.from.received, *modes);
  if (const model::SetDesc* desc = DescOf(command)) {
    owner.private_note = WithoutClearMark(desc->private_note);
  }
  store::Batch batch{store::PutTopic{*topic, store::Expect::kAbsent},
                     store::PutSubscription{owner}};
  if (core->name.kind() == TopicKind::kGroup) KeepFileOf(core->name, command.from, batch);
  core->Hold();  // until the alias has been looked up
  CheckAlias(core->env.store, topic->tags, {},
             [core, command, topic = *topic, owner,
              batch = std::move(batch)](const absl::Status& status) mutable {
               if (status.ok()) {
                 StoreOwned(core, command, topic, owner, std::move(batch));
               } else {
                 RefuseJoin(*core, command, status);
               }
               core->Release();
             });
}

// The two subscriptions of a first contact, or the one that is missing.
struct Pair {
  store::SubscriptionRecord asker;
  store::SubscriptionRecord peer;
};

AccessMode AskersGift(const Join& command, const store::UserRecord& asker, AccessMode most_in_p2p) {
  AccessMode gift = asker.access.auth;
  const model::SetDesc* desc = DescOf(command);
  if (desc != nullptr && desc->default_access.has_value()) {
    const absl::StatusOr<AccessMode> asked = AccessMode::Parse(desc->default_access->auth);
    if (asked.ok() && asked->is_set()) gift = *asked;
  }
  return gift == AccessMode::None() ? gift : BoundP2p(gift, most_in_p2p);
}

// Whether the first contact of these two is a request: nothing passes until it is accepted.
// Source: docs/federation.md §5.
bool IsRequest(const ChatCore& core, UserId one) {
  return core.env.limits.requests == Limits::Requests::kAll || core.env.names.IsForeign(one) ||
         core.env.names.IsForeign(core.name.PeerOf(one));
}

// Turns the pair into a request. Errors: kPermissionDenied if the last one was declined just now.
absl::Status MakeRequest(ChatCore& core, absl::Time now, Pair& pair) {
  const AccessMode request = RequestMode(TopicKind::kP2p);
  const Subscriber* former = core.FindAny(pair.peer.user);
  if (former != nullptr && former->is_live()) return absl::OkStatus();
  if (former != nullptr) MOLVA_RETURN_IF_ERROR(CheckAskAgain(core, *former, now));
  pair.peer.want = pair.peer.want & request;
  pair.asker.given = pair.asker.given & request;
  return absl::OkStatus();
}

absl::StatusOr<Pair> MakePair(ChatCore& core, const Join& command, const store::UserRecord& asker,
                              const store::UserRecord& peer) {
  MOLVA_ASSIGN_OR_RETURN(const AccessMode requested, RequestedMode(command.request));
  const absl::Time now = command.from.received;
  const AccessMode most = core.env.limits.most_in_p2p;
  const AccessMode granted = DefaultFor(TopicKind::kP2p, peer.access, command.from.level, most);
  const AccessMode gift = AskersGift(command, asker, most);
  Pair pair;
  pair.asker = NewSubscription(
      core, asker.id, now,
      {requested.is_set() ? BoundP2p(requested, most).With(AccessMode::kJoin) : gift, granted});
  pair.peer = NewSubscription(core, peer.id, now, {granted, gift});
  if (const model::SetDesc* desc = DescOf(command)) {
    pair.asker.private_note = WithoutClearMark(desc->private_note);
  }
  // Who was here before keeps what the other side gave: a ban outlives leaving and coming back.
  for (store::SubscriptionRecord* record : {&pair.asker, &pair.peer}) {
    const Subscriber* former = core.FindAny(record->user);
    if (former == nullptr) continue;
    if (former->is_live()) {
      *record = former->record;
    } else {
      record->given = former->record.given;
      if (record == &pair.peer) record->private_note = former->record.private_note;
    }
  }
  if (IsRequest(core, asker.id)) MOLVA_RETURN_IF_ERROR(MakeRequest(core, now, pair));
  return pair;
}

void AnnounceFirstContact(const CorePtr& core, const Join& command, const Pair& pair,
                          bool peer_is_new) {
  if (!peer_is_new) return;
  AnnounceAccess(*core, {pair.peer.user,
                         {},
                         {pair.peer.want, pair.peer.given},
                         command.from.user,
                         command.from.session});
}

void StorePair(const CorePtr& core, const Join& command, const Pair& pair) {
  const bool asker_is_new = core->FindLive(pair.asker.user) == nullptr;
  const bool peer_is_new = core->FindLive(pair.peer.user) == nullptr;
  store::TopicRecord topic = core->record;
  store::Batch batch;
  if (!core->exists) {
    topic.name = core->name;
    topic.created = topic.updated = topic.touched = command.from.received;
    batch.emplace_back(store::PutTopic{topic, store::Expect::kAbsent});
  }
  batch.emplace_back(store::PutSubscription{pair.asker});
  batch.emplace_back(store::PutSubscription{pair.peer});
  core->Commit(std::move(batch), [=](const absl::Status& status) {
    if (!status.ok()) return RefuseJoin(*core, command, status);
    const bool created = !core->exists;
    core->exists = true;
    core->record = topic;
    Arrival arrival{.before = {}, .is_created = created};
    if (!asker_is_new) arrival.before = {pair.asker.want, pair.asker.given};
    core->subscribers[pair.asker.user].record = pair.asker;
    core->subscribers[pair.peer.user].record = pair.peer;
    core->Changed();
    AnnounceFirstContact(core, command, pair, peer_is_new);
    if (!pair.asker.given.Has(AccessMode::kJoin)) {
      return RefuseJoin(*core, command, Fail(Fault::kPermissionDenied, "the peer refuses contact"));
    }
    FinishJoin(core, command, arrival);
  });
}

using FoundUser = absl::StatusOr<std::optional<store::UserRecord>>;

// The account behind `found`, or why there is none.
absl::StatusOr<store::UserRecord> LivingUser(const FoundUser& found) {
  if (!found.ok()) return found.status();
  if (!found->has_value()) return Fail(Fault::kUserNotFound, "no such user");
  return **found;
}

void CreateWith(const CorePtr& core, const Join& command,
                const absl::StatusOr<store::UserRecord>& peer) {
  if (!peer.ok()) {
    RefuseJoin(*core, command, peer.status());
    return core->Release();
  }
  core->env.store.FindUser(
      command.from.user, [core, command, peer = *peer](const FoundUser& found_asker) {
        absl::StatusOr<store::UserRecord> asker = LivingUser(found_asker);
        absl::StatusOr<Pair> pair =
            asker.ok() ? MakePair(*core, command, *asker, peer) : asker.status();
        if (pair.ok()) {
          StorePair(core, command, *pair);
        } else {
          RefuseJoin(*core, command, pair.status());
        }
        core->Release();
      });
}

void CreateP2p(const CorePtr& core, const Join& command) {
  core->Hold();
  const UserId peer_id = core->name.PeerOf(command.from.user);
  core->env.store.FindUser(peer_id, [core, command, peer_id](const FoundUser& found_peer) {
    const bool is_unknown = found_peer.ok() && !found_peer->has_value();
    if (!is_unknown || !core->env.names.IsForeign(peer_id)) {
      return CreateWith(core, command, LivingUser(found_peer));
    }
    core->env.peers.LookUp(peer_id, [core, command](absl::StatusOr<store::UserRecord> peer) {
      CreateWith(core, command, std::move(peer));
    });
  });
}

}  // namespace

absl::Status CheckAskAgain(const ChatCore& core, const Subscriber& former, absl::Time now) {
  if (IsRequest(core, former.record.user) &&
      now < *former.record.deleted + core.env.limits.ask_again_after) {
    return Fail(Fault::kPolicyViolation, "asks again too soon");
  }
  return absl::OkStatus();
}

bool LacksPeer(ChatCore& core) {
  if (core.name.kind() != TopicKind::kP2p) return false;
  return core.CountLive() < 2;
}

void CreateAndJoin(const CorePtr& core, const Join& command) {
  if (core->name.kind() == TopicKind::kP2p) {
    CreateP2p(core, command);
  } else if (core->name.kind() == TopicKind::kSlf || command.create != Join::Create::kNo) {
    CreateOwned(core, command);
  } else {
    RefuseJoin(*core, command, Fail(Fault::kTopicNotFound, "no such topic"));
  }
}

}  // namespace molva::topic
