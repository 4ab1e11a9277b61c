#include "topic/remote/settle.h"

#include <algorithm>

#include "base/log.h"
#include "topic/remote/answers.h"
#include "topic/remote/event_rules.h"

namespace molva::topic {
namespace {

using State = KeptProposal::State;

constexpr char kFailed[] = "failed";
constexpr std::size_t kMostUntold = 1024;

// Nobody of those who asked is left to be told; the author's `me` is.
void TellFailed(ChatCore& core, const KeptProposal& kept) {
  if (!kept.is_publication || kept.author.is_nobody()) return;
  auto& untold = core.lanes.untold;
  const bool has_room = untold.size() < kMostUntold || untold.contains(kept.author);
  if (core.sessions.CountOf(kept.author) == 0 && has_room) ++untold[kept.author];
  presence::Notice notice;
  notice.what = presence::What::kInfo;
  notice.note = kFailed;
  notice.actor = kept.author;
  core.NotifyUser(kept.author, notice);
}

// Returns whether that was news.
bool SettleByOutcome(const CorePtr& core, const Outcome& outcome) {
  const auto at = core->lanes.kept.find(outcome.number);
  if (at == core->lanes.kept.end() || at->second.state == State::kSettled) return false;
  at->second.state = State::kSettled;
  if (!AnswerOutcome(core, outcome) && outcome.code >= 400) TellFailed(*core, at->second);
  return true;
}

// Proposals that the home took before the last one that led to an event, and of which it tells
// neither: it remembers only so many outcomes.
bool SettleForgotten(const CorePtr& core, std::int64_t through) {
  const std::int64_t last = std::min(through, core->lanes.last_settled.n);
  const model::FaultRow& row = model::RowOf(model::Fault::kInternalError);
  bool has_changed = false;
  for (auto& [n, kept] : core->lanes.kept) {
    if (n > last) break;
    if (kept.state == State::kPerhaps) {
      kept.state = State::kSettled;
      has_changed = true;
    } else if (SettleByOutcome(core, {n, row.code, std::string(row.text), {}})) {
      has_changed = true;
    }
  }
  return has_changed;
}

store::PutLane NoteOfLane(const ChatCore& core) {
  const LaneHead& head = core.lanes.proposals;
  const std::string note = NoteOfOwn(core.lanes);
  return {{core.name, store::kProposalLane, head.n, head.hash, note}, head.n};
}

void Write(const CorePtr& core, store::Batch batch) {
  core->env.store.Write(std::move(batch), [](const absl::Status& status) {
    if (!status.ok()) {
      base::LogWarning("what became of proposals is not stored",
                       {{"error", std::string(status.message())}});
    }
  });
}

}  // namespace

void Keep(Lanes& lanes, std::int64_t n, const std::string& body, const chain::Proposal& proposal,
          model::UserId author) {
  KeptProposal kept;
  kept.hash = chain::HashOf(body);
  kept.author = author;
  kept.made = proposal.time;
  kept.is_publication = std::holds_alternative<chain::PublishAction>(proposal.action);
  if (n <= lanes.last_settled.n) kept.state = State::kPerhaps;
  lanes.kept[n] = std::move(kept);
}

void SettleByEvent(Lanes& lanes, const LaneItem& item) {
  const std::int64_t n = item.proposal->number;
  if (lanes.last_settled.n == n) return;
  const auto at = lanes.kept.find(n);
  if (at == lanes.kept.end()) {
    lanes.last_settled = {n, chain::HashOf(item.cause)};
    return;
  }
  at->second.state = State::kSettled;
  lanes.last_settled = {n, at->second.hash};  // CheckEnvelope has compared it
}

void StoreSettled(ChatCore& core, const std::string& home, store::Batch& batch) {
  Lanes& lanes = core.lanes;
  std::int64_t through = 0;
  while (!lanes.kept.empty() && lanes.kept.begin()->second.state == State::kSettled) {
    through = lanes.kept.begin()->first;
    lanes.kept.erase(lanes.kept.begin());
  }
  batch.emplace_back(NoteOfLane(core));
  if (through == 0) return;
  batch.emplace_back(store::EraseEntries{core.name, store::kProposalLane, through});
  store::DeliveryRecord delivery;
  delivery.peer = home;
  delivery.topic = core.name;
  delivery.lane = store::kProposalLane;
  delivery.acked = through;
  batch.emplace_back(store::ConfirmDelivery{std::move(delivery)});
}

void HandleTook(const CorePtr& core, const PeerTook& took) {
  // Only a server that may be the home has been sent proposals; the topic may have ended since.
  if (!MayBeHome(*core, took.domain)) return;
  bool has_changed = false;
  for (const Outcome& outcome : took.outcomes) {
    if (SettleByOutcome(core, outcome)) has_changed = true;
  }
  if (SettleForgotten(core, took.through)) has_changed = true;
  if (!has_changed) return;
  store::Batch batch;
  StoreSettled(*core, took.domain, batch);
  Write(core, std::move(batch));
}

void TellGivenUp(const CorePtr& core, absl::Time oldest) {
  Lanes& lanes = core->lanes;
  const std::int64_t before = lanes.told_through;
  for (const auto& [n, kept] : lanes.kept) {
    if (kept.made >= oldest) break;
    if (n <= lanes.told_through) continue;
    if (kept.state == State::kOpen) TellFailed(*core, kept);
    lanes.told_through = n;
  }
  if (lanes.told_through != before) Write(core, {NoteOfLane(*core)});
}

void TellUntold(const CorePtr& core, const Requester& to) {
  const auto untold = core->lanes.untold.extract(to.user);
  if (untold.empty()) return;
  model::Info info;
  info.topic = core->ClientName(to.user);
  info.from = core->TextOf(to.user);
  info.what = kFailed;
  for (std::int64_t i = 0; i < untold.mapped(); ++i) core->Send(to, info);
  Write(core, {NoteOfLane(*core)});
}

}  // namespace molva::topic
