// Orderly stop: refuse new work, wait for what is in flight, then go on.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>

#include "base/check.h"
#include "runtime/shard.h"

namespace molva::runtime {

// Counts the work in flight. Whoever starts something that outlasts the call enters first and
// keeps the pass until it is done.
//
// Thread: confined to one shard. Owns nothing; it must outlive its passes.
class Gate {
 public:
  // One piece of work in flight; leaving is the destructor.
  class Pass {
   public:
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Pass& operator=(Pass&& other) noexcept {
      std::swap(gate_, other.gate_);
      return *this;
    }
    ~Pass() {
      if (gate_ != nullptr) gate_->Leave();
    }

   private:
    friend class Gate;
    explicit Pass(Gate& gate) : gate_(&gate) {}
    Gate* gate_;
  };

  Gate() = default;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  ~Gate() { MOLVA_CHECK(inside_ == 0, "a gate outlives its passes"); }

  // Nullopt once the gate is closed.
  [[nodiscard]] std::optional<Pass> Enter() {
    if (closed_) return std::nullopt;
    ++inside_;
    return Pass(*this);
  }

  // Lets nobody in any more; `when_empty` runs as the last one leaves, or at once if there is
  // none. A gate closes once.
  void Close(Task when_empty) {
    MOLVA_CHECK(!closed_, "a gate closes once");
    closed_ = true;
    if (inside_ == 0) return when_empty();
    when_empty_ = std::move(when_empty);
  }

  bool closed() const { return closed_; }
  std::size_t inside() const { return inside_; }

 private:
  void Leave() {
    if (--inside_ > 0 || !closed_) return;
    // The task may destroy the gate: nothing may follow it.
    Task when_empty = std::move(when_empty_);
    when_empty();
  }

  std::size_t inside_ = 0;
  bool closed_ = false;
  Task when_empty_;
};

}  // namespace molva::runtime
