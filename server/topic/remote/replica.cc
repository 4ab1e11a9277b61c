#include "topic/remote/replica.h"

#include "base/log.h"
#include "topic/remote/applier.h"
#include "topic/remote/judged_events.h"
#include "topic/remote/wishes.h"

namespace molva::topic {
namespace {

using model::TopicKind;
using model::UserId;

// Both servers may have taken themselves for the home: the smaller domain is. The other drops what
// it has begun, which nobody could write to yet, and proposes what its user wants.
bool MayYield(const ChatCore& core, const std::string& domain, const LaneItem& first) {
  return core.exists && !core.is_replica() && core.name.kind() == TopicKind::kP2p &&
         domain < core.env.names.domain() && core.record.seq == 0 &&
         first.n <= core.lanes.chain.n &&
         std::holds_alternative<chain::TopicState>(first.event->state);
}

// Whether the topic as it is began at the first of `entries`, behind the same past as `event`.
bool HasBegunWith(const std::vector<store::StoredEntry>& entries, std::int64_t last,
                  const chain::Event& event) {
  if (entries.empty() || entries.back().entry.n != last) return false;
  for (const store::StoredEntry& stored : entries) {
    const absl::StatusOr<chain::Event> own = chain::DecodeEvent(stored.entry.body);
    if (!own.ok()) return false;
    const bool begins = std::holds_alternative<chain::TopicState>(own->state);
    if (begins != (stored.entry.n == event.n)) return false;
    if (begins && own->prev != event.prev) return false;
  }
  return true;
}

void Yield(const CorePtr& core, const std::string& domain, const chain::Event& event) {
  const LaneHead past{event.n - 1, event.prev};
  store::Batch batch;
  if (past.n == 0) {
    batch.emplace_back(store::DropLane{core->name, store::kChainLane});
  } else {
    batch.emplace_back(store::PutLane{{core->name, store::kChainLane, past.n, past.hash, ""},
                                      core->lanes.chain.n});
    // What was to be sent is gone.
    const std::int64_t all = core->lanes.chain.n;
    batch.emplace_back(store::ConfirmDelivery{{domain, core->name, store::kChainLane, all, all}});
  }
  batch.emplace_back(store::EraseTopic{core->name, true});
  core->env.store.Write(std::move(batch), [core, domain, past](const absl::Status& status) {
    if (!status.ok()) {
      core->Recover();
      return core->Release();
    }
    RememberWishes(*core);
    core->lanes.chain = past;
    core->exists = false;
    core->record = {};
    core->reserved_seq = 0;
    core->subscribers.clear();
    core->Changed();
    core->env.peers.AskAgain(domain, core->name, LaneKind::kChain, past.n);
    core->Release();
  });
}

// Yields if both have begun at the same point; what came is asked for again then.
void ConsiderYielding(const CorePtr& core, const std::string& domain, const LaneItemPtr& first) {
  // More than can happen to a topic in which nobody may write.
  constexpr std::int32_t kMostEntries = 1024;
  core->Hold();
  core->env.store.ListEntries(
      {core->name, store::kChainLane, first->n - 1, kMostEntries},
      [core, domain, first](const absl::StatusOr<std::vector<store::StoredEntry>>& found) {
        if (found.ok() && HasBegunWith(*found, core->lanes.chain.n, *first->event)) {
          return Yield(core, domain, *first->event);
        }
        if (found.ok()) {
          core->env.peers.Refuse(domain, core->name, LaneKind::kChain, first->n, Refusal::kNotHome);
        } else {
          core->env.peers.AskAgain(domain, core->name, LaneKind::kChain, first->n - 1);
        }
        core->Release();
      });
}

// What comes again must be what came. Of the last event that is known here; another body under an
// earlier number comes to nothing, and what would follow it does not fit.
bool ContradictsLast(const LaneHead& last, const LaneItem& item) {
  return item.n == last.n && chain::HashOf(item.body) != last.hash;
}

// Asks the store; the events are offered again then.
void CheckOwnUser(const CorePtr& core, UserId user) {
  core->Hold();
  core->env.store.FindUser(
      user, [core, user](const absl::StatusOr<std::optional<store::UserRecord>>& found) {
        // After a failure it is asked again.
        if (found.ok()) core->lanes.own_users[user] = found->has_value();
        core->Release();
      });
}

}  // namespace

std::size_t ApplyEvents(const CorePtr& core, const PeerEntries& entries) {
  std::size_t at = 0;
  const auto& items = entries.items;
  if (!items.empty() && MayYield(*core, entries.domain, *items.front())) {
    ConsiderYielding(core, entries.domain, items.front());
    return items.size();
  }
  if (core->exists && core->record.home != entries.domain && !items.empty()) {
    core->env.peers.Refuse(entries.domain, core->name, LaneKind::kChain, items.front()->n,
                           Refusal::kNotHome);
    return items.size();
  }
  for (; at < items.size() && items[at]->n <= core->lanes.chain.n; ++at) {
    if (!ContradictsLast(core->lanes.chain, *items[at])) continue;
    core->env.peers.Refuse(entries.domain, core->name, LaneKind::kChain, items[at]->n,
                           Refusal::kBadChain);
    return items.size();
  }
  if (at == items.size()) {
    core->env.peers.Acknowledge(entries.domain, core->name, LaneKind::kChain, core->lanes.chain.n,
                                {});
    return at;
  }
  if (items[at]->n > core->lanes.chain.n + 1) {
    core->env.peers.AskAgain(entries.domain, core->name, LaneKind::kChain, core->lanes.chain.n);
    return items.size();
  }
  if (core->env.services.moderator != nullptr && AwaitVerdicts(core, items, at)) return at;
  const auto applier = std::make_shared<Applier>(core, entries.domain);
  at += applier->Take(items, at);
  if (applier->refusal().has_value()) {
    base::LogWarning("an event of another server is refused",
                     {{"peer", entries.domain},
                      {"topic", core->name.ToString()},
                      {"n", std::to_string(applier->refused_n())},
                      {"reason", std::string(WordOf(*applier->refusal()))}});
    core->env.peers.Refuse(entries.domain, core->name, LaneKind::kChain, applier->refused_n(),
                           *applier->refusal());
    at = items.size();
  }
  if (!applier->is_empty()) applier->Commit();
  if (applier->unknown_user().has_value()) CheckOwnUser(core, *applier->unknown_user());
  if (at == items.size()) core->lanes.judged.clear();
  return at;
}

}  // namespace molva::topic
