#include "federation/peer/ack_book.h"

#include <algorithm>
#include <utility>

namespace molva::federation {

void AckBook::Restart() { told_.clear(); }

void AckBook::Add(LaneKey key, std::int64_t through, std::vector<topic::Outcome> outcomes) {
  Row& row = rows_[key];
  row.through = std::max(row.through, through);
  if (outcomes.empty()) return;
  const auto told = told_.find(key);
  const std::int64_t known = told == told_.end() ? 0 : told->second;
  std::erase_if(outcomes, [&](const topic::Outcome& outcome) { return outcome.number <= known; });
  // The topic always gives all that it remembers, so the newer list has what the former had.
  if (!outcomes.empty()) row.outcomes = std::move(outcomes);
}

Ack AckBook::Take(const names::NameBook& names) {
  Ack ack;
  std::size_t bytes = 0;
  while (!rows_.empty() && ack.topics.size() < kMaxRows && bytes < kMaxBytes) {
    auto [key, row] = std::move(*rows_.begin());
    rows_.erase(rows_.begin());
    TopicProgress progress{names.GlobalNameOf(key.topic), 0, 0, {}};
    bytes += progress.topic.size() + 32;
    if (key.kind == topic::LaneKind::kChain) {
      progress.events = row.through;
    } else {
      progress.proposals = row.through;
    }
    if (!row.outcomes.empty()) {
      if (told_.size() >= kMaxTold) told_.clear();
      for (const topic::Outcome& outcome : row.outcomes) {
        bytes += outcome.text.size() + outcome.params.text.size() + 32;
        told_[key] = std::max(told_[key], outcome.number);
      }
      progress.outcomes = std::move(row.outcomes);
    }
    ack.topics.push_back(std::move(progress));
  }
  return ack;
}

}  // namespace molva::federation
