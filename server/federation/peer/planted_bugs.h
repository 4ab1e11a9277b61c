// Faults that the simulator plants to prove that it would find them. Without MOLVA_SIM_BUGS, which
// only a library of its tests defines, there are none.
#pragma once

#include <cstdint>

namespace molva::federation {

enum class Bug : std::uint8_t {
  kSkipOutbox,          // what a peer must get is not written down
  kDropDedupe,          // what came already takes effect again
  kAckBeforeCommit,     // acknowledges what the disk does not have yet
  kTrustForeignAuthor,  // takes a peer's word for users of other domains
  kForgetResume,        // after a reconnect goes on with what is new
};

#ifdef MOLVA_SIM_BUGS
// Whether `bug` is planted in this process. Set by the simulator before it builds a node.
bool Planted(Bug bug);
void Plant(Bug bug);
void PlantNone();
#else
constexpr bool Planted(Bug) { return false; }
#endif

}  // namespace molva::federation
