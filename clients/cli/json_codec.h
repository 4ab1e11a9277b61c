// The same packets as JSON, for the WebSocket.
#pragma once

#include <absl/status/statusor.h>
#include <molva/v1/replies.pb.h>
#include <molva/v1/requests.pb.h>

#include <string>
#include <string_view>

namespace molva::cli {

// Source: docs/protocol messages §10, §11.
std::string EncodeJson(const molva::v1::ClientMsg& message);
// Unknown keys are skipped. Errors: kUnavailable if this is no packet.
absl::StatusOr<molva::v1::ServerMsg> DecodeJson(std::string_view text);

}  // namespace molva::cli
