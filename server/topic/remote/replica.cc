#include "topic/remote/replica.h"

#include "base/log.h"
#include "topic/remote/applier.h"
#include "topic/remote/wishes.h"

namespace molva::topic {
namespace {

using model::TopicKind;
using model::UserId;

// Both servers took themselves for the home: the smaller domain is. The other drops its chain,
// which nobody could write to yet, and proposes what its user wants.
bool Yields(const ChatCore& core, const std::string& domain) {
  return core.exists && !core.is_replica() && core.name.kind() == TopicKind::kP2p &&
         domain < core.env.names.domain() && core.record.seq == 0;
}

void Yield(const CorePtr& core) {
  core->Hold();
  core->env.store.Write(
      {store::DropLane{core->name, store::kChainLane}, store::EraseTopic{core->name, true}},
      [core](const absl::Status& status) {
        if (!status.ok()) {
          core->Recover();
          return core->Release();
        }
        RememberWishes(*core);
        core->lanes.chain = {};
        core->exists = false;
        core->record = {};
        core->reserved_seq = 0;
        core->subscribers.clear();
        core->Changed();
        core->Release();
      });
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
  if (Yields(*core, entries.domain) && !items.empty() && items.front()->n == 1) {
    Yield(core);
    return 0;
  }
  if (core->exists && core->record.home != entries.domain && !items.empty()) {
    core->env.peers.Refuse(entries.domain, core->name, LaneKind::kChain, items.front()->n,
                           Refusal::kNotHome);
    return items.size();
  }
  while (at < items.size() && items[at]->n <= core->lanes.chain.n) ++at;
  if (at == items.size()) {
    core->env.peers.Acknowledge(entries.domain, core->name, LaneKind::kChain, core->lanes.chain.n,
                                {});
    return at;
  }
  if (items[at]->n > core->lanes.chain.n + 1) {
    core->env.peers.AskAgain(entries.domain, core->name, LaneKind::kChain, core->lanes.chain.n);
    return items.size();
  }
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
  return at;
}

}  // namespace molva::topic
