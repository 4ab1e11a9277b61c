#include "topic/access_rules.h"

#include "model/fault.h"

namespace molva::topic {

using model::AccessMode;
using model::Fault;
using model::TopicKind;

namespace {

AccessMode DefaultForLevel(TopicKind kind, const model::DefaultAccess& access,
                           model::AuthLevel level, AccessMode most_in_p2p) {
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
  if (kind == TopicKind::kSys) return model::access::kSys;
  return kind == TopicKind::kP2p ? most_in_p2p : model::access::kGroupDefault;
}

}  // namespace

AccessMode DefaultFor(TopicKind kind, const model::DefaultAccess& access, model::AuthLevel level,
                      AccessMode most_in_p2p) {
  const AccessMode mode = DefaultForLevel(kind, access, level, most_in_p2p);
  return kind == TopicKind::kP2p && mode != AccessMode::None() ? BoundP2p(mode, most_in_p2p) : mode;
}

AccessMode BoundP2p(AccessMode mode, AccessMode most_in_p2p) {
  return (mode & most_in_p2p).With(AccessMode::kApprove);
}

AccessMode AccountDefault(AccessMode most_in_p2p) { return most_in_p2p.With(AccessMode::kShare); }

AccessMode BoundSys(AccessMode mode) {
  return (mode & model::access::kSys).With(AccessMode::kJoin | AccessMode::kWrite);
}

AccessMode BoundReader(AccessMode mode) {
  return (mode & model::access::kReader).With(AccessMode::kJoin | AccessMode::kRead);
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

absl::StatusOr<OwnChange> ChangeOwnWant(TopicKind kind, Modes current, AccessMode requested,
                                        AccessMode most_in_p2p) {
  if (kind == TopicKind::kP2p) {
    return OwnChange{{BoundP2p(requested, most_in_p2p), current.given}, false};
  }
  if (kind == TopicKind::kSys) {
    return OwnChange{{BoundSys(requested), current.given}, false};
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
