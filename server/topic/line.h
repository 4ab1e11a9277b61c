// A line of errands that wait for the store, one at a time.
#pragma once

#include <absl/functional/any_invocable.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <utility>

namespace molva::topic {

// Unlike a Sequence it is there for good: what is added while an errand runs waits for it. Held
// alive by the `next` of the running errand. Thread: confined to one shard.
class Line : public std::enable_shared_from_this<Line> {
 public:
  using Next = absl::AnyInvocable<void()>;
  using Errand = absl::AnyInvocable<void(Next next)>;

  explicit Line(std::size_t most) : most_(most) {}

  // false: too many wait, nothing was taken.
  [[nodiscard]] bool Add(Errand errand) {
    if (errands_.size() >= most_) return false;
    errands_.push_back(std::move(errand));
    if (!is_busy_) Run();
    return true;
  }
  bool is_busy() const { return is_busy_; }

 private:
  void Run() {
    is_busy_ = !errands_.empty();
    if (!is_busy_) return;
    Errand errand = std::move(errands_.front());
    errands_.pop_front();
    errand([self = shared_from_this()] { self->Run(); });
  }

  const std::size_t most_;
  std::deque<Errand> errands_;
  bool is_busy_ = false;
};

}  // namespace molva::topic
