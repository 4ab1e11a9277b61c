// Faults that the simulator plants to show that it would find them. They exist in its build only.
#pragma once

#include <cstdint>

namespace molva::topic {

enum class PlantedBug : std::uint8_t {
  kSkipOutbox,          // messages are handed to the link but no delivery is kept
  kDropDedupe,          // a proposal that was taken is taken again
  kAckBeforeCommit,     // an entry is acknowledged before it is on disk
  kTrustForeignAuthor,  // whoever the home names as author is believed
  kForgetResume,        // where the peer got to is not asked after a reconnect
};

#ifdef MOLVA_SIM_BUGS
bool Planted(PlantedBug bug);
void Plant(PlantedBug bug);
void UprootAll();
#else
constexpr bool Planted(PlantedBug) { return false; }
#endif

}  // namespace molva::topic
