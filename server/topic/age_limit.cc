#include "topic/age_limit.h"

#include <utility>

namespace molva::topic {
namespace {

using model::SeqId;
using model::SeqRange;

std::vector<SeqRange> From(SeqId first, const std::vector<SeqRange>& ranges) {
  std::vector<SeqRange> rest;
  for (const SeqRange& range : ranges) {
    if (range.hi > first) rest.push_back({std::max(range.low, first), range.hi});
  }
  return rest;
}

// Looks for the first message that is young enough: numbers and times grow together.
// Owns: itself, through the completion of the read that is under way.
class AgeSearch : public std::enable_shared_from_this<AgeSearch> {
 public:
  AgeSearch(CorePtr core, std::vector<SeqRange> ranges, store::Done<std::vector<SeqRange>> done)
      : core_(std::move(core)),
        oldest_(core_->env.shard.Now() - core_->env.limits.delete_age),
        ranges_(std::move(ranges)),
        done_(std::move(done)),
        low_(ranges_.front().low),
        high_(ranges_.back().hi) {
    core_->Hold();
  }

  void Step() {
    if (low_ == high_) return Finish();
    const SeqId middle = low_ + (high_ - low_) / 2;
    store::MessageQuery query;
    query.topic = core_->name;
    query.ranges = {{low_, middle + 1}};
    query.limit = 1;  // the newest
    core_->env.store.ListMessages(
        std::move(query), [self = shared_from_this(),
                           middle](const absl::StatusOr<std::vector<store::MessageRecord>>& found) {
          if (!found.ok()) return self->Answer(found.status());
          // None: all of this half has been deleted, which does not matter any more.
          if (found->empty() || found->front().created < self->oldest_) {
            self->low_ = middle + 1;
          } else {
            self->high_ = found->front().seq;
          }
          self->Step();
        });
  }

 private:
  void Finish() {
    std::vector<SeqRange> young = From(high_, ranges_);
    if (young.empty()) {
      return Answer(model::Fail(model::Fault::kPermissionDenied, "the messages are too old"));
    }
    Answer(std::move(young));
  }

  void Answer(absl::StatusOr<std::vector<SeqRange>> young) {
    done_(std::move(young));
    core_->Release();
  }

  const CorePtr core_;
  const absl::Time oldest_;
  const std::vector<SeqRange> ranges_;
  store::Done<std::vector<SeqRange>> done_;
  SeqId low_;   // what is below is too old
  SeqId high_;  // what is there or above is young enough
};

}  // namespace

void CutToAge(const CorePtr& core, std::vector<SeqRange> ranges,
              store::Done<std::vector<SeqRange>> done) {
  if (core->env.limits.delete_age == absl::InfiniteDuration()) return done(std::move(ranges));
  std::make_shared<AgeSearch>(core, std::move(ranges), std::move(done))->Step();
}

}  // namespace molva::topic
