#include "app/store_probe.h"

#include <fmt/core.h>

#include <string>
#include <utility>

#include "base/log.h"
#include "base/strings.h"

namespace molva::app {
namespace {

constexpr absl::Duration kBeat = absl::Seconds(1);
constexpr std::size_t kBeatsPerWrite = 10;
constexpr absl::Duration kOverdue = absl::Seconds(5);

}  // namespace

void StoreProbe::Start() {
  shard_.Post([this] { Beat(); });
}

void StoreProbe::Beat() {
  memory_.Sample();
  LookAtWrites();
  shard_.StartTimer(kBeat, [this] { Beat(); });
  if (beats_++ % kBeatsPerWrite != 0) return;
  {
    const runtime::MutexLock lock(mutex_);
    if (is_waiting_) return;  // one at a time; LastResult tells that it is overdue
    is_waiting_ = true;
    asked_ = shard_.Now();
  }
  store::Batch batch;
  batch.push_back(store::PutValue{"node.probe", absl::FormatTime(shard_.Now())});
  store_.Write(std::move(batch), [this](absl::Status status) { Keep(std::move(status)); });
}

void StoreProbe::LookAtWrites() {
  const Counts now = count_();
  const std::uint64_t failed = now.failed - former_.failed;
  const std::uint64_t answered = now.answered - former_.answered;
  former_ = now;
  if (failed + answered == 0) return;
  const bool are_failing = failed > answered;
  const runtime::MutexLock lock(mutex_);
  if (are_failing && failing_ == 0) base::LogError("the store refuses most writes");
  if (!are_failing && failing_ != 0) base::LogInfo("the store takes writes again");
  failing_ = are_failing ? failed : 0;
}

void StoreProbe::Keep(absl::Status status) {
  const runtime::MutexLock lock(mutex_);
  is_waiting_ = false;
  if (status.ok() != last_.ok() && !status.ok()) {
    base::LogError("the store does not take writes",
                   {{"error", std::string(base::ToStd(status.message()))}});
  }
  last_ = std::move(status);
}

absl::Status StoreProbe::LastResult() const {
  const runtime::MutexLock lock(mutex_);
  const absl::Duration waited = shard_.Now() - asked_;
  if (is_waiting_ && waited > kOverdue) {
    return absl::UnavailableError(fmt::format("no answer for {} s", absl::ToInt64Seconds(waited)));
  }
  if (last_.ok() && failing_ > 0) {
    return absl::UnavailableError(fmt::format("{} writes failed within a second", failing_));
  }
  return last_;
}

}  // namespace molva::app
