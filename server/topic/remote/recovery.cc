#include "topic/remote/recovery.h"

namespace molva::topic {
namespace {

// What came behind the failed entry was refused with it; the peers send it again.
void AskPeersAgain(const ChatCore& core) {
  if (core.is_replica()) {
    core.env.peers.AskAgain(core.record.home, core.name, LaneKind::kChain, core.lanes.chain.n);
  }
  for (const auto& [domain, lane] : core.lanes.taken) {
    core.env.peers.AskAgain(domain, core.name, LaneKind::kProposals, lane.head.n);
  }
}

void Retry(const CorePtr& core) {
  core->env.shard.StartTimer(absl::Seconds(1), [core] { RereadNumbers(core); });
}

void OnRead(const CorePtr& core, const store::TopicRecord* record,
            const std::vector<store::LaneRecord>& lanes) {
  if (record != nullptr) core->record.seq = record->seq;
  core->reserved_seq = core->record.seq;
  SetLanes(core->lanes, lanes);
  core->is_resyncing = false;
  AskPeersAgain(*core);
  core->Release();
}

}  // namespace

void SetLanes(Lanes& lanes, const std::vector<store::LaneRecord>& records) {
  lanes.chain = {};
  lanes.proposals = {};
  lanes.taken.clear();
  lanes.is_chain_partial = false;
  for (const store::LaneRecord& record : records) {
    const LaneHead head{record.n, record.hash};
    if (record.lane == store::kChainLane) {
      lanes.chain = head;
      lanes.is_chain_partial = !record.note.empty();
    } else if (record.lane == store::kProposalLane) {
      lanes.proposals = head;
    } else {
      lanes.taken[record.lane] = {head, OutcomesOf(record.note)};
    }
  }
}

void RereadNumbers(const CorePtr& core) {
  core->env.store.FindTopic(
      core->name, [core](absl::StatusOr<std::optional<store::TopicRecord>> found) {
        if (!found.ok()) return Retry(core);
        core->env.store.ListLanes(core->name,
                                  [core, record = *std::move(found)](
                                      const absl::StatusOr<std::vector<store::LaneRecord>>& lanes) {
                                    if (!lanes.ok()) return Retry(core);
                                    OnRead(core, record.has_value() ? &*record : nullptr, *lanes);
                                  });
      });
}

}  // namespace molva::topic
