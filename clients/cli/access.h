// Who may do what in a topic: access modes, and words for them.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <molva/v1/values.pb.h>

#include <string>
#include <string_view>

#include "clients/cli/session.h"

namespace molva::cli {

// What the user wants of an attached topic from now on.
absl::Status WantMode(Session& session, const std::string& topic, const std::string& mode);
// What `user` is given in an attached topic.
absl::Status GiveMode(Session& session, const std::string& topic, const std::string& user,
                      const std::string& mode);

// Whether both sides grant `letter`.
bool Grants(const molva::v1::AccessMode& access, char letter);
// "owner", "admin", "moderator", "member" or "reader", by what both sides grant; "banned" who may
// not come in, "away" who does not want to; "" if the server does not tell.
std::string_view RoleOf(const molva::v1::AccessMode& access);
// The access mode of a role, or `text` itself if it is a mode, as JRWPS.
// Errors: kInvalidArgument for anything else.
absl::StatusOr<std::string> ModeOfRole(const std::string& text);

}  // namespace molva::cli
