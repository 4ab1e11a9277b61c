// The rule of discovery: what may be believed of a find, given what was known before.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string_view>

#include "federation/discovery/peer_identity.h"
#include "federation/discovery/source.h"

namespace molva::federation {

// Who is `domain`, after `kind` has given `answer`? `known` is what is pinned or configured, or
// nullptr; `found_at` and `valid_until` of the result are left to the caller.
//
// Errors: kPermissionDenied, of which IsChangedKey is true: other keys than the known ones, and
//         none of these has signed that. kInvalidArgument: the answer is malformed, of another
//         domain, not signed by its own keys, or older than what is known. kNotFound: nothing
//         vouches for it.
absl::StatusOr<PeerIdentity> Judge(std::string_view domain, const PeerIdentity* known, Source kind,
                                   const SourceAnswer& answer, absl::Time now);

// Says of a refusal that the domain shows keys that are not the known ones and that no known key
// has signed. Only the operator can mend that.
bool IsChangedKey(const absl::Status& status);

}  // namespace molva::federation
