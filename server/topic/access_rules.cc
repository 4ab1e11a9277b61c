#include "topic/access_rules.h"

#include "model/fault.h"

namespace molva::topic {

using model::AccessMode;
using model::Fault;
using model::TopicKind;

namespace {

AccessMode DefaultForLevel(TopicKind kind, const model::DefaultAccess& access,
                           model::AuthLevel level) {
  switch (level) {
    case model::AuthLevel::kNone:
      return AccessMode::None();
    case model::AuthLevel::kAnon:
      return access.anon;
    case model::AuthLevel::kAuth:
      return access.auth;
    case model::AuthLevel::kRoot:
      break;
  }
  return kind == TopicKind::kP2p ? model::access::kP2p : model::access::kGroupDefault;
}

}  // namespace

AccessMode DefaultFor(TopicKind kind, const model::DefaultAccess& access, model::AuthLevel level) {
  const AccessMode mode = DefaultForLevel(kind, access, level);
  return kind == TopicKind::kP2p && mode != AccessMode::None() ? BoundP2p(mode) : mode;
}

AccessMode BoundP2p(AccessMode mode) {
  return (mode & model::access::kP2p).With(AccessMode::kApprove);
}

absl::StatusOr<Modes> ModesOfNewMember(AccessMode level_default,
                                       std::optional<AccessMode> former_given,
                                       AccessMode requested) {
  const Modes modes{requested.is_set() ? requested : level_default,
                    former_given.value_or(level_default)};
  if (!modes.given.Has(AccessMode::kJoin)) {
    return Fail(Fault::kPermissionDenied, "the topic does not let this user join");
  }
  if (requested.Has(AccessMode::kOwner)) {
    return Fail(Fault::kPermissionDenied, "ownership is given, not taken");
  }
  return modes;
}

absl::StatusOr<OwnChange> ChangeOwnWant(TopicKind kind, Modes current, AccessMode requested) {
  if (kind == TopicKind::kP2p) {
    return OwnChange{{BoundP2p(requested), current.given}, false};
  }
  OwnChange change{{requested, current.given}, false};
  const bool is_owner = current.effective().Has(AccessMode::kOwner);
  if (is_owner && !requested.Has(AccessMode::kOwner | AccessMode::kJoin)) {
    return Fail(Fault::kPermissionDenied, "the owner keeps O and J");
  }
  if (requested.Has(AccessMode::kOwner) && !current.given.Has(AccessMode::kOwner)) {
    return Fail(Fault::kPermissionDenied, "ownership was not offered");
  }
  if (requested.Has(AccessMode::kOwner)) {
    change.modes.given = current.given | requested;
    change.takes_ownership = !is_owner;
  } else if (kind == TopicKind::kGroup && current.given.Has(AccessMode::kApprove) &&
             requested.is_admin()) {
    change.modes.given =
        current.given | requested.Without(AccessMode::kDelete | AccessMode::kOwner);
  }
  return change;
}

Modes ModesOfReturning(Modes current, AccessMode level_default) {
  if (current.want.Has(AccessMode::kJoin)) return current;
  return Modes{current.given | level_default, current.given};
}

}  // namespace molva::topic
