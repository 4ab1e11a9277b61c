// The topic `sys`: anybody reports to the administrators, who read and answer elsewhere. What
// differs from other chat topics.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// `sys` belongs to the node: it is made when it is first asked for.
void CreateSys(const CorePtr& core, absl::AnyInvocable<void(absl::Status)> done);

// The rights of an administrator who comes in; `requested` may be unset, `former` too.
// Errors: kPermissionDenied for everybody else.
absl::StatusOr<Modes> ModesInSys(model::AuthLevel level, std::optional<Modes> former,
                                 model::AccessMode requested);

}  // namespace molva::topic
