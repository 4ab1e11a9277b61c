// Takes requests out of their protobuf messages. Private to server/wire.
#pragma once

#include <absl/status/status.h>
#include <molva/v1/requests.pb.h>

#include "model/request.h"
#include "wire/json_value.h"

namespace molva::wire {

// Moves `message` into `out`, strings included. Errors: kMalformed for broken JSON inside.
absl::Status ReadRequest(JsonValueChecker& json, molva::v1::ClientMsg& message,
                         model::Request& out);

}  // namespace molva::wire
