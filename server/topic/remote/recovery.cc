#include "topic/remote/recovery.h"

#include "base/log.h"
#include "topic/remote/settle.h"

namespace molva::topic {
namespace {

// What came behind the failed entry was refused with it; the peers send it again.
void AskPeersAgain(const ChatCore& core) {
  if (core.is_replica()) {
    return core.env.peers.AskAgain(core.record.home, core.name, LaneKind::kChain,
                                   core.lanes.chain.n);
  }
  for (const auto& [domain, lane] : core.lanes.taken) {
    core.env.peers.AskAgain(domain, core.name, LaneKind::kProposals, lane.head.n);
  }
}

void Retry(const CorePtr& core) {
  core->env.shard.StartTimer(absl::Seconds(1), [core] { RereadNumbers(core); });
}

void OnRead(const CorePtr& core, const store::TopicRecord* record) {
  if (record != nullptr) core->record.seq = record->seq;
  core->reserved_seq = core->record.seq;
  core->is_resyncing = core->is_rereading = false;
  // The proposal that was being carried out comes again.
  core->lanes.cause = nullptr;
  core->lanes.replies.clear();
  AskPeersAgain(*core);
  core->Release();
}

void SetHeads(Lanes& lanes, const std::vector<store::LaneRecord>& records) {
  lanes.chain = {};
  lanes.proposals = lanes.last_settled = {};
  lanes.taken.clear();
  lanes.is_chain_partial = false;
  for (const store::LaneRecord& record : records) {
    const LaneHead head{record.n, record.hash};
    if (record.lane == store::kChainLane) {
      lanes.chain = head;
      lanes.is_chain_partial = !record.note.empty();
    } else if (record.lane == store::kProposalLane) {
      lanes.proposals = head;
      ReadNoteOfOwn(record.note, lanes);
    } else {
      lanes.taken[record.lane] = {head, OutcomesOf(record.note)};
    }
  }
}

void KeepStored(const ChatCore& core, Lanes& lanes, const store::EntryRecord& entry) {
  const absl::StatusOr<chain::Proposal> proposal = chain::DecodeProposal(entry.body);
  if (!proposal.ok()) {
    base::LogError("a stored proposal cannot be read",
                   {{"topic", core.name.ToString()}, {"n", std::to_string(entry.n)}});
    return;
  }
  const absl::StatusOr<model::UserId> author = core.env.names.UserOfGlobal(proposal->author);
  Keep(lanes, entry.n, entry.body, *proposal, author.value_or(model::UserId::Nobody()));
}

void ReadKept(const CorePtr& core, std::int64_t after,
              absl::AnyInvocable<void(absl::Status)> done) {
  core->env.store.ListEntries(
      {core->name, store::kProposalLane, after},
      [core, done = std::move(done)](
          const absl::StatusOr<std::vector<store::StoredEntry>>& entries) mutable {
        if (!entries.ok()) return done(entries.status());
        for (const store::StoredEntry& stored : *entries) {
          KeepStored(*core, core->lanes, stored.entry);
        }
        if (entries->empty()) return done(absl::OkStatus());
        ReadKept(core, entries->back().entry.n, std::move(done));
      });
}

}  // namespace

void RereadNumbers(const CorePtr& core) {
  core->env.store.FindTopic(
      core->name, [core](absl::StatusOr<std::optional<store::TopicRecord>> found) {
        if (!found.ok()) return Retry(core);
        ReadLanes(core, [core, record = *std::move(found)](const absl::Status& status) {
          status.ok() ? OnRead(core, record.has_value() ? &*record : nullptr) : Retry(core);
        });
      });
}

void ReadLanes(const CorePtr& core, absl::AnyInvocable<void(absl::Status)> done) {
  core->env.store.ListLanes(
      core->name, [core, done = std::move(done)](
                      const absl::StatusOr<std::vector<store::LaneRecord>>& lanes) mutable {
        if (!lanes.ok()) return done(lanes.status());
        SetHeads(core->lanes, *lanes);
        core->lanes.kept.clear();
        if (core->lanes.proposals.n == 0) return done(absl::OkStatus());
        ReadKept(core, 0, std::move(done));
      });
}

}  // namespace molva::topic
