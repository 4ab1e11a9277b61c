#include "topic/channel_meta.h"

#include "base/log.h"
#include "topic/channel.h"
#include "topic/meta_get.h"

namespace molva::topic {
namespace {

using model::AccessMode;
using model::Fail;
using model::Fault;

// The answer to one part of a set, in the order of the parts.
struct Answer {
  Fault fault = Fault::kOk;
  model::JsonFields params;
};

struct MetaPlan {
  store::SubscriptionRecord record;
  std::vector<Answer> answers;
  bool note_changed = false;
  bool want_changed = false;
};

void PlanDesc(const Requester& from, const model::SetDesc& desc, MetaPlan& plan) {
  const bool is_shared =
      !desc.public_card.empty() || !desc.trusted.empty() || desc.default_access.has_value();
  if (is_shared) {
    plan.answers.push_back({Fault::kPermissionDenied, {}});
    return;
  }
  plan.note_changed = model::MergeJson(plan.record.private_note, desc.private_note);
  if (plan.note_changed) plan.record.updated = from.received;
  plan.answers.push_back({plan.note_changed ? Fault::kOk : Fault::kNotModified, {}});
}

bool IsOwn(const ChatCore& core, const Requester& from, const model::SetSub& sub) {
  return sub.user.empty() || sub.user == core.TextOf(from.user);
}

void PlanSub(const ChatCore& core, const Requester& from, const model::SetSub& sub,
             MetaPlan& plan) {
  const absl::StatusOr<AccessMode> requested = AccessMode::Parse(sub.mode);
  if (!IsOwn(core, from, sub)) {
    plan.answers.push_back({Fault::kPermissionDenied, {}});
  } else if (!requested.ok()) {
    plan.answers.push_back({Fault::kMalformed, {}});
  } else if (!requested->is_set() || BoundReader(*requested) == plan.record.want) {
    plan.answers.push_back({Fault::kNotModified, {}});
  } else {
    plan.record.want = BoundReader(*requested);
    plan.record.updated = from.received;
    plan.want_changed = true;
    plan.answers.push_back(
        {Fault::kOk, {{"acs", AccessJsonOf({plan.record.want, plan.record.given})}}});
  }
}

MetaPlan MakePlan(const ChatCore& core, const Change& command, const Subscriber& self) {
  const model::SetQuery& query = command.query;
  MetaPlan plan{self.record, {}};
  if (query.desc.has_value()) PlanDesc(command.from, *query.desc, plan);
  if (query.sub.has_value()) PlanSub(core, command.from, *query.sub, plan);
  if (query.tags.has_value()) plan.answers.push_back({Fault::kPermissionDenied, {}});
  if (query.credential.has_value()) plan.answers.push_back({Fault::kOperationNotAllowed, {}});
  if (query.aux.has_value()) plan.answers.push_back({Fault::kPermissionDenied, {}});
  return plan;
}

void Tell(const ChatCore& core, const Requester& from, const MetaPlan& plan,
          AccessMode want_before) {
  presence::Notice notice;
  notice.skip_session = from.session;
  if (plan.note_changed) {
    notice.what = presence::What::kUpd;
    NotifyReader(core, from.user, notice);
  }
  if (!plan.want_changed) return;
  notice.what = presence::What::kAcs;
  notice.access_delta = {AccessDelta(want_before, plan.record.want), "", ""};
  notice.actor = from.user;
  notice.skip_attached = true;
  NotifyReader(core, from.user, notice);
}

// Why nothing of `query` can be set by somebody who has not joined. Source: behaviour §9.1.
absl::Status CheckOutside(const ChatCore& core, const Requester& from,
                          const model::SetQuery& query) {
  if (query.tags.has_value() || query.credential.has_value() || query.aux.has_value()) {
    return Fail(Fault::kPermissionDenied, "only what is one's own is set from outside");
  }
  const bool own_note = query.desc.has_value() && !query.desc->private_note.empty();
  const bool own_mode = query.sub.has_value() && !query.sub->mode.empty();
  if (!own_note && !own_mode) return Fail(Fault::kNotModified, "nothing that is one's own");
  if (query.sub.has_value() && !IsOwn(core, from, *query.sub)) {
    return Fail(Fault::kPermissionDenied, "another user's rights");
  }
  return absl::OkStatus();
}

// From outside only the own note and the own mode count.
Change OwnPartsOf(const Change& command) {
  Change own = command;
  if (own.query.desc.has_value()) {
    model::SetDesc note;
    note.private_note = own.query.desc->private_note;
    own.query.desc.reset();
    if (!note.private_note.empty()) own.query.desc = std::move(note);
  }
  if (own.query.sub.has_value() && own.query.sub->mode.empty()) own.query.sub.reset();
  return own;
}

void Store(const CorePtr& core, const Requester& from, const MetaPlan& plan,
           AccessMode want_before) {
  StoreReader(core, plan.record, [core, from, plan, want_before](const absl::Status& status) {
    for (const Answer& answer : plan.answers) {
      if (answer.fault == Fault::kOk && !status.ok()) {
        core->Refuse(from, status);
      } else {
        core->Reply(from, answer.fault, answer.params);
      }
    }
    if (status.ok() && core->IsAttached(from)) Tell(*core, from, plan, want_before);
  });
}

}  // namespace

void ChangeAsReader(const CorePtr& core, const Change& command) {
  const model::SetQuery& query = command.query;
  const Requester& from = command.from;
  if (!query.desc.has_value() && !query.sub.has_value() && !query.tags.has_value() &&
      !query.credential.has_value() && !query.aux.has_value()) {
    return core->Reply(from, Fault::kMalformed);
  }
  const bool is_attached = core->IsAttached(from);
  if (!is_attached) {
    const absl::Status status = CheckOutside(*core, from, query);
    if (!status.ok()) return core->Refuse(from, status);
  }
  const Subscriber* self = core->FindSelf(from);
  if (self == nullptr) return core->Reply(from, Fault::kNotFound);
  const MetaPlan plan = MakePlan(*core, is_attached ? command : OwnPartsOf(command), *self);
  if (plan.note_changed || plan.want_changed) return Store(core, from, plan, self->record.want);
  for (const Answer& answer : plan.answers) core->Reply(from, answer.fault, answer.params);
}

void MarkAsReader(ChatCore& core, const Mark& command) {
  const Requester& from = command.from;
  const std::string& what = command.request.what;
  if (!core.IsAttached(from) && what != "recv") return core.Reply(from, Fault::kMustAttachFirst);
  const bool is_read = what == "read";
  ChannelReaders::Reader* reader = core.readers.Find(from.user);
  if ((!is_read && what != "recv") || !core.ModeOf(from).Has(AccessMode::kRead)) return;
  store::SubscriptionRecord& own = reader->subscriber->record;
  const model::SeqId seq = command.request.seq;
  if (seq <= (is_read ? own.read : own.recv) || seq > core.record.seq) return;
  if (is_read) own.read = seq;
  own.recv = std::max(own.recv, seq);
  // Not acknowledged, so nobody waits for the disk; the client's next mark makes up for a lost one.
  core.env.store.Write({store::RaiseMarks{core.name, from.user, true, own.recv, own.read}},
                       [](const absl::Status& status) {
                         if (!status.ok()) {
                           base::LogWarning("receipt not stored",
                                            {{"error", std::string(status.message())}});
                         }
                       });
  if (!core.ModeOf(from).Has(AccessMode::kPresence)) return;
  presence::Notice notice;
  notice.what = is_read ? presence::What::kRead : presence::What::kRecv;
  notice.seq = seq;
  notice.skip_session = from.session;
  notice.skip_attached = true;
  NotifyReader(core, from.user, std::move(notice));
}

}  // namespace molva::topic
