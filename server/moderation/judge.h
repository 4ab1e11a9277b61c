// One who judges, and how he fares.
#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <array>
#include <atomic>
#include <memory>
#include <string_view>

#include "moderation/case.h"

namespace molva::moderation {

// Thread: any, several at once.
class Judge {
 public:
  using Answer = absl::AnyInvocable<void(absl::StatusOr<Verdict>)>;
  using Ticket = std::uint64_t;

  virtual ~Judge() = default;
  virtual std::string_view name() const = 0;
  virtual bool Wants(Subject subject) const = 0;
  // `answer` is called once, on any thread, unless the ticket is given back before or the judge
  // goes; perhaps from inside the call.
  // Errors: kUnavailable if too many cases wait; kInvalidArgument for an answer that is none.
  virtual Ticket Ask(std::shared_ptr<const Case> what, Answer answer) = 0;
  // The answer is not wanted any more. What comes all the same is counted as late.
  virtual void Forget(Ticket ticket) = 0;
};

enum class OnFailure : std::uint8_t { kOpen, kClosed };

// Verdicts since the start, by ruling, and what was none. Thread: any.
struct JudgeStats {
  static constexpr std::array<std::string_view, 6> kRulings = {"accept",     "drop",    "refuse",
                                                               "quarantine", "replace", "failed"};
  std::array<std::atomic<std::uint64_t>, kRulings.size()> verdicts{};
  std::atomic<std::uint64_t> overdue{0};  // of the failed ones: no answer before the deadline
};

// A judge's place on the bench. Shared by all shards.
struct Seat {
  std::unique_ptr<Judge> judge;
  absl::Duration deadline = absl::Seconds(2);
  OnFailure on_failure = OnFailure::kClosed;
  JudgeStats stats = {};
};

}  // namespace molva::moderation
