// Steps that may wait for the store, run strictly one after another.
#pragma once

#include <absl/functional/any_invocable.h>

#include <memory>
#include <utility>
#include <vector>

namespace molva::topic {

// Runs its steps in order; each calls `next` once when it is done, at once or later. Held alive by
// the `next` of the running step. Thread: confined to one shard.
class Sequence : public std::enable_shared_from_this<Sequence> {
 public:
  using Next = absl::AnyInvocable<void()>;
  using Step = absl::AnyInvocable<void(Next next)>;

  void Add(Step step) { steps_.push_back(std::move(step)); }
  void Run() {
    if (at_ == steps_.size()) return;
    Step step = std::move(steps_[at_++]);
    step([self = shared_from_this()] { self->Run(); });
  }

 private:
  std::vector<Step> steps_;
  std::size_t at_ = 0;
};

using SequencePtr = std::shared_ptr<Sequence>;
inline SequencePtr MakeSequence() { return std::make_shared<Sequence>(); }

}  // namespace molva::topic
