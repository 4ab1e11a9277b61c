#include "topic/meta_set.h"

#include "base/status_macros.h"
#include "topic/alias.h"
#include "topic/announce.h"
#include "topic/attachments.h"
#include "topic/invite.h"
#include "topic/meta_get.h"
#include "topic/own_heads.h"
#include "topic/retention.h"
#include "topic/sequence.h"
#include "topic/tags.h"

namespace molva::topic {
namespace {

using model::AccessMode;
using model::Fail;
using model::Fault;
using model::TopicKind;

bool TouchesShared(const model::SetDesc& desc) {
  return !desc.public_card.empty() || !desc.trusted.empty() || desc.default_access.has_value();
}

absl::Status MayChangeDesc(const ChatCore& core, const Requester& from,
                           const model::SetDesc& desc) {
  if (!desc.trusted.empty() && from.level != model::AuthLevel::kRoot) {
    return Fail(Fault::kPermissionDenied, "trusted is for root");
  }
  if (!TouchesShared(desc)) return absl::OkStatus();
  if (core.name.kind() != TopicKind::kGroup || core.record.owner != from.user) {
    return Fail(Fault::kPermissionDenied, "the shared description is the owner's");
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> ApplyDefaultAccess(const model::SetDesc& desc, store::TopicRecord& topic) {
  if (!desc.default_access.has_value()) return false;
  const model::DefaultAccess before = topic.access;
  for (const auto& [text, mode] : {std::pair{&desc.default_access->auth, &topic.access.auth},
                                   std::pair{&desc.default_access->anon, &topic.access.anon}}) {
    const absl::StatusOr<AccessMode> parsed = AccessMode::Parse(*text);
    if (!parsed.ok() || parsed->Has(AccessMode::kOwner)) {
      return Fail(Fault::kMalformed, "not a default access");
    }
    if (parsed->is_set()) *mode = *parsed;
  }
  return before != topic.access;
}

struct DescPlan {
  store::TopicRecord topic;
  store::SubscriptionRecord own;
  bool access_changed = false;
  bool shared_changed = false;
  bool private_changed = false;
};

absl::StatusOr<DescPlan> PlanDesc(ChatCore& core, const Requester& from,
                                  const model::SetDesc& desc) {
  MOLVA_RETURN_IF_ERROR(MayChangeDesc(core, from, desc));
  const Subscriber* self = core.FindLive(from.user);
  if (self == nullptr) return Fail(Fault::kNotFound, "not subscribed");
  DescPlan plan{core.record, self->record};
  MOLVA_ASSIGN_OR_RETURN(plan.access_changed, ApplyDefaultAccess(desc, plan.topic));
  plan.shared_changed = model::MergeJson(plan.topic.public_card, desc.public_card);
  plan.shared_changed |= model::MergeJson(plan.topic.trusted, desc.trusted);
  plan.private_changed = model::MergeJson(plan.own.private_note, desc.private_note);
  if (!plan.access_changed && !plan.shared_changed && !plan.private_changed) {
    return Fail(Fault::kNotModified, "nothing changed");
  }
  return plan;
}

enum class Tell : bool { kNobody, kOthers };

void SetDescPart(const CorePtr& core, const Requester& from, const model::SetDesc& desc, Tell tell,
                 Sequence::Next next) {
  absl::StatusOr<DescPlan> plan = PlanDesc(*core, from, desc);
  if (!plan.ok()) {
    core->Refuse(from, plan.status());
    return next();
  }
  store::Batch batch;
  if (plan->access_changed || plan->shared_changed) {
    plan->topic.updated = from.received;
    batch.emplace_back(store::PutTopic{plan->topic, store::Expect::kPresent});
    if (plan->shared_changed) KeepFileOf(core->name, from, batch);
  }
  if (plan->private_changed) {
    plan->own.updated = from.received;
    batch.emplace_back(store::PutSubscription{plan->own});
  }
  core->Commit(std::move(batch), [core, from, tell, plan = *std::move(plan),
                                  next = std::move(next)](const absl::Status& status) mutable {
    if (!status.ok()) {
      core->Refuse(from, status);
      return next();
    }
    // Messages may have come meanwhile: take over only what this change is about.
    core->record.access = plan.topic.access;
    core->record.public_card = plan.topic.public_card;
    core->record.trusted = plan.topic.trusted;
    core->record.updated = plan.topic.updated;
    if (Subscriber* self = core->FindLive(from.user)) {
      self->record.private_note = plan.own.private_note;
      self->record.updated = plan.own.updated;
    }
    core->Reply(from, Fault::kOk);
    if (tell == Tell::kOthers && (plan.shared_changed || plan.private_changed)) {
      AnnounceDesc(*core, from,
                   plan.shared_changed ? DescChange::kShared : DescChange::kPrivateOnly);
    }
    next();
  });
}

absl::StatusOr<std::vector<std::string>> PlanTags(const ChatCore& core, const Requester& from,
                                                  const std::vector<std::string>& wanted) {
  if (core.name.kind() != TopicKind::kGroup) {
    return Fail(Fault::kOperationNotAllowed, "no tags here");
  }
  if (core.record.owner != from.user) return Fail(Fault::kPermissionDenied, "not the owner");
  const std::vector<std::string>& reserved = core.env.reserved_tag_namespaces;
  std::vector<std::string> tags = NormaliseTags(wanted, core.env.limits);
  const bool clears = wanted.size() == 1 && wanted[0] == model::kClearMark;
  if (clears) tags = ReservedTags(core.record.tags, reserved);
  if (tags.empty() && !clears) return Fail(Fault::kNotModified, "no tag is left");
  if (ReservedTags(tags, reserved) != ReservedTags(core.record.tags, reserved)) {
    return Fail(Fault::kPermissionDenied, "reserved tags stay as they are");
  }
  if (tags == core.record.tags) return Fail(Fault::kNotModified, "the same tags");
  return tags;
}

void StoreTags(const CorePtr& core, const Requester& from, std::vector<std::string> wanted,
               Sequence::Next next) {
  store::TopicRecord topic = core->record;
  topic.tags = std::move(wanted);
  core->Commit(
      {store::PutTopic{topic, store::Expect::kPresent}},
      [core, from, tags = topic.tags, next = std::move(next)](const absl::Status& status) mutable {
        if (!status.ok()) {
          core->Refuse(from, status);
          return next();
        }
        const TagDifference difference = CompareTags(core->record.tags, tags);
        core->record.tags = std::move(tags);
        core->Reply(from, Fault::kOk, TagParams(difference));
        AnnounceTags(*core, from);
        next();
      });
}

void SetTagsPart(const CorePtr& core, const Requester& from, const std::vector<std::string>& wanted,
                 Sequence::Next next) {
  absl::StatusOr<std::vector<std::string>> tags = PlanTags(*core, from, wanted);
  if (!tags.ok()) {
    core->Refuse(from, tags.status());
    return next();
  }
  core->Hold();  // until the alias has been looked up
  CheckAlias(
      core->env.store, *tags, core->record.tags,
      [core, from, tags = *tags, next = std::move(next)](const absl::Status& status) mutable {
        if (status.ok()) {
          StoreTags(core, from, std::move(tags), std::move(next));
        } else {
          core->Refuse(from, status);
          next();
        }
        core->Release();
      });
}

// Whether `value` may be a topic's under `key`, one of those that say what becomes of messages.
bool IsFate(std::string_view key, const model::RawJson& value) {
  if (model::ParseJsonText(value) == model::kClearMark) return true;
  if (key == kTtlKey) return ParseTtl(value).has_value();
  return key == kKeepKey ? ParseKeep(value).has_value() : IsOnceValue(value);
}

// What becomes of everybody's messages is the owner's to say. In a topic of two it is either's.
absl::Status CheckFates(const ChatCore& core, const Requester& from,
                        const model::JsonFields& wanted) {
  const bool is_owned = !core.record.owner.is_nobody();
  for (const char* key : {kTtlKey, kOnceKey, kKeepKey}) {
    const model::RawJson* value = model::FindField(wanted, key);
    if (value == nullptr) continue;
    if (is_owned && core.record.owner != from.user) {
      return Fail(Fault::kPermissionDenied, "how long messages are kept is the owner's");
    }
    if (!IsFate(key, *value)) return Fail(Fault::kMalformed, "not how long messages are kept");
    if (key == kOnceKey && core.record.is_channel && IsOnceValue(*value)) {
      return Fail(Fault::kOperationNotAllowed, "who reads a channel is not known");
    }
  }
  return absl::OkStatus();
}

// The rule of retention stands beside the topic, too, where it is found.
void PutRetention(const store::TopicRecord& topic, store::Batch& batch) {
  const model::RawJson* keep = model::FindField(topic.aux, kKeepKey);
  if (keep != nullptr) {
    batch.emplace_back(store::PutValue{RetentionKey(topic.name), keep->text});
  } else {
    batch.emplace_back(store::EraseValue{RetentionKey(topic.name)});
  }
}

void SetAuxPart(const CorePtr& core, const Requester& from, const model::JsonFields& wanted,
                Sequence::Next next) {
  const bool has_aux = core->name.kind() != TopicKind::kSys;
  if (!has_aux || !core->ModeOf(from.user).is_admin()) {
    core->Reply(from, has_aux ? Fault::kPermissionDenied : Fault::kOperationNotAllowed);
    return next();
  }
  if (const absl::Status status = CheckFates(*core, from, wanted); !status.ok()) {
    core->Refuse(from, status);
    return next();
  }
  model::RawJson merged = model::JsonObject(core->record.aux);
  if (!model::MergeJson(merged, model::JsonObject(wanted)) ||
      model::ParseJsonFields(merged) == core->record.aux) {
    core->Reply(from, Fault::kNotModified);
    return next();
  }
  store::TopicRecord topic = core->record;
  topic.aux = model::ParseJsonFields(merged);
  store::Batch batch{store::PutTopic{topic, store::Expect::kPresent}};
  if (model::FindField(wanted, kKeepKey) != nullptr) PutRetention(topic, batch);
  core->Commit(std::move(batch), [core, from, aux = topic.aux,
                                  next = std::move(next)](const absl::Status& status) mutable {
    if (!status.ok()) {
      core->Refuse(from, status);
      return next();
    }
    core->record.aux = std::move(aux);
    core->Reply(from, Fault::kOk);
    AnnounceAux(*core, from);
    next();
  });
}

bool IsOwn(const model::SetSub& sub, model::UserId user) {
  return sub.user.empty() || sub.user == user.ToString();
}

// Ownership is not taken in passing.
bool ChangesOwnership(const Subscriber& self, const std::string& mode) {
  const absl::StatusOr<AccessMode> wanted = AccessMode::Parse(mode);
  return wanted.ok() && wanted->Has(AccessMode::kOwner) != self.record.want.Has(AccessMode::kOwner);
}

// Why nothing of `query` can be set by somebody who has not joined.
absl::Status CheckUnattached(ChatCore& core, const Requester& from, const model::SetQuery& query) {
  if (query.tags.has_value() || query.credential.has_value() || query.aux.has_value()) {
    return Fail(Fault::kPermissionDenied, "only what is one's own is set from outside");
  }
  const bool own_note = query.desc.has_value() && !query.desc->private_note.empty();
  const bool own_mode = query.sub.has_value() && !query.sub->mode.empty();
  if (!own_note && !own_mode) return Fail(Fault::kNotModified, "nothing that is one's own");
  if (query.sub.has_value() && !IsOwn(*query.sub, from.user)) {
    return Fail(Fault::kPermissionDenied, "another user's rights");
  }
  const Subscriber* self = core.FindLive(from.user);
  if (self == nullptr) return Fail(Fault::kNotFound, "not subscribed");
  if (own_mode && ChangesOwnership(*self, query.sub->mode)) {
    return Fail(Fault::kPermissionDenied, "ownership is taken inside the topic");
  }
  return absl::OkStatus();
}

// From outside the topic only one's own note and rights can be set; the rest of desc is ignored.
// Source: docs/protocol behaviour §9.1.
void HandleUnattached(const CorePtr& core, const Change& command) {
  const model::SetQuery& query = command.query;
  if (const absl::Status status = CheckUnattached(*core, command.from, query); !status.ok()) {
    return core->Refuse(command.from, status);
  }
  const SequencePtr sequence = MakeSequence();
  if (query.desc.has_value() && !query.desc->private_note.empty()) {
    sequence->Add([core, command](Sequence::Next next) {
      model::SetDesc note;
      note.private_note = command.query.desc->private_note;
      SetDescPart(core, command.from, note, Tell::kNobody, std::move(next));
    });
  }
  if (query.sub.has_value() && !query.sub->mode.empty()) {
    sequence->Add([core, command](Sequence::Next next) {
      SetOwnSub(core, command.from, *command.query.sub, std::move(next));
    });
  }
  sequence->Run();
}

void AddParts(Sequence& sequence, const CorePtr& core, const Change& command) {
  using Next = Sequence::Next;
  const model::SetQuery& query = command.query;
  if (query.desc.has_value()) {
    sequence.Add([core, command](Next next) {
      SetDescPart(core, command.from, *command.query.desc, Tell::kOthers, std::move(next));
    });
  }
  if (query.sub.has_value()) {
    sequence.Add([core, command](Next next) {
      const model::SetSub& sub = *command.query.sub;
      const auto set = IsOwn(sub, command.from.user) ? SetOwnSub : SetOthersSub;
      set(core, command.from, sub, std::move(next));
    });
  }
  if (query.tags.has_value()) {
    sequence.Add([core, command](Next next) {
      SetTagsPart(core, command.from, *command.query.tags, std::move(next));
    });
  }
  if (query.credential.has_value()) {
    sequence.Add([core, command](Next next) {
      core->Reply(command.from, Fault::kOperationNotAllowed);
      next();
    });
  }
  if (query.aux.has_value()) {
    sequence.Add([core, command](Next next) {
      SetAuxPart(core, command.from, *command.query.aux, std::move(next));
    });
  }
}

}  // namespace

void HandleChange(const CorePtr& core, const Change& command) {
  const model::SetQuery& query = command.query;
  if (!query.desc.has_value() && !query.sub.has_value() && !query.tags.has_value() &&
      !query.credential.has_value() && !query.aux.has_value()) {
    return core->Reply(command.from, Fault::kMalformed);
  }
  if (!core->IsAttached(command.from)) return HandleUnattached(core, command);
  const SequencePtr sequence = MakeSequence();
  AddParts(*sequence, core, command);
  sequence->Run();
}

}  // namespace molva::topic
