#include "topic/remote/propose.h"

#include "names/payload_names.h"
#include "topic/create.h"
#include "topic/publish.h"
#include "topic/remote/action_of.h"
#include "topic/remote/answers.h"
#include "topic/remote/planted_bugs.h"
#include "topic/remote/settle.h"

namespace molva::topic {
namespace {

using model::AccessMode;
using model::Fail;
using model::Fault;
using model::TopicKind;

// The home of the topic, also of one that is not known here yet.
std::string HomeOf(const ChatCore& core) {
  if (core.exists) return core.record.home;
  return core.env.names.DomainOf(core.name.user());
}

// The request behind proposal `n`, if somebody still waits for its answer.
std::optional<Command> TakeWaiting(ChatCore& core, std::int64_t n) {
  auto waiting = core.lanes.waiting.extract(n);
  if (waiting.empty()) return std::nullopt;
  return std::move(waiting.mapped().command);
}

void TellQueued(ChatCore& core, std::int64_t n) {
  if (const auto command = TakeWaiting(core, n)) AnswerOneQueued(core, *command);
}

void OnStored(const CorePtr& core, const std::string& home, const LaneItemPtr& item,
              const absl::Status& status) {
  --core->publishes_in_flight;
  if (!status.ok()) {
    if (const auto command = TakeWaiting(*core, item->n)) {
      RefuseRequest(*core, *command, Fail(Fault::kServiceUnavailable, "not stored"));
    }
    return core->Recover();
  }
  core->exists = true;
  const bool connected = core->env.peers.IsConnected(home);
  if (const auto at = core->lanes.waiting.find(item->n); at != core->lanes.waiting.end()) {
    at->second.is_stored = true;
    if (connected) {
      core->env.shard.StartTimer(core->env.limits.home_patience,
                                 [core, n = item->n] { TellQueued(*core, n); });
    } else {
      TellQueued(*core, item->n);
    }
  }
  if (!connected && Planted(PlantedBug::kSkipOutbox)) return;
  core->env.peers.Deliver(home, core->name, LaneKind::kProposals, item);
  core->RecoverIfIdle();
}

// The row of a group that this server learns of by a user's wish to join it.
void AddStub(const ChatCore& core, const std::string& home, store::Batch& batch) {
  if (core.exists) return;
  store::TopicRecord stub = core.record;
  stub.name = core.name;
  stub.home = home;
  stub.origin = core.env.names.TextOfGroup(core.name);
  stub.created = stub.updated = stub.touched = core.env.shard.Now();
  batch.emplace_back(store::PutTopic{std::move(stub)});
}

chain::Proposal NextProposal(const ChatCore& core, const Requester& from, chain::Action action) {
  chain::Proposal proposal;
  proposal.topic = core.env.names.GlobalNameOf(core.name);
  proposal.origin = core.env.names.domain();
  proposal.number = core.lanes.proposals.n + 1;
  proposal.prev = core.lanes.proposals.hash;
  proposal.time = core.env.shard.Now();
  proposal.author = core.env.names.GlobalNameOf(from.user);
  proposal.action = std::move(action);
  return proposal;
}

void ProposeNow(const CorePtr& core, Command command, chain::Action action,
                std::optional<chain::Payload> payload) {
  const std::string home = HomeOf(*core);
  const auto kept = static_cast<std::int64_t>(core->lanes.kept.size());
  if (kept >= core->env.limits.max_queued_proposals || !core->env.peers.HasRoomFor(home)) {
    return RefuseRequest(*core, command,
                         Fail(Fault::kServiceUnavailable, "too many wait for the home"));
  }
  auto item = std::make_shared<LaneItem>();
  const chain::Proposal proposal = NextProposal(*core, *RequesterOf(command), std::move(action));
  item->n = proposal.number;
  item->body = chain::Encode(proposal);
  item->payload = std::move(payload);
  core->lanes.proposals = {item->n, chain::HashOf(item->body)};
  Keep(core->lanes, item->n, item->body, proposal, RequesterOf(command)->user);

  store::Batch batch;
  AddStub(*core, home, batch);
  if (!core->exists) {
    core->record.name = core->name;
    core->record.home = home;
  }
  store::EntryRecord entry;
  entry.topic = core->name;
  entry.lane = store::kProposalLane;
  entry.n = item->n;
  entry.body = item->body;
  if (item->payload.has_value()) entry.payload = chain::Encode(*item->payload);
  batch.emplace_back(store::AppendEntry{std::move(entry), core->lanes.proposals.hash});
  if (!Planted(PlantedBug::kSkipOutbox)) {
    store::DeliveryRecord delivery;
    delivery.peer = home;
    delivery.topic = core->name;
    delivery.lane = store::kProposalLane;
    delivery.through = item->n;
    batch.emplace_back(store::RequestDelivery{std::move(delivery)});
  }
  ++core->publishes_in_flight;
  core->lanes.waiting[item->n] = OwnProposal{std::move(command)};
  core->env.store.Write(std::move(batch), [core, home, item](const absl::Status& status) {
    OnStored(core, home, item, status);
  });
}

}  // namespace

void Propose(const CorePtr& core, Command command, chain::Action action,
             std::optional<chain::Payload> payload) {
  const std::string home = HomeOf(*core);
  if (std::holds_alternative<Publish>(command) || core->env.peers.IsConnected(home)) {
    return ProposeNow(core, std::move(command), std::move(action), std::move(payload));
  }
  // Only publications wait for a home that is away. Whether it is, shows when it is called on.
  core->Hold();
  core->env.peers.Find(
      home, core->env.names.GlobalNameOf(core->name),
      [core, home, command = std::move(command),
       action = std::move(action)](const absl::StatusOr<std::vector<store::TagHit>>&) mutable {
        if (core->env.peers.IsConnected(home)) {
          ProposeNow(core, std::move(command), std::move(action), std::nullopt);
        } else {
          RefuseRequest(*core, command, Fail(Fault::kServiceUnavailable, "the home is away"));
        }
        core->Release();
      });
}

namespace {

void ProposePublish(const CorePtr& core, Publish command) {
  if (const absl::Status admitted = AdmitPublish(*core, command); !admitted.ok()) {
    return core->Refuse(command.from, admitted);
  }
  model::EraseField(command.request.head, "sender");  // only the server may set it
  chain::Payload payload{command.request.head, command.request.content};
  names::Globalise(core->env.names, payload.head, payload.content);
  chain::PublishAction action{chain::HashOf(payload)};
  Propose(core, std::move(command), std::move(action), std::move(payload));
}

bool TakeJoin(const CorePtr& core, const Join& command) {
  const bool is_foreign_group =
      core->name.kind() == TopicKind::kGroup && core->env.names.IsForeign(core->name.user());
  if (!core->exists ? !is_foreign_group : !core->is_replica()) return false;
  const bool lacks_peer = core->exists && LacksPeer(*core);
  // join.h knows what to do with a member.
  if (core->FindLive(command.from.user) != nullptr && !lacks_peer) return false;
  ProposeJoin(core, command);
  return true;
}

bool TakeDepart(const CorePtr& core, const Depart& command) {
  if (!command.unsubscribe || !core->IsAttached(command.from) ||
      core->FindLive(command.from.user) == nullptr) {
    return false;
  }
  Propose(core, command, chain::LeaveAction{});
  return true;
}

bool TakeRemove(const CorePtr& core, const Remove& command) {
  std::optional<chain::Action> action = ActionOf(*core, command);
  if (!action.has_value()) return false;
  Propose(core, command, *std::move(action));
  return true;
}

// A change of several parts is one request each, as each has its own answer. What this server does
// itself is left in `command`.
bool TakeChange(const CorePtr& core, Change& command) {
  std::vector<Change> parts = SharedPartsOf(*core, command);
  if (parts.empty()) return false;
  for (Change& part : parts) {
    absl::StatusOr<chain::Action> action = ActionOf(*core, part);
    if (action.ok()) {
      Propose(core, std::move(part), *std::move(action));
    } else {
      core->Refuse(part.from, action.status());
    }
  }
  if (!HasOwnPart(command)) return true;
  KeepOwnPart(command);
  return false;
}

}  // namespace

bool TakeAtReplica(const CorePtr& core, Command& command) {
  if (const auto* join = std::get_if<Join>(&command)) return TakeJoin(core, *join);
  if (!core->exists || !core->is_replica()) return false;
  if (auto* publish = std::get_if<Publish>(&command)) {
    ProposePublish(core, std::move(*publish));
    return true;
  }
  if (const auto* depart = std::get_if<Depart>(&command)) return TakeDepart(core, *depart);
  if (const auto* remove = std::get_if<Remove>(&command)) return TakeRemove(core, *remove);
  auto* change = std::get_if<Change>(&command);
  return change != nullptr && TakeChange(core, *change);
}

void ProposeJoin(const CorePtr& core, const Join& command) {
  const absl::StatusOr<AccessMode> mode = RequestedMode(command.request);
  if (!mode.ok()) return RefuseJoin(*core, command, mode.status());
  Propose(core, command, chain::JoinAction{mode->is_set() ? mode->ToString() : ""});
}

}  // namespace molva::topic
