// Puts requests into their protobuf messages. Private to server/wire.
#pragma once

#include <molva/v1/requests.pb.h>

#include "model/request.h"

namespace molva::wire {

// The opposite of ReadRequest. Words that have no enumerator are left out.
void WriteRequest(const model::Request& request, molva::v1::ClientMsg& out);

molva::v1::AuthLevel LevelOf(model::AuthLevel level);

}  // namespace molva::wire
