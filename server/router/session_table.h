// The sessions of one shard by slot number.
#pragma once

#include <atomic>
#include <vector>

#include "model/session_handle.h"
#include "router/session_sink.h"

namespace molva::router {

// Finds a session by its handle with one array access. Thread: confined to its shard; size() may be
// asked from anywhere, for metrics.
class SessionTable {
 public:
  explicit SessionTable(int shard) : shard_(shard) {}

  // `sink` stays where it is until Remove.
  model::SessionHandle Add(SessionSink& sink);
  void Remove(model::SessionHandle handle);
  // Null for a session that is gone.
  SessionSink* Find(model::SessionHandle handle) const {
    if (handle.slot >= slots_.size()) return nullptr;
    const Slot& slot = slots_[handle.slot];
    return slot.generation == handle.generation ? slot.sink : nullptr;
  }
  // Calls `visit` for each session; it must not add or remove any.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (const Slot& slot : slots_) {
      if (slot.sink != nullptr) visit(*slot.sink);
    }
  }
  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

 private:
  struct Slot {
    SessionSink* sink = nullptr;
    std::uint32_t generation = 0;
  };

  int shard_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::atomic<std::size_t> size_{0};
};

}  // namespace molva::router
