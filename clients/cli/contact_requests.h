// First contacts: requests to talk, and invitations to groups.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/session.h"

namespace molva::cli {

bool IsGroup(std::string_view topic);

enum class Direction : std::uint8_t { kNone, kIncoming, kOutgoing };
// A request stands where one side has raised its part of the access mode and the other has not.
Direction DirectionOf(const molva::v1::TopicSub& sub);

// All chats of the user, requests among them.
absl::StatusOr<std::vector<molva::v1::TopicSub>> Contacts(Session& session);
// The request of `who`, to be answered. Errors: kNotFound if there is none.
absl::StatusOr<molva::v1::TopicSub> FindRequest(Session& session, const std::string& who);
// Agrees: the user wants what he was given and, between two, gives as much. The topic is attached.
absl::Status Accept(Session& session, const molva::v1::TopicSub& request);

}  // namespace molva::cli
