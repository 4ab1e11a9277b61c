// What a moderation plugin says, as the node may use it.
#pragma once

#include <absl/status/statusor.h>

#include "moderation/case.h"
#include "molva/moderation_plugin.h"

namespace molva::plugin {

// Errors: kInvalidArgument, saying what is wrong: a ruling that there is not, a reason that is not
//         one short line of UTF-8, a replacement that is no JSON of at most `max_bytes`, or that
//         changes nothing.
absl::StatusOr<moderation::Verdict> ReadVerdict(const molva_verdict* verdict,
                                                std::size_t max_bytes);

}  // namespace molva::plugin
