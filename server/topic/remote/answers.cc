#include "topic/remote/answers.h"

#include "base/log.h"
#include "topic/meta_get.h"
#include "topic/remote/wishes.h"

namespace molva::topic {

using model::Fail;
using model::Fault;

void RefuseRequest(ChatCore& core, const Command& command, const absl::Status& status) {
  if (const auto* join = std::get_if<Join>(&command)) return RefuseJoin(core, *join, status);
  const Requester& from = *RequesterOf(command);
  core.Refuse(from, status);
  if (std::holds_alternative<Depart>(command)) {
    core.env.outbound.Settle(from.session, core.name, Outbound::Attached::kYes);
  }
}

// The request is kept and will be carried out; nobody knows when.
void AnswerOneQueued(ChatCore& core, const Command& command) {
  if (std::holds_alternative<Join>(command)) {
    return RefuseRequest(core, command, Fail(Fault::kServiceUnavailable, "the home is away"));
  }
  const Requester& from = *RequesterOf(command);
  if (!from.request_id.empty()) {
    core.Reply(from, Fault::kAccepted, {{"queued", model::RawJson{"true"}}});
  }
  if (std::holds_alternative<Depart>(command)) {
    core.env.outbound.Settle(from.session, core.name, Outbound::Attached::kYes);
  }
}

const Requester* WaitingFor(const ChatCore& core, const LaneItem& item) {
  if (!item.proposal.has_value() || item.proposal->origin != core.env.names.domain()) {
    return nullptr;
  }
  const auto at = core.lanes.waiting.find(item.proposal->number);
  return at == core.lanes.waiting.end() ? nullptr : RequesterOf(at->second.command);
}

namespace {

// Takes the request that led to `item` off the list of those that wait.
std::optional<Command> TakeWaiting(ChatCore& core, const LaneItem& item) {
  if (WaitingFor(core, item) == nullptr) return std::nullopt;
  const auto at = core.lanes.waiting.find(item.proposal->number);
  Command command = std::move(at->second.command);
  core.lanes.waiting.erase(at);
  return command;
}

}  // namespace

Except AnswerPublish(ChatCore& core, const LaneItem& item, model::SeqId seq) {
  const std::optional<Command> command = TakeWaiting(core, item);
  const auto* publish = command.has_value() ? std::get_if<Publish>(&*command) : nullptr;
  if (publish == nullptr) return {};
  if (!publish->from.request_id.empty()) {
    core.Reply(publish->from, Fault::kAccepted, {{"seq", model::JsonNumber(seq)}});
  }
  return Except{.session =
                    publish->request.no_echo ? publish->from.session : model::SessionHandle{}};
}

namespace {

// The private note that came with a join is this server's to keep.
void StoreNote(const CorePtr& core, const Join& join) {
  Subscriber* self = core->FindLive(join.from.user);
  const auto& set = join.request.set;
  if (self == nullptr || !set.has_value() || !set->desc.has_value()) return;
  if (!model::MergeJson(self->record.private_note, set->desc->private_note)) return;
  core->Commit({store::PutSubscription{self->record}}, [](const absl::Status& status) {
    if (!status.ok()) {
      base::LogWarning("a note is not stored", {{"error", std::string(status.message())}});
    }
  });
}

}  // namespace

bool AnswerJoin(const CorePtr& core, const LaneItem& item, Modes before) {
  const Requester* from = WaitingFor(*core, item);
  if (from == nullptr) return false;
  const auto at = core->lanes.waiting.find(item.proposal->number);
  const auto* waiting = std::get_if<Join>(&at->second.command);
  if (waiting == nullptr) return false;
  const Join join = *waiting;
  core->lanes.waiting.erase(at);
  StoreNote(core, join);
  FinishJoin(core, join, {.before = before});
  return true;
}

void AnswerWaiting(const CorePtr& core, const LaneItem& item) {
  // A join is answered when its member has come.
  const auto waiting = item.proposal.has_value() ? core->lanes.waiting.find(item.proposal->number)
                                                 : core->lanes.waiting.end();
  if (waiting != core->lanes.waiting.end() &&
      std::holds_alternative<Join>(waiting->second.command)) {
    return;
  }
  const std::optional<Command> command = TakeWaiting(*core, item);
  if (!command.has_value()) return ProposeWishes(core);
  const Requester& from = *RequesterOf(*command);
  model::JsonFields params;
  if (const auto* change = std::get_if<Change>(&*command);
      change && change->query.sub.has_value()) {
    const absl::StatusOr<model::UserId> user =
        change->query.sub->user.empty() ? from.user
                                        : core->env.names.ParseUser(change->query.sub->user);
    if (const Subscriber* member = user.ok() ? core->FindLive(*user) : nullptr) {
      params.emplace_back("acs", AccessJsonOf(member->modes()));
      if (*user != from.user) params.emplace_back("user", model::JsonText(core->TextOf(*user)));
    }
  }
  core->Reply(from, Fault::kOk, std::move(params));
  if (std::holds_alternative<Depart>(*command)) {
    core->env.outbound.Settle(from.session, core->name, Outbound::Attached::kNo);
  }
}

bool AnswerOutcome(const CorePtr& core, const Outcome& outcome) {
  const auto at = core->lanes.waiting.find(outcome.number);
  if (at == core->lanes.waiting.end()) return false;
  const Command command = std::move(at->second.command);
  core->lanes.waiting.erase(at);
  const Requester& from = *RequesterOf(command);
  const auto* join = std::get_if<Join>(&command);
  const bool is_good = outcome.code < 400;
  if (join != nullptr && is_good && core->FindLive(from.user) != nullptr) {
    FinishJoin(core, *join, {.before = core->FindLive(from.user)->modes()});
    return true;
  }
  model::Ctrl ctrl;
  ctrl.id = from.request_id;
  ctrl.topic = from.topic_text;
  ctrl.code = outcome.code;
  ctrl.text = outcome.text;
  ctrl.params = model::ParseJsonFields(outcome.params);
  ctrl.ts = core->env.shard.Now();
  core->Send(from, std::move(ctrl));
  if (join != nullptr || std::holds_alternative<Depart>(command)) {
    const bool stays = join == nullptr && !is_good;
    core->env.outbound.Settle(from.session, core->name,
                              stays ? Outbound::Attached::kYes : Outbound::Attached::kNo);
  }
  return true;
}

void AnswerQueued(const CorePtr& core) {
  auto& waiting = core->lanes.waiting;
  for (auto at = waiting.begin(); at != waiting.end();) {
    if (at->second.is_stored) AnswerOneQueued(*core, at->second.command);
    at = at->second.is_stored ? waiting.erase(at) : std::next(at);
  }
}

}  // namespace molva::topic
