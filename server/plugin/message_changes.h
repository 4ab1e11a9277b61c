// The changes to what is kept beside messages in the shape that storage plugins take.
#pragma once

#include <absl/time/time.h>

#include "plugin/lane_changes.h"

namespace molva::plugin {

// Each borrows the texts of the change.
Change ToChange(const store::PutUid& put, absl::Time now, Arena& arena);
Change ToChange(const store::EraseUids& erase, absl::Time now, Arena& arena);
Change ToChange(const store::PutDue& put, absl::Time now, Arena& arena);
Change ToChange(const store::PutReaction& put, absl::Time now, Arena& arena);
Change ToChange(const store::EraseReaction& erase, absl::Time now, Arena& arena);
Change ToChange(const store::PutWords& put, absl::Time now, Arena& arena);
Change ToChange(const store::EndWords& end, absl::Time now, Arena& arena);

}  // namespace molva::plugin
