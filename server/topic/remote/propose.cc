#include "topic/remote/propose.h"

#include "base/log.h"
#include "names/payload_names.h"
#include "topic/create.h"
#include "topic/meta_get.h"
#include "topic/publish.h"
#include "topic/remote/action_of.h"
#include "topic/remote/planted_bugs.h"

namespace molva::topic {
namespace {

using model::AccessMode;
using model::Fail;
using model::Fault;
using model::TopicKind;

const Requester* RequesterOf(const Command& command) {
  return std::visit(
      [](const auto& body) -> const Requester* {
        if constexpr (requires { body.from; }) {
          return &body.from;
        } else {
          return nullptr;
        }
      },
      command);
}

// The home of the topic, also of one that is not known here yet.
std::string HomeOf(const ChatCore& core) {
  if (core.exists) return core.record.home;
  return core.env.names.DomainOf(core.name.user());
}

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

void OnStored(const CorePtr& core, const std::string& home, const LaneItemPtr& item,
              Command command, const absl::Status& status) {
  --core->publishes_in_flight;
  if (!status.ok()) {
    RefuseRequest(*core, command, Fail(Fault::kServiceUnavailable, "not stored"));
    return core->Recover();
  }
  core->exists = true;
  const bool connected = core->env.peers.IsConnected(home);
  if (connected || std::holds_alternative<Join>(command)) {
    core->lanes.waiting[item->n] = OwnProposal{std::move(command)};
    core->env.shard.StartTimer(core->env.limits.home_patience, [core, n = item->n] {
      const auto at = core->lanes.waiting.find(n);
      if (at == core->lanes.waiting.end()) return;
      const Command late = std::move(at->second.command);
      core->lanes.waiting.erase(at);
      AnswerOneQueued(*core, late);
    });
  } else {
    AnswerOneQueued(*core, command);
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

void Propose(const CorePtr& core, Command command, chain::Action action,
             std::optional<chain::Payload> payload = {}) {
  const std::string home = HomeOf(*core);
  const bool waits_for_home = !std::holds_alternative<Publish>(command);
  if (waits_for_home && !core->env.peers.IsConnected(home)) {
    return RefuseRequest(*core, command, Fail(Fault::kServiceUnavailable, "the home is away"));
  }
  if (core->lanes.proposals.n - core->lanes.settled >= core->env.limits.max_queued_proposals) {
    return RefuseRequest(*core, command,
                         Fail(Fault::kServiceUnavailable, "too many wait for the home"));
  }
  auto item = std::make_shared<LaneItem>();
  const chain::Proposal proposal = NextProposal(*core, *RequesterOf(command), std::move(action));
  item->n = proposal.number;
  item->body = chain::Encode(proposal);
  item->payload = std::move(payload);
  core->lanes.proposals = {item->n, chain::HashOf(item->body)};

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
  core->env.store.Write(std::move(batch), [core, home, item, command = std::move(command)](
                                              const absl::Status& status) mutable {
    OnStored(core, home, item, std::move(command), status);
  });
}

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

namespace {

// Nobody of those who asked is left to be told; his `me` is.
void TellFailed(const CorePtr& core, const store::StoredEntry& stored) {
  const absl::StatusOr<chain::Proposal> proposal = chain::DecodeProposal(stored.entry.body);
  if (!proposal.ok() || !std::holds_alternative<chain::PublishAction>(proposal->action)) return;
  const absl::StatusOr<model::UserId> author = core->env.names.UserOfGlobal(proposal->author);
  if (!author.ok()) return;
  presence::Notice notice;
  notice.what = presence::What::kInfo;
  notice.note = "failed";
  notice.actor = *author;
  core->NotifyUser(*author, notice);
}

void AnswerOutcome(const CorePtr& core, const Outcome& outcome) {
  const auto at = core->lanes.waiting.find(outcome.number);
  if (at == core->lanes.waiting.end()) return;
  const Command command = std::move(at->second.command);
  core->lanes.waiting.erase(at);
  const Requester& from = *RequesterOf(command);
  const auto* join = std::get_if<Join>(&command);
  const bool is_good = outcome.code < 400;
  if (join != nullptr && is_good && core->FindLive(from.user) != nullptr) {
    return FinishJoin(core, *join, {.before = core->FindLive(from.user)->modes()});
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
}

// Forgets entries that the home has, after telling the authors of publications it has refused and
// nobody waits for.
void Settle(const CorePtr& core, const PeerTook& took) {
  core->lanes.settled = std::max(core->lanes.settled, took.through);
  core->env.store.Write({store::EraseEntries{core->name, store::kProposalLane, took.through}},
                        [](const absl::Status& status) {
                          if (!status.ok()) {
                            base::LogWarning("settled proposals not erased",
                                             {{"error", std::string(status.message())}});
                          }
                        });
}

}  // namespace

void HandleTook(const CorePtr& core, const PeerTook& took) {
  if (!core->is_replica() || took.domain != core->record.home) return;
  for (const Outcome& outcome : took.outcomes) {
    if (outcome.number <= core->lanes.settled || outcome.number > took.through) continue;
    if (core->lanes.waiting.contains(outcome.number)) {
      AnswerOutcome(core, outcome);
      continue;
    }
    if (outcome.code < 400) continue;
    core->env.store.ListEntries(
        {core->name, store::kProposalLane, outcome.number - 1, 1},
        [core, n = outcome.number](const absl::StatusOr<std::vector<store::StoredEntry>>& found) {
          if (found.ok() && !found->empty() && found->front().entry.n == n) {
            TellFailed(core, found->front());
          }
        });
  }
  Settle(core, took);
}

void AnswerQueued(const CorePtr& core) {
  const std::map<std::int64_t, OwnProposal> waiting = std::move(core->lanes.waiting);
  core->lanes.waiting.clear();
  for (const auto& [number, proposal] : waiting) AnswerOneQueued(*core, proposal.command);
}

namespace {

constexpr std::int32_t kGiveUpPage = 256;

std::int64_t ToldThrough(const std::string& note) {
  const std::vector<Outcome> outcomes = OutcomesOf(note);
  return outcomes.empty() ? 0 : outcomes.front().number;
}

void TellExpired(const CorePtr& core, absl::Time oldest, const store::LaneRecord& lane,
                 const std::vector<store::StoredEntry>& entries) {
  std::int64_t told = 0;
  for (const store::StoredEntry& stored : entries) {
    const absl::StatusOr<chain::Proposal> proposal = chain::DecodeProposal(stored.entry.body);
    if (!proposal.ok() || proposal->time >= oldest) break;
    TellFailed(core, stored);
    told = stored.entry.n;
  }
  if (told == 0) return;
  store::LaneRecord fresh = lane;
  fresh.note = NoteOf({Outcome{told, 0, "", {}}});
  core->env.store.Write({store::PutLane{std::move(fresh), lane.n}}, [](const absl::Status& status) {
    if (!status.ok()) {
      base::LogInfo("given-up proposals are told again",
                    {{"error", std::string(status.message())}});
    }
  });
}

}  // namespace

void TellGivenUp(const CorePtr& core, absl::Time oldest) {
  core->env.store.ListLanes(
      core->name, [core, oldest](const absl::StatusOr<std::vector<store::LaneRecord>>& lanes) {
        if (!lanes.ok()) return;  // told next time
        for (const store::LaneRecord& lane : *lanes) {
          if (lane.lane != store::kProposalLane) continue;
          core->env.store.ListEntries(
              {core->name, store::kProposalLane, ToldThrough(lane.note), kGiveUpPage},
              [core, oldest, lane](const absl::StatusOr<std::vector<store::StoredEntry>>& found) {
                if (found.ok()) TellExpired(core, oldest, lane, *found);
              });
        }
      });
}

void RememberWishes(ChatCore& core) {
  for (const auto& [user, subscriber] : core.subscribers) {
    if (core.env.names.IsForeign(user) || !subscriber.is_live()) continue;
    const Subscriber* peer = core.FindLive(core.name.PeerOf(user));
    core.lanes.wishes = Wishes{user, subscriber.record.want,
                               peer == nullptr ? AccessMode::Unset() : subscriber.record.want};
  }
}

void ProposeWishes(const CorePtr& core) {
  if (!core->lanes.wishes.has_value() || core->CountLive() < 2) return;
  const Wishes wishes = *core->lanes.wishes;
  core->lanes.wishes.reset();
  Change own;
  own.from.user = wishes.user;
  own.query.sub = model::SetSub{"", wishes.want.ToString()};
  Propose(core, own, chain::SetRights{"", wishes.want.ToString()});
  const std::string peer = core->env.names.GlobalNameOf(core->name.PeerOf(wishes.user));
  Propose(core, own, chain::SetRights{peer, wishes.gift.ToString()});
}

}  // namespace molva::topic
