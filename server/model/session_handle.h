// How the rest of the core names a session without holding it.
#pragma once

#include <compare>
#include <cstdint>
#include <utility>

namespace molva::model {

// Names one session of this process. Stale handles are harmless: the generation tells them apart.
// A default handle names none.
struct SessionHandle {
  std::uint16_t shard = 0;
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;  // never zero for a real session

  bool is_none() const { return generation == 0; }
  friend auto operator<=>(const SessionHandle&, const SessionHandle&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const SessionHandle& handle) {
    return H::combine(std::move(state), handle.shard, handle.slot, handle.generation);
  }
};

}  // namespace molva::model
