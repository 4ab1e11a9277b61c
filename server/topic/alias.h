// Aliases: tags that name one user or one group. Source: docs/protocol behaviour §12.
#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>

#include <string>
#include <vector>

#include "store/store.h"

namespace molva::topic {

inline constexpr char kAliasNamespace[] = "alias";

// Whether `tags` may take the place of `former`: of aliases there is at most
// one, and nobody else has it. Two who ask for the same one at the same moment may both get it.
// Errors: kMalformed; those of the store. `done` may be called at once.
void CheckAlias(store::Store& store, const std::vector<std::string>& tags,
                const std::vector<std::string>& former,
                absl::AnyInvocable<void(absl::Status)> done);

}  // namespace molva::topic
