#include "topic/remote/give_up.h"

#include "base/log.h"

namespace molva::topic {

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

}  // namespace molva::topic
