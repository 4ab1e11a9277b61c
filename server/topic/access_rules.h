// The arithmetic of want and given: pure functions, no topic needed.
// Source: docs/protocol behaviour §3, §6.4 and §9.2.
#pragma once

#include <absl/status/statusor.h>

#include <optional>

#include "model/access_mode.h"
#include "model/request.h"
#include "model/topic_name.h"

namespace molva::topic {

struct Modes {
  model::AccessMode want;
  model::AccessMode given;

  model::AccessMode effective() const { return want & given; }
  friend bool operator==(const Modes&, const Modes&) = default;
};

// Where `most_in_p2p` is asked for: Limits::most_in_p2p.

// What a topic of `kind` (for p2p: the peer's account) grants to a stranger of `level`.
model::AccessMode DefaultFor(model::TopicKind kind, const model::DefaultAccess& access,
                             model::AuthLevel level, model::AccessMode most_in_p2p);
// p2p rights are bounded and always include A.
model::AccessMode BoundP2p(model::AccessMode mode, model::AccessMode most_in_p2p);
// What an account grants at most to whom it does not know: that of p2p topics, and S.
model::AccessMode AccountDefault(model::AccessMode most_in_p2p);
// What an administrator may want of `sys`: JRWPD at most, J and W at least.
model::AccessMode BoundSys(model::AccessMode mode);
// What a reader of a channel may want: JRP at most, J and R at least.
model::AccessMode BoundReader(model::AccessMode mode);

// A group's new member. `former_given` is set if the user was a member before. `requested` may be
// unset. Errors: kPermissionDenied if the user may not join.
absl::StatusOr<Modes> ModesOfNewMember(model::AccessMode level_default,
                                       std::optional<model::AccessMode> former_given,
                                       model::AccessMode requested);

// What a subscriber's own request for `requested` (set) makes of `current`.
struct OwnChange {
  Modes modes;
  bool takes_ownership = false;
};
// Errors: kPermissionDenied. A ban (given without J) is for the caller to check afterwards.
absl::StatusOr<OwnChange> ChangeOwnWant(model::TopicKind kind, Modes current,
                                        model::AccessMode requested, model::AccessMode most_in_p2p);

// What a join without a mode makes of an existing subscription.
Modes ModesOfReturning(Modes current, model::AccessMode level_default);

}  // namespace molva::topic
