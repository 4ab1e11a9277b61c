#include "topic/meta_get.h"

#include "topic/history.h"
#include "topic/reactions.h"
#include "topic/search.h"

namespace molva::topic {
namespace {

using model::AccessMode;
using model::Fault;
using model::TopicKind;
using model::UserId;

bool ChangedSince(absl::Time updated, const std::optional<absl::Time>& since) {
  return !since.has_value() || updated > *since;
}

std::optional<absl::Time> ImsOf(const std::optional<model::GetOptions>& options) {
  return options.has_value() ? options->if_modified_since : std::nullopt;
}

model::DefaultAccessText TextOf(const model::DefaultAccess& access) {
  return {access.auth.ToString(), access.anon.ToString()};
}

// What a subscriber sees. `peer` is the other side of a p2p topic.
model::MetaDesc DescFor(const ChatCore& core, const Subscriber& self,
                        const std::optional<store::UserRecord>& peer,
                        const std::optional<absl::Time>& ims) {
  const AccessMode mode = self.mode();
  const bool is_group = core.name.kind() == TopicKind::kGroup;
  model::MetaDesc desc;
  absl::Time updated = std::max(core.record.updated, self.record.updated);
  if (peer.has_value()) updated = std::max(updated, peer->updated);
  if (!ims.has_value()) desc.created = core.record.created;
  desc.updated = updated;
  desc.touched = mode.Has(AccessMode::kRead) ? core.record.touched : updated;
  desc.is_channel = core.record.is_channel;
  desc.access = AccessTextOf(self.modes());
  if (mode.Has(AccessMode::kPresence)) {
    desc.online = is_group && !self.record.is_reader && core.sessions.CountSeen() > 0;
    if (peer.has_value() && peer->last_seen.has_value()) {
      desc.seen = model::LastSeen{*peer->last_seen, peer->user_agent};
    }
  }
  if (mode.is_sharer() && core.name.kind() != TopicKind::kP2p) {
    desc.default_access = TextOf(core.record.access);
  }
  if (mode.Has(AccessMode::kRead)) {
    desc.seq = core.record.seq;
    desc.read = self.record.read;
    desc.recv = std::max(self.record.recv, self.record.read);
    desc.clear = std::max(self.record.del_id, core.record.del_id);
  }
  if (is_group) desc.subscriber_count = core.CountAll();
  if (ChangedSince(updated, ims)) {
    desc.public_card = peer.has_value() ? peer->public_card : core.record.public_card;
    desc.trusted = peer.has_value() ? peer->trusted : core.record.trusted;
    desc.private_note = self.record.private_note;
  }
  return desc;
}

// What somebody sees who is not a subscriber: the card, and what he would be granted.
model::MetaDesc StrangersDesc(const ChatCore& core, const Requester& from,
                              const std::optional<store::UserRecord>& peer,
                              const std::optional<absl::Time>& ims) {
  model::MetaDesc desc;
  const absl::Time updated = peer.has_value() ? peer->updated : core.record.updated;
  if (!ims.has_value()) desc.created = peer.has_value() ? peer->created : core.record.created;
  desc.updated = updated;
  desc.is_channel = core.record.is_channel;
  const model::DefaultAccess& access = peer.has_value() ? peer->access : core.record.access;
  const AccessMode mode = from.as_reader ? model::access::kReader
                                         : DefaultFor(core.name.kind(), access, from.level,
                                                      core.env.limits.most_in_p2p);
  desc.access = model::AccessText{"", "", mode.ToString()};
  if (core.name.kind() == TopicKind::kGroup) desc.subscriber_count = core.CountAll();
  if (ChangedSince(updated, ims)) {
    desc.public_card = peer.has_value() ? peer->public_card : core.record.public_card;
    desc.trusted = peer.has_value() ? peer->trusted : core.record.trusted;
  }
  return desc;
}

void SendDesc(const ChatCore& core, const Requester& from,
              const std::optional<store::UserRecord>& peer, const std::optional<absl::Time>& ims) {
  model::Meta meta = MetaFor(from, from.topic_text);
  const Subscriber* self = core.FindSelf(from);
  meta.desc =
      self != nullptr ? DescFor(core, *self, peer, ims) : StrangersDesc(core, from, peer, ims);
  if (peer.has_value() && from.session_level == model::AuthLevel::kRoot) {
    meta.desc->state = StateText(peer->state);
  }
  core.Send(from, std::move(meta));
}

void GetDesc(const CorePtr& core, const Requester& from, const model::GetQuery& query,
             Sequence::Next next) {
  const std::optional<absl::Time> ims = ImsOf(query.desc);
  const UserId peer = core->name.PeerOf(from.user);
  if (peer.is_nobody()) {
    SendDesc(*core, from, std::nullopt, ims);
    return next();
  }
  core->env.store.FindUser(peer,
                           [core, from, ims, next = std::move(next)](
                               absl::StatusOr<std::optional<store::UserRecord>> found) mutable {
                             if (!found.ok()) {
                               core->Refuse(from, found.status());
                             } else if (!found->has_value()) {
                               core->Reply(from, Fault::kUserNotFound);
                             } else {
                               SendDesc(*core, from, *found, ims);
                             }
                             next();
                           });
}

// The rights of others are shown to those who manage them; one's own and the admins' to everybody.
model::AccessText VisibleAccess(const Subscriber& shown, UserId viewer, AccessMode viewer_mode) {
  const bool visible =
      viewer_mode.is_sharer() || shown.record.user == viewer || shown.mode().is_admin();
  return visible ? AccessTextOf(shown.modes()) : model::AccessText{};
}

std::optional<model::MetaSub> MemberEntry(const ChatCore& core, const Requester& from,
                                          const store::Member& member,
                                          const std::optional<absl::Time>& ims) {
  const UserId user = member.subscription.user;
  const auto at = core.subscribers.find(user);
  if (at == core.subscribers.end()) return std::nullopt;
  const Subscriber& subscriber = at->second;
  model::MetaSub entry;
  entry.user = core.TextOf(user);
  if (!subscriber.is_live()) {
    if (!ims.has_value() || *subscriber.record.deleted <= *ims) return std::nullopt;
    entry.deleted = subscriber.record.deleted;
    return entry;
  }
  const AccessMode viewer_mode = core.ModeOf(from.user);
  const AccessMode mode = subscriber.mode();
  const bool is_group = core.name.kind() == TopicKind::kGroup;
  entry.updated = std::max(subscriber.record.updated, member.user.updated);
  entry.access = VisibleAccess(subscriber, from.user, viewer_mode);
  entry.online =
      is_group && viewer_mode.Has(AccessMode::kPresence) && core.sessions.CountSeen(user) > 0;
  if (mode.Has(AccessMode::kRead | AccessMode::kJoin)) {
    entry.read = subscriber.record.read;
    entry.recv = std::max(subscriber.record.recv, subscriber.record.read);
  }
  const bool changed = ChangedSince(*entry.updated, ims);
  if (changed && is_group) {
    entry.public_card = member.user.public_card;
    entry.trusted = member.user.trusted;
  }
  if (user == from.user) {
    entry.clear = std::max(subscriber.record.del_id, core.record.del_id);
    if (changed) entry.private_note = subscriber.record.private_note;
  }
  return entry;
}

void SendMembers(ChatCore& core, const Requester& from, const model::GetOptions& options,
                 const std::vector<store::Member>& members) {
  model::Meta meta = MetaFor(from, from.topic_text);
  const std::int32_t most = options.limit > 0 ? std::min(options.limit, core.env.limits.max_results)
                                              : core.env.limits.max_results;
  for (const store::Member& member : members) {
    if (static_cast<std::int32_t>(meta.sub.size()) >= most) break;
    if (!options.user.empty() && core.TextOf(member.subscription.user) != options.user) continue;
    if (auto entry = MemberEntry(core, from, member, options.if_modified_since)) {
      meta.sub.push_back(std::move(*entry));
    }
  }
  if (meta.sub.empty()) {
    core.Reply(from, Fault::kNoContent, {{"what", model::JsonText("sub")}});
  } else {
    core.Send(from, std::move(meta));
  }
}

// Live or former; null if there was never one.
const Subscriber* OwnSubscription(ChatCore& core, const Requester& from) {
  if (!from.as_reader) return core.FindAny(from.user);
  const ChannelReaders::Reader* reader = core.readers.Find(from.user);
  return reader != nullptr && reader->subscriber.has_value() ? &*reader->subscriber : nullptr;
}

// One's own subscription: all that is seen from outside the topic, and by readers of a channel.
void SendOwnSubscription(ChatCore& core, const Requester& from, const model::GetOptions& options) {
  if (!options.user.empty() && options.user != from.user.ToString()) {
    core.Reply(from, Fault::kPermissionDenied);
    return;
  }
  const Subscriber* self = OwnSubscription(core, from);
  if (self == nullptr) {
    core.Reply(from, Fault::kNotFound);
    return;
  }
  const store::SubscriptionRecord& own = self->record;
  model::MetaSub entry;
  entry.user = from.user.ToString();
  if (own.deleted.has_value()) {
    entry.deleted = own.deleted;
  } else {
    entry.updated = own.updated;
    entry.access = AccessTextOf(self->modes());
    entry.private_note = own.private_note;
    entry.read = own.read;
    entry.recv = std::max(own.recv, own.read);
    entry.clear = own.del_id;
  }
  model::Meta meta = MetaFor(from, from.topic_text);
  meta.sub.push_back(std::move(entry));
  core.Send(from, std::move(meta));
}

void GetMembers(const CorePtr& core, const Requester& from, const model::GetQuery& query,
                Sequence::Next next) {
  const model::GetOptions options = query.sub.value_or(model::GetOptions{});
  if (core->name.kind() == TopicKind::kSlf || core->name.kind() == TopicKind::kSys) {
    core->Reply(from, Fault::kNoContent, {{"what", model::JsonText("sub")}});
    return next();
  }
  if (from.as_reader) {
    SendOwnSubscription(*core, from, options);
    return next();
  }
  core->env.store.ListMembers(core->name,
                              [core, from, options, next = std::move(next)](
                                  absl::StatusOr<std::vector<store::Member>> members) mutable {
                                if (members.ok()) {
                                  SendMembers(*core, from, options, *members);
                                } else {
                                  core->Refuse(from, members.status());
                                }
                                next();
                              });
}

void GetTags(const CorePtr& core, const Requester& from, Sequence::Next next) {
  if (core->name.kind() != TopicKind::kGroup) {
    core->Reply(from, Fault::kOperationNotAllowed);
  } else if (core->record.owner != from.user) {
    core->Reply(from, Fault::kPermissionDenied);
  } else if (core->record.tags.empty()) {
    core->Reply(from, Fault::kNoContent, {{"what", model::JsonText("tags")}});
  } else {
    model::Meta meta = MetaFor(from, from.topic_text);
    meta.tags = core->record.tags;
    core->Send(from, std::move(meta));
  }
  next();
}

void GetAux(const CorePtr& core, const Requester& from, Sequence::Next next) {
  if (core->name.kind() == TopicKind::kSys) {
    core->Reply(from, Fault::kOperationNotAllowed);
  } else if (core->record.aux.empty()) {
    core->Reply(from, Fault::kNoContent, {{"what", model::JsonText("aux")}});
  } else {
    model::Meta meta = MetaFor(from, from.topic_text);
    meta.aux = core->record.aux;
    core->Send(from, std::move(meta));
  }
  next();
}

void RunPart(Part part, const CorePtr& core, const Requester& from, const model::GetQuery& query,
             Sequence::Next next) {
  switch (part) {
    case Part::kDesc:
      return GetDesc(core, from, query, std::move(next));
    case Part::kSub:
      return GetMembers(core, from, query, std::move(next));
    case Part::kData:
      return GetData(core, from, query.data.value_or(model::GetOptions{}), std::move(next));
    case Part::kReact:
      return GetReactions(core, from, query.data.value_or(model::GetOptions{}), std::move(next));
    case Part::kSearch:
      return GetSearch(core, from, query.search.value_or(model::SearchOptions{}), std::move(next));
    case Part::kDel:
      return GetDeletions(core, from, query.del.value_or(model::GetOptions{}), std::move(next));
    case Part::kTags:
      return GetTags(core, from, std::move(next));
    case Part::kAux:
      return GetAux(core, from, std::move(next));
    case Part::kCred:
      core->Reply(from, Fault::kOperationNotAllowed);
      return next();
  }
}

void RunParts(const CorePtr& core, const Requester& from, const model::GetQuery& query,
              const std::vector<Part>& parts) {
  const SequencePtr sequence = MakeSequence();
  for (const Part part : parts) {
    sequence->Add([part, core, from, query](Sequence::Next next) {
      RunPart(part, core, from, query, std::move(next));
    });
  }
  sequence->Run();
}

// Without having joined one sees the description and one's own subscription, nothing else.
void AnswerUnattached(const CorePtr& core, const Requester& from, const model::GetQuery& query,
                      const std::vector<Part>& parts) {
  const bool desc = std::find(parts.begin(), parts.end(), Part::kDesc) != parts.end();
  const bool sub = std::find(parts.begin(), parts.end(), Part::kSub) != parts.end();
  if (!desc && !sub) {
    core->Reply(from, Fault::kPermissionDenied);
    return;
  }
  const SequencePtr sequence = MakeSequence();
  if (desc) {
    sequence->Add(
        [core, from, query](Sequence::Next next) { GetDesc(core, from, query, std::move(next)); });
  }
  if (sub) {
    sequence->Add([core, from, query](Sequence::Next next) {
      SendOwnSubscription(*core, from, query.sub.value_or(model::GetOptions{}));
      next();
    });
  }
  sequence->Run();
}

}  // namespace

model::AccessText AccessTextOf(const Modes& modes) {
  return {modes.want.ToString(), modes.given.ToString(), modes.effective().ToString()};
}

model::RawJson AccessJsonOf(const Modes& modes) {
  const model::AccessText text = AccessTextOf(modes);
  return model::JsonObject({{"want", model::JsonText(text.want)},
                            {"given", model::JsonText(text.given)},
                            {"mode", model::JsonText(text.mode)}});
}

void HandleQuery(const CorePtr& core, const Query& command) {
  const absl::StatusOr<std::vector<Part>> parts = PlanQuery(command.query, PlanOrder::kGet);
  if (!parts.ok()) {
    core->Refuse(command.from, parts.status());
  } else if (core->IsAttached(command.from)) {
    RunParts(core, command.from, command.query, *parts);
  } else {
    AnswerUnattached(core, command.from, command.query, *parts);
  }
}

void AnswerParts(const CorePtr& core, const Requester& from, const model::GetQuery& query,
                 PlanOrder order) {
  const absl::StatusOr<std::vector<Part>> parts = PlanQuery(query, order);
  if (parts.ok()) {
    RunParts(core, from, query, *parts);
  } else {
    core->Refuse(from, parts.status());
  }
}

}  // namespace molva::topic
