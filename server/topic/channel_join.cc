#include "topic/channel_join.h"

#include "base/status_macros.h"
#include "topic/channel.h"
#include "topic/meta_get.h"

namespace molva::topic {
namespace {

using model::AccessMode;
using model::Fail;
using model::Fault;
using model::UserId;

void Settle(const ChatCore& core, const Requester& from, Outbound::Attached attached) {
  core.env.outbound.Settle(from.session, core.name, attached);
}

struct ReaderPlan {
  store::SubscriptionRecord record;
  Modes before;  // both unset: he was no reader
  bool is_changed = false;
};

ReaderPlan PlanNewReader(const ChatCore& core, const Join& command, AccessMode requested) {
  const std::optional<Subscriber>& former = core.readers.Find(command.from.user)->subscriber;
  ReaderPlan plan;
  if (former.has_value()) {
    plan.record = EndedReader(former->record, command.from.received);
    plan.record.deleted.reset();
  } else {
    plan.record.want = plan.record.given = model::access::kReader;
  }
  if (requested.is_set()) plan.record.want = BoundReader(requested);
  plan.record.topic = core.name;
  plan.record.user = command.from.user;
  plan.record.is_reader = true;
  plan.record.created = plan.record.updated = command.from.received;
  ApplyPrivate(command.request, plan.record);
  plan.is_changed = true;
  return plan;
}

ReaderPlan PlanKnownReader(const Join& command, const Subscriber& self, AccessMode requested) {
  ReaderPlan plan{self.record, self.modes()};
  if (requested.is_set()) plan.record.want = BoundReader(requested);
  plan.is_changed = ApplyPrivate(command.request, plan.record);
  plan.is_changed |= plan.record.want != self.record.want;
  if (plan.is_changed) plan.record.updated = command.from.received;
  return plan;
}

absl::StatusOr<ReaderPlan> MakePlan(const ChatCore& core, const Join& command) {
  if (command.request.set.has_value() && command.request.set->sub.has_value() &&
      !command.request.set->sub->user.empty()) {
    return Fail(Fault::kMalformed, "sub names another user");
  }
  MOLVA_ASSIGN_OR_RETURN(const AccessMode requested, RequestedMode(command.request));
  const Subscriber* self = core.FindSelf(command.from);
  ReaderPlan plan = self == nullptr ? PlanNewReader(core, command, requested)
                                    : PlanKnownReader(command, *self, requested);
  if (!plan.record.given.Has(AccessMode::kJoin)) {
    return Fail(Fault::kPermissionDenied, "banned from the channel");
  }
  return plan;
}

void TellOwnAccess(const ChatCore& core, const Requester& from, const Modes& before,
                   const Modes& after) {
  if (before == after) return;
  presence::Notice notice;
  notice.what = presence::What::kAcs;
  notice.access_delta = {AccessDelta(before.want, after.want),
                         AccessDelta(before.given, after.given), ""};
  notice.actor = from.user;
  notice.skip_session = from.session;
  notice.skip_attached = true;
  NotifyReader(core, from.user, std::move(notice));
}

void Finish(const CorePtr& core, const Join& command, const Modes& before, const Modes& after) {
  core->readers.Attach(command.from.session, command.from.user);
  model::JsonFields params;
  if (before != after) params.emplace_back("acs", AccessJsonOf(after));
  core->Reply(command.from, Fault::kOk, std::move(params));
  Settle(*core, command.from, Outbound::Attached::kYes);
  TellOwnAccess(*core, command.from, before, after);
  if (command.request.get.has_value()) {
    AnswerParts(core, command.from, *command.request.get, PlanOrder::kSub);
  }
}

// A member uses the other name; who was banned as one does not come back as a reader.
bool IsRefusedAsMember(const CorePtr& core, const Join& command) {
  const Subscriber* member = core->FindAny(command.from.user);
  if (member == nullptr) return false;
  if (!member->record.given.Has(AccessMode::kJoin)) {
    core->Reply(command.from, Fault::kPermissionDenied);
    return true;
  }
  if (!member->is_live()) return false;
  core->Reply(command.from, Fault::kUseOther,
              {{"topic", model::JsonText(core->ClientName(command.from.user))}});
  return true;
}

// The subscription ends; the user's other sessions are evicted and told on `me`.
void End(const CorePtr& core, const Requester& from, absl::AnyInvocable<void(absl::Status)> done) {
  const Subscriber& self = *core->FindSelf(from);
  StoreReader(core, EndedReader(self.record, core->env.shard.Now()),
              [core, from, done = std::move(done)](absl::Status status) mutable {
                if (status.ok()) {
                  EvictReader(*core, from.user, Unsubscribed::kYes, from.session);
                  presence::Notice gone;
                  gone.what = presence::What::kGone;
                  gone.skip_session = from.session;
                  NotifyReader(*core, from.user, std::move(gone));
                }
                done(std::move(status));
              });
}

}  // namespace

void JoinAsReader(const CorePtr& core, const Join& command) {
  if (core->readers.Has(command.from.session) || core->sessions.Has(command.from.session)) {
    core->Reply(command.from, Fault::kAlreadySubscribed);
    return Settle(*core, command.from, Outbound::Attached::kYes);
  }
  if (IsRefusedAsMember(core, command)) {
    return Settle(*core, command.from, Outbound::Attached::kNo);
  }
  const absl::StatusOr<ReaderPlan> plan = MakePlan(*core, command);
  if (!plan.ok()) return RefuseJoin(*core, command, plan.status());
  const Modes after{plan->record.want, plan->record.given};
  if (!plan->is_changed) return Finish(core, command, plan->before, after);
  StoreReader(core, plan->record,
              [core, command, before = plan->before, after](const absl::Status& status) {
                if (!status.ok()) return RefuseJoin(*core, command, status);
                Finish(core, command, before, after);
              });
}

void LeaveAsReader(const CorePtr& core, const Depart& command) {
  const Requester& from = command.from;
  if (!core->readers.Has(from.session)) {
    const bool is_member = core->sessions.Has(from.session);
    const Fault why = command.unsubscribe ? Fault::kMustAttachFirst : Fault::kNotJoined;
    core->Reply(from, is_member ? Fault::kNotFound : why);
    return Settle(*core, from, is_member ? Outbound::Attached::kYes : Outbound::Attached::kNo);
  }
  if (!command.unsubscribe) {
    core->Reply(from, Fault::kOk);
    core->readers.Detach(from.session);
    return Settle(*core, from, Outbound::Attached::kNo);
  }
  End(core, from, [core, from](const absl::Status& status) {
    if (status.ok()) {
      core->Reply(from, Fault::kOk);
    } else {
      core->Refuse(from, status);
    }
    Settle(*core, from, status.ok() ? Outbound::Attached::kNo : Outbound::Attached::kYes);
  });
}

void DropAsReader(const CorePtr& core, const Remove& command) {
  const Requester& from = command.from;
  if (core->FindSelf(from) == nullptr) return core->Reply(from, Fault::kNoAction);
  End(core, from, [core, from](const absl::Status& status) {
    if (status.ok()) {
      core->Reply(from, Fault::kOk);
    } else {
      core->Refuse(from, status);
    }
  });
}

}  // namespace molva::topic
