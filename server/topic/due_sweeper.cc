#include "topic/due_sweeper.h"

#include <algorithm>
#include <map>

#include "base/log.h"

namespace molva::topic {
namespace {

// A message that is kept for less may stay for this long.
constexpr absl::Duration kDuePeriod = absl::Seconds(5);
constexpr absl::Duration kAfterFullPage = absl::Milliseconds(500);
constexpr std::int32_t kDuePage = 1024;

}  // namespace

void DueSweeper::Sweep() {
  env_.store.ListDue(std::nullopt, env_.shard.Now() + kDuePeriod, kDuePage,
                     [this](const absl::StatusOr<std::vector<store::DueRecord>>& due) {
                       // A store of an older contract has nothing that is due, and never will.
                       if (absl::IsUnimplemented(due.status())) return;
                       absl::Duration pause = kDuePeriod;
                       if (due.ok()) {
                         pause = HandOut(*due);
                       } else {
                         base::LogWarning("cannot ask what is due",
                                          {{"error", std::string(due.status().message())}});
                       }
                       env_.shard.StartTimer(pause, [this] { Sweep(); });
                     });
}

absl::Duration DueSweeper::HandOut(const std::vector<store::DueRecord>& due) {
  const absl::Time now = env_.shard.Now();
  absl::Duration pause = kDuePeriod;
  std::map<model::TopicName, std::vector<model::SeqRange>> by_topic;
  for (const store::DueRecord& one : due) {
    if (one.when > now) {
      pause = one.when - now;
      break;
    }
    by_topic[one.topic].push_back({one.seq, one.seq + 1});
  }
  if (pause == kDuePeriod && due.size() == kDuePage) pause = kAfterFullPage;
  for (auto& [topic, ranges] : by_topic) {
    env_.outbound.Send(topic, Expire{model::NormaliseRanges(std::move(ranges))});
  }
  return pause;
}

}  // namespace molva::topic
