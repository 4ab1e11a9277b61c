// Entries as the store has them, made ready to travel.
#pragma once

#include <absl/time/time.h>

#include <vector>

#include "federation/peer/lane_key.h"
#include "names/name_book.h"
#include "store/store.h"
#include "topic/peer_port.h"

namespace molva::federation {

// Payloads get global names. Publications proposed before `oldest` were given up and travel without
// theirs, so that they come to nothing. What cannot be read ends the list: it is logged.
std::vector<topic::LaneItemPtr> MakeItems(const names::NameBook& names, LaneKey key,
                                          std::vector<store::StoredEntry> entries,
                                          absl::Time oldest);

}  // namespace molva::federation
