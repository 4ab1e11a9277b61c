#include "moderation/bench.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/log.h"
#include "base/strings.h"

namespace molva::moderation {
namespace {

using Seats = std::vector<std::unique_ptr<Seat>>;

std::string_view WordOf(Subject subject) {
  switch (subject) {
    case Subject::kMessage:
      return "message";
    case Subject::kAccount:
      return "account";
    case Subject::kContact:
      break;
  }
  return "contact";
}

bool EndsIt(Ruling ruling) { return ruling != Ruling::kAccept && ruling != Ruling::kReplace; }

// A reason is from outside, but one line and short: see Judge.
void Log(const Case& what, const Verdict& verdict) {
  const auto word = JudgeStats::kRulings[static_cast<std::size_t>(verdict.ruling)];
  base::LogInfo("moderation", {{"verdict", std::string(word)},
                               {"plugin", verdict.by},
                               {"what", std::string(WordOf(what.subject))},
                               {"topic", what.topic},
                               {"author", what.author},
                               {"reason", verdict.reason}});
}

// One case on its way along the bench. Held alive by the answer or the timer that it waits for.
class Hearing : public std::enable_shared_from_this<Hearing> {
 public:
  Hearing(runtime::Shard& shard, const Seats& seats, Case what, Moderator::Done done)
      : shard_(shard),
        seats_(seats),
        case_(std::make_shared<const Case>(std::move(what))),
        done_(std::move(done)) {}

  void AskNext() {
    while (next_ < seats_.size() && !seats_[next_]->judge->Wants(case_->subject)) ++next_;
    if (next_ == seats_.size()) return done_(std::move(verdict_));
    Seat& seat = *seats_[next_++];
    const std::size_t round = next_;
    // An answer comes on any thread; of it and the deadline the first one here counts.
    timer_ = shard_.StartTimer(seat.deadline, [self = shared_from_this(), &seat, round] {
      if (self->next_ != round || self->is_answered_) return;
      seat.judge->Forget(self->ticket_);
      ++seat.stats.overdue;
      self->OnAnswer(seat, absl::DeadlineExceededError("no verdict in time"));
    });
    is_answered_ = false;
    ticket_ = seat.judge->Ask(case_, [&shard = shard_, self = shared_from_this(), &seat,
                                      round](absl::StatusOr<Verdict> answer) mutable {
      shard.Post([self = std::move(self), &seat, round, answer = std::move(answer)]() mutable {
        if (self->next_ != round || self->is_answered_) return;
        self->shard_.CancelTimer(self->timer_);
        self->OnAnswer(seat, std::move(answer));
      });
    });
  }

 private:
  void OnAnswer(Seat& seat, absl::StatusOr<Verdict> answer) {
    is_answered_ = true;
    if (!answer.ok()) answer = OnFailure(seat, answer.status());
    if (answer->by.empty()) return AskNext();
    ++seat.stats.verdicts[static_cast<std::size_t>(answer->ruling)];
    if (answer->ruling != Ruling::kAccept) Log(*case_, *answer);
    if (EndsIt(answer->ruling)) return done_(*std::move(answer));
    if (answer->ruling == Ruling::kReplace) Replace(*std::move(answer));
    AskNext();
  }

  // What stands for the verdict of a judge that gives none; of nobody if the case may go on.
  Verdict OnFailure(Seat& seat, const absl::Status& why) const {
    const bool passes = seat.on_failure == moderation::OnFailure::kOpen;
    base::LogWarning("a moderation plugin failed",
                     {{"plugin", std::string(seat.judge->name())},
                      {"error", std::string(base::ToStd(why.message()))},
                      {"case", passes ? "goes on" : "is refused"}});
    Verdict verdict;
    verdict.ruling = Ruling::kUnavailable;
    verdict.by = passes ? "" : seat.judge->name();
    verdict.reason = "no verdict";
    if (passes) ++seat.stats.verdicts[static_cast<std::size_t>(Ruling::kUnavailable)];
    return verdict;
  }

  void Replace(Verdict verdict) {
    auto changed = std::make_shared<Case>(*case_);
    if (verdict.has_head) changed->head = verdict.head;
    if (!verdict.content.empty()) changed->content = verdict.content;
    case_ = std::move(changed);
    verdict_.ruling = Ruling::kReplace;
    verdict_.by = std::move(verdict.by);
    verdict_.reason = std::move(verdict.reason);
    verdict_.has_head |= verdict.has_head;
    if (verdict.has_head) verdict_.head = std::move(verdict.head);
    if (!verdict.content.empty()) verdict_.content = std::move(verdict.content);
  }

  runtime::Shard& shard_;
  const Seats& seats_;
  std::shared_ptr<const Case> case_;  // shared with a judge who reads it on his thread
  Moderator::Done done_;
  Verdict verdict_;  // what was replaced so far
  std::size_t next_ = 0;
  Judge::Ticket ticket_ = 0;
  runtime::TimerId timer_ = runtime::TimerId::kNone;
  bool is_answered_ = false;
};

}  // namespace

bool Bench::Wants(Subject subject) const {
  return std::any_of(seats_.begin(), seats_.end(),
                     [subject](const auto& seat) { return seat->judge->Wants(subject); });
}

void Bench::Consider(Case what, Done done) {
  // From the mailbox: nothing is to be decided inside the call.
  shard_.Post([hearing = std::make_shared<Hearing>(shard_, seats_, std::move(what),
                                                   std::move(done))] { hearing->AskNext(); });
}

}  // namespace molva::moderation
