#include "router/session_table.h"

#include "base/check.h"

namespace molva::router {

model::SessionHandle SessionTable::Add(SessionSink& sink) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t at = free_.back();
  free_.pop_back();
  Slot& slot = slots_[at];
  slot.sink = &sink;
  if (++slot.generation == 0) slot.generation = 1;
  size_.fetch_add(1, std::memory_order_relaxed);
  return {static_cast<std::uint16_t>(shard_), at, slot.generation};
}

void SessionTable::Remove(model::SessionHandle handle) {
  MOLVA_CHECK(Find(handle) != nullptr, "the session is not in the table");
  slots_[handle.slot].sink = nullptr;
  // The next Add raises the generation; until then no handle fits.
  ++slots_[handle.slot].generation;
  free_.push_back(handle.slot);
  size_.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace molva::router
