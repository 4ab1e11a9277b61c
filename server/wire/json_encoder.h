// Turns a packet of the server into its JSON text.
#pragma once

#include <string>

#include "model/packet.h"

namespace molva::wire {

// Appends `packet` to `out` as one JSON object without line breaks of its own. Empty parts are left
// out but for those that clients rely on; times are RFC 3339 in UTC of 20 to 24 characters.
//
// Thread: any.
// Cost:   one pass of appends, no intermediate tree; RawJson is copied byte for byte.
// Source: docs/protocol messages §1 (omission, times) and §5.
void EncodeJson(const model::Packet& packet, std::string& out);

}  // namespace molva::wire
