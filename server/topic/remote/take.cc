#include "topic/remote/take.h"

#include "base/log.h"
#include "model/access_mode.h"
#include "names/payload_names.h"
#include "topic/publish.h"
#include "topic/remote/event_rules.h"
#include "topic/remote/events.h"
#include "topic/remote/planted_bugs.h"

namespace molva::topic {
namespace {

using model::Fault;

// Commands of the actions; each gets its requester later.
struct Translator {
  const ChatCore& core;
  const LaneItem& item;

  std::string LocalUser(const std::string& global) const {
    const absl::StatusOr<model::UserId> user = core.env.names.UserOfGlobal(global);
    return user.ok() ? core.TextOf(*user) : global;
  }

  std::optional<Command> operator()(const chain::PublishAction& action) const {
    if (!item.payload.has_value() || chain::HashOf(*item.payload) != action.payload_hash) {
      return std::nullopt;
    }
    Publish publish;
    publish.request.head = item.payload->head;
    publish.request.content = item.payload->content;
    if (model::FindField(publish.request.head, "sender") != nullptr) return std::nullopt;
    if (!names::Localise(core.env.names, publish.request.head, publish.request.content).ok()) {
      return std::nullopt;
    }
    return publish;
  }
  std::optional<Command> operator()(const chain::JoinAction& action) const {
    Join join;
    if (!action.mode.empty()) {
      join.request.set.emplace();
      join.request.set->sub = model::SetSub{"", action.mode};
    }
    return join;
  }
  std::optional<Command> operator()(const chain::LeaveAction&) const {
    Depart depart;
    depart.unsubscribe = true;
    return depart;
  }
  std::optional<Command> operator()(const chain::SetRights& action) const {
    Change change;
    change.query.sub =
        model::SetSub{action.user.empty() ? "" : LocalUser(action.user), action.mode};
    return change;
  }
  std::optional<Command> operator()(const chain::SetDescription& action) const {
    Change change;
    change.query.desc.emplace();
    change.query.desc->public_card = action.public_card;
    change.query.desc->trusted = action.trusted;
    if (!action.access_auth.empty() || !action.access_anon.empty()) {
      change.query.desc->default_access = {action.access_auth, action.access_anon};
    }
    return change;
  }
  std::optional<Command> operator()(const chain::SetTags& action) const {
    Change change;
    change.query.tags = action.tags;
    return change;
  }
  std::optional<Command> operator()(const chain::SetAux& action) const {
    Change change;
    change.query.aux = model::ParseJsonFields(action.aux);
    return change;
  }
  std::optional<Command> operator()(const chain::RemoveMessages& action) const {
    Remove remove;
    remove.request.what = "msg";
    remove.request.hard = true;
    remove.request.ranges = action.ranges;
    return remove;
  }
  std::optional<Command> operator()(const chain::RemoveMember& action) const {
    Remove remove;
    remove.request.what = "sub";
    remove.request.user = LocalUser(action.user);
    return remove;
  }
  std::optional<Command> operator()(const chain::RemoveTopic&) const {
    Remove remove;
    remove.request.what = "topic";
    remove.request.hard = true;
    return remove;
  }
  std::optional<Command> operator()(const chain::VoidAction&) const { return std::nullopt; }
};

void Acknowledge(const ChatCore& core, const std::string& domain) {
  const TakenLane& lane = core.lanes.taken.at(domain);
  core.env.peers.Acknowledge(domain, core.name, LaneKind::kProposals, lane.head.n, lane.outcomes);
}

// Stores that the proposal was taken and what came of it, when that was no event.
void StoreOutcome(const CorePtr& core, const CausePtr& cause, std::vector<Outcome> outcomes) {
  store::Batch batch;
  SealTaken(*core, batch, *cause, outcomes);
  core->Hold();
  core->env.store.Write(std::move(batch),
                        [core, domain = cause->domain](const absl::Status& status) {
                          if (status.ok()) {
                            Acknowledge(*core, domain);
                          } else {
                            core->Recover();
                          }
                          core->Release();
                        });
}

Outcome OutcomeOf(std::int64_t number, Fault fault) {
  const model::FaultRow& row = model::RowOf(fault);
  return {number, row.code, std::string(row.text), {}};
}

// Why the next proposal cannot be taken at all; nullopt if it can.
std::optional<Refusal> Check(const ChatCore& core, const std::string& domain, const LaneItem& item,
                             const LaneHead& head) {
  const chain::Proposal& proposal = *item.proposal;
  if (core.is_replica()) return Refusal::kNotHome;
  if (proposal.origin != domain) return Refusal::kForeignAuthor;
  if (proposal.prev != head.hash) return Refusal::kBadChain;
  if (proposal.time > core.env.shard.Now() + kMaxAhead) return Refusal::kBadTime;
  const absl::StatusOr<model::UserId> author = core.env.names.UserOfGlobal(proposal.author);
  if (!author.ok() || core.env.names.DomainOf(*author) != domain) return Refusal::kForeignAuthor;
  return std::nullopt;
}

Requester RequesterFor(const ChatCore& core, const std::string& domain,
                       const chain::Proposal& proposal) {
  Requester from;
  from.user = *core.env.names.UserOfGlobal(proposal.author);
  from.level = model::AuthLevel::kAuth;
  from.topic_text = core.ClientName(from.user);
  from.received = core.env.shard.Now();
  from.origin = domain;
  return from;
}

void SetRequester(Command& command, Requester from) {
  std::visit(
      [&](auto& body) {
        if constexpr (requires { body.from; }) body.from = std::move(from);
      },
      command);
}

void TakeOne(const CorePtr& core, const std::string& domain, const LaneItemPtr& item,
             const std::function<void(Command)>& carry_out) {
  Lanes& lanes = core->lanes;
  lanes.cause = std::make_shared<const Cause>(Cause{domain, item});
  lanes.cause_has_effect = false;
  lanes.replies.clear();
  std::optional<Command> command = std::visit(Translator{*core, *item}, item->proposal->action);
  if (!command.has_value()) {
    lanes.replies.push_back(OutcomeOf(item->n, Fault::kMalformed));
  } else {
    SetRequester(*command, RequesterFor(*core, domain, *item->proposal));
    carry_out(*std::move(command));
  }
  FinishProposal(core);
}

}  // namespace

std::size_t TakeProposals(const CorePtr& core, const PeerEntries& entries,
                          const std::function<void(Command)>& carry_out) {
  std::size_t done = 0;
  bool repeats = false;
  for (const LaneItemPtr& item : entries.items) {
    if (core->is_held() || core->lanes.cause != nullptr) break;
    ++done;
    const LaneHead head = core->lanes.taken[entries.domain].head;
    if (item->n <= head.n) {
      if (Planted(PlantedBug::kDropDedupe)) TakeOne(core, entries.domain, item, carry_out);
      repeats = true;
      continue;
    }
    // A refusal would be final. What finds no room now comes again.
    if (item->n > head.n + 1 || !HasRoomToPublish(*core)) {
      core->env.peers.AskAgain(entries.domain, core->name, LaneKind::kProposals, head.n);
      return entries.items.size();
    }
    if (const auto why = Check(*core, entries.domain, *item, head)) {
      core->env.peers.Refuse(entries.domain, core->name, LaneKind::kProposals, item->n, *why);
      return entries.items.size();
    }
    TakeOne(core, entries.domain, item, carry_out);
  }
  // In flight ones are acknowledged when they are on disk.
  if (repeats && core->publishes_in_flight == 0 && !core->is_held()) {
    Acknowledge(*core, entries.domain);
  }
  return done;
}

void FinishProposal(const CorePtr& core) {
  Lanes& lanes = core->lanes;
  if (lanes.cause == nullptr || core->is_held()) return;
  const CausePtr cause = std::move(lanes.cause);
  lanes.cause = nullptr;
  if (lanes.cause_has_effect) {
    // A publish is acknowledged by itself once it is stored.
    if (core->publishes_in_flight == 0) Acknowledge(*core, cause->domain);
    return;
  }
  std::vector<Outcome> outcomes = std::move(lanes.replies);
  lanes.replies.clear();
  if (outcomes.empty()) outcomes.push_back(OutcomeOf(cause->item->n, Fault::kNotModified));
  outcomes.resize(1);  // the first answer is the answer
  outcomes.front().number = cause->item->n;
  StoreOutcome(core, cause, std::move(outcomes));
}

}  // namespace molva::topic
