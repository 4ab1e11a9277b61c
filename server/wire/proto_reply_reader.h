// Takes replies out of their protobuf messages. Private to server/wire.
#pragma once

#include <absl/status/status.h>
#include <molva/v1/replies.pb.h>

#include "model/packet.h"
#include "wire/json_value.h"

namespace molva::wire {

// The opposite of EncodeProto. Errors: kMalformed for broken JSON inside, or an empty message.
absl::Status ReadReply(JsonValueChecker& json, const molva::v1::ServerMsg& message,
                       model::Packet& out);
absl::Status ReadSub(JsonValueChecker& json, const molva::v1::TopicSub& message,
                     model::MetaSub& out);

}  // namespace molva::wire
