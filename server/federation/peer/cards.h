// Users and groups as servers tell each other of them, when one asks.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "federation/peer/frames.h"
#include "names/name_book.h"
#include "store/store.h"

namespace molva::federation {

// What a peer is told of an own user or group.
Found CardOf(const names::NameBook& names, const store::TagHit& hit);
// Whether the record is of this server and may be shown elsewhere: channels are for its own users.
bool IsOurs(const store::TagHit& hit);

// What `found`, which `peer` says of one of its users or groups, becomes here: a record under an
// alias, without tags, so that searches of our own users do not find it.
// Errors: kInvalidArgument for a name that is not of the peer or a card that is no JSON;
//         kResourceExhausted, see NameBook.
absl::StatusOr<store::TagHit> HitOf(const names::NameBook& names, const std::string& peer,
                                    const Found& found);

}  // namespace molva::federation
