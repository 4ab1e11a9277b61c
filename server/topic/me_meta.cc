#include "topic/me_meta.h"

#include "base/log.h"
#include "base/status_macros.h"
#include "topic/access_rules.h"
#include "topic/attachments.h"
#include "topic/me_credentials.h"
#include "topic/me_presence.h"
#include "topic/me_tags.h"
#include "topic/meta_get.h"
#include "topic/search.h"

namespace molva::topic {
namespace {

using model::AccessMode;
using model::Fail;
using model::Fault;
using model::TopicKind;

void GetDesc(const MeState& me, const Requester& from,
             const std::optional<model::GetOptions>& options) {
  const std::optional<absl::Time> ims =
      options.has_value() ? options->if_modified_since : std::nullopt;
  model::Meta meta = MetaFor(from, "me");
  meta.desc.emplace();
  if (!ims.has_value()) meta.desc->created = me.user.created;
  meta.desc->updated = meta.desc->touched = me.user.updated;
  if (from.session_level == model::AuthLevel::kRoot) {
    meta.desc->state = StateText(me.user.state);
  }
  meta.desc->default_access = {me.user.access.auth.ToString(), me.user.access.anon.ToString()};
  meta.desc->access = AccessTextOf({model::access::kSelf, model::access::kSelf});
  if (!ims.has_value() || me.user.updated > *ims) {
    meta.desc->public_card = me.user.public_card;
    meta.desc->trusted = me.user.trusted;
    meta.desc->private_note = me.own_note;
  }
  me.Send(from, std::move(meta));
}

absl::Time LastChange(const store::Contact& contact) {
  absl::Time last = std::max(contact.subscription.updated, contact.topic.updated);
  if (contact.peer.has_value()) last = std::max(last, contact.peer->updated);
  return last;
}

std::string NameOf(const MeState& me, const store::SubscriptionRecord& own) {
  return own.is_reader ? me.env.names.TextOfChannel(own.topic)
                       : me.env.names.ClientName(own.topic, me.user_id());
}

// Whether a channel is online does not concern its readers.
bool IsOnline(const MeState& me, const store::SubscriptionRecord& own) {
  return !own.is_reader && me.board.IsOnline(own.topic);
}

// A live entry, as it is shown without `ims` or after a change.
model::MetaSub FullEntry(const MeState& me, const store::Contact& contact) {
  const store::SubscriptionRecord& own = contact.subscription;
  const Modes modes{own.want, own.given};
  const AccessMode mode = modes.effective();
  const bool is_reader = mode.Has(AccessMode::kRead);
  model::MetaSub entry;
  entry.topic = NameOf(me, own);
  entry.updated = LastChange(contact);
  entry.access = AccessTextOf(modes);
  if (mode.Has(AccessMode::kJoin)) {
    entry.touched = is_reader ? contact.topic.touched : *entry.updated;
    if (is_reader) {
      entry.seq = contact.topic.seq;
      entry.read = own.read;
      entry.recv = std::max(own.recv, own.read);
      entry.clear = std::max(own.del_id, contact.topic.del_id);
    }
  }
  entry.online = IsOnline(me, own);
  if (own.topic.kind() == TopicKind::kGroup) {
    entry.subscriber_count = contact.topic.subscriber_count;
  }
  if (contact.peer.has_value() && !entry.online && contact.peer->last_seen.has_value()) {
    entry.seen = model::LastSeen{*contact.peer->last_seen, contact.peer->user_agent};
  }
  entry.public_card = contact.topic.public_card;
  entry.trusted = contact.topic.trusted;
  entry.private_note = own.private_note;
  return entry;
}

std::optional<model::MetaSub> EntryFor(const MeState& me, const store::Contact& contact,
                                       const std::optional<absl::Time>& ims) {
  const store::SubscriptionRecord& own = contact.subscription;
  if (own.topic.kind() == TopicKind::kMe || own.topic.kind() == TopicKind::kFnd) {
    return std::nullopt;
  }
  if (own.deleted.has_value() || contact.topic.state == store::State::kDeleted) {
    if (!ims.has_value() || !own.deleted.has_value() || *own.deleted <= *ims) return std::nullopt;
    model::MetaSub gone;
    gone.topic = NameOf(me, own);
    gone.deleted = own.deleted;
    return gone;
  }
  if (ims.has_value() && std::max(LastChange(contact), contact.topic.touched) <= *ims) {
    if (!IsOnline(me, own)) return std::nullopt;
    // Unchanged but online: only that is said, so that cached rights stay.
    model::MetaSub filler;
    filler.topic = NameOf(me, own);
    filler.online = true;
    filler.omit_access = true;
    filler.updated = LastChange(contact);
    return filler;
  }
  return FullEntry(me, contact);
}

void SendContacts(const MeState& me, const Requester& from, const model::GetOptions& options,
                  std::vector<store::Contact> contacts) {
  std::sort(contacts.begin(), contacts.end(), [](const auto& a, const auto& b) {
    return std::max(LastChange(a), a.topic.touched) < std::max(LastChange(b), b.topic.touched);
  });
  const auto most = static_cast<std::size_t>(
      options.limit > 0 ? std::min(options.limit, me.env.limits.max_results)
                        : me.env.limits.max_results);
  model::Meta meta = MetaFor(from, "me");
  for (const store::Contact& contact : contacts) {
    if (meta.sub.size() >= most) break;
    if (!options.topic.empty() && NameOf(me, contact.subscription) != options.topic) continue;
    if (auto entry = EntryFor(me, contact, options.if_modified_since)) {
      meta.sub.push_back(std::move(*entry));
    }
  }
  if (meta.sub.empty()) {
    me.Reply(from, Fault::kNoContent, {{"what", model::JsonText("sub")}});
  } else {
    me.Send(from, std::move(meta));
  }
}

void GetContacts(const MePtr& me, const Requester& from, const model::GetOptions& options,
                 Sequence::Next next) {
  me->env.store.ListContacts(me->user_id(),
                             [me, from, options, next = std::move(next)](
                                 absl::StatusOr<std::vector<store::Contact>> contacts) mutable {
                               if (contacts.ok()) {
                                 SendContacts(*me, from, options, *std::move(contacts));
                               } else {
                                 me->Refuse(from, contacts.status());
                               }
                               next();
                             });
}

void RefusePart(const MePtr& me, const Requester& from, Fault fault, Sequence::Next next) {
  me->Reply(from, fault);
  next();
}

void RunPart(Part part, const MePtr& me, const Requester& from, const model::GetQuery& query,
             Sequence::Next next) {
  switch (part) {
    case Part::kSub:
      return GetContacts(me, from, query.sub.value_or(model::GetOptions{}), std::move(next));
    case Part::kDesc:
      GetDesc(*me, from, query.desc);
      break;
    case Part::kTags:
      GetMyTags(*me, from);
      break;
    case Part::kData:
    case Part::kReact:
      return RefusePart(me, from, Fault::kPermissionDenied, std::move(next));
    case Part::kSearch:
      return GetSearchOfAll(me, from, query.search.value_or(model::SearchOptions{}),
                            std::move(next));
    case Part::kDel:
      me->Reply(from, Fault::kNoContent, {{"what", model::JsonText("del")}});
      break;
    case Part::kCred:
      return GetCredentials(me, from, std::move(next));
    case Part::kAux:
      return RefusePart(me, from, Fault::kOperationNotAllowed, std::move(next));
  }
  next();
}

absl::StatusOr<AccessMode> OwnDefault(const std::string& text, AccessMode current,
                                      AccessMode most) {
  const absl::StatusOr<AccessMode> parsed = AccessMode::Parse(text);
  if (!parsed.ok() || parsed->Has(AccessMode::kOwner)) {
    return Fail(Fault::kMalformed, "not a default access");
  }
  if (!parsed->is_set()) return current;
  if (*parsed == AccessMode::None()) return *parsed;
  return (*parsed & most).With(AccessMode::kApprove);
}

struct CardPlan {
  store::UserRecord user;
  model::RawJson own_note;
  bool card_changed = false;
  bool note_changed = false;
};

absl::StatusOr<CardPlan> PlanCard(const MeState& me, const Requester& from,
                                  const model::SetDesc& desc) {
  if (!desc.trusted.empty() && from.level != model::AuthLevel::kRoot) {
    return Fail(Fault::kPermissionDenied, "trusted is for root");
  }
  CardPlan plan{me.user, me.own_note};
  if (desc.default_access.has_value()) {
    MOLVA_ASSIGN_OR_RETURN(plan.user.access.auth,
                           OwnDefault(desc.default_access->auth, me.user.access.auth,
                                      AccountDefault(me.env.limits.most_in_p2p)));
    MOLVA_ASSIGN_OR_RETURN(
        plan.user.access.anon,
        OwnDefault(desc.default_access->anon, me.user.access.anon, me.env.limits.most_in_p2p));
  }
  plan.card_changed = model::MergeJson(plan.user.public_card, desc.public_card);
  plan.card_changed |= model::MergeJson(plan.user.trusted, desc.trusted);
  plan.note_changed = model::MergeJson(plan.own_note, desc.private_note);
  if (!plan.card_changed && !plan.note_changed && plan.user.access == me.user.access) {
    return Fail(Fault::kNotModified, "nothing changed");
  }
  plan.user.updated = from.received;
  return plan;
}

// The note on `me` lives in the user's subscription to it.
store::SubscriptionRecord OwnSubscription(const MeState& me, const CardPlan& plan) {
  store::SubscriptionRecord record;
  record.topic = me.name;
  record.user = me.user_id();
  record.created = me.user.created;
  record.updated = plan.user.updated;
  record.want = record.given = model::access::kSelf;
  record.private_note = plan.own_note;
  return record;
}

void SetDesc(const MePtr& me, const Requester& from, const model::SetDesc& desc,
             Sequence::Next next) {
  absl::StatusOr<CardPlan> plan = PlanCard(*me, from, desc);
  if (!plan.ok()) {
    me->Refuse(from, plan.status());
    return next();
  }
  store::Batch batch{store::PutUser{plan->user, store::Expect::kPresent}};
  if (plan->card_changed) KeepFileOf(me->user_id(), from, batch);
  if (plan->note_changed) {
    batch.emplace_back(store::PutSubscription{OwnSubscription(*me, *plan)});
  }
  // Later changes build on this one, so memory goes first and is put back if the store refuses.
  const CardPlan before{me->user, me->own_note};
  me->user = plan->user;
  me->own_note = plan->own_note;
  me->env.store.Write(std::move(batch), [me, from, plan = *std::move(plan), before,
                                         next =
                                             std::move(next)](const absl::Status& status) mutable {
    if (!status.ok()) {
      me->user = before.user;
      me->own_note = before.own_note;
      me->Refuse(from, status);
      return next();
    }
    me->Reply(from, Fault::kOk);
    if (plan.card_changed || plan.note_changed) {
      AnnounceCard(*me, from.session, plan.card_changed ? CardChange::kShared : CardChange::kOwn);
    }
    next();
  });
}

}  // namespace

void AnswerMe(const MePtr& me, const Requester& from, const model::GetQuery& query,
              PlanOrder order) {
  const absl::StatusOr<std::vector<Part>> parts = PlanQuery(query, order);
  if (!parts.ok()) return me->Refuse(from, parts.status());
  const bool attached = me->sessions.Has(from.session);
  const SequencePtr sequence = MakeSequence();
  for (const Part part : *parts) {
    if (!attached && part != Part::kDesc) {
      me->Reply(from, Fault::kPermissionDenied);
      continue;
    }
    sequence->Add([part, me, from, query](Sequence::Next next) {
      RunPart(part, me, from, query, std::move(next));
    });
  }
  sequence->Run();
}

void ChangeMe(const MePtr& me, const Change& command) {
  using Next = Sequence::Next;
  const model::SetQuery& query = command.query;
  const Requester& from = command.from;
  const bool only_desc = !query.tags.has_value() && !query.credential.has_value() &&
                         !query.aux.has_value() && !query.sub.has_value();
  if (only_desc && !query.desc.has_value()) return me->Reply(from, Fault::kMalformed);
  if (!me->sessions.Has(from.session) && !only_desc) {
    return me->Reply(from, Fault::kPermissionDenied);
  }
  const SequencePtr sequence = MakeSequence();
  if (query.desc.has_value()) {
    sequence->Add([me, command](Next next) {
      SetDesc(me, command.from, *command.query.desc, std::move(next));
    });
  }
  if (query.sub.has_value()) {
    sequence->Add(
        [me, from](Next next) { RefusePart(me, from, Fault::kNotModified, std::move(next)); });
  }
  if (query.tags.has_value()) {
    sequence->Add([me, command](Next next) {
      SetMyTags(me, command.from, *command.query.tags, std::move(next));
    });
  }
  if (query.credential.has_value()) {
    sequence->Add([me, command](Next next) {
      SetCredential(me, command.from, *command.query.credential, std::move(next));
    });
  }
  if (query.aux.has_value()) {
    sequence->Add([me, from](Next next) {
      RefusePart(me, from, Fault::kOperationNotAllowed, std::move(next));
    });
  }
  sequence->Run();
}

}  // namespace molva::topic
