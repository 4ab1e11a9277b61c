// Signs that people set on messages.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "clients/cli/session.h"

namespace molva::cli {

// One sign on one message. Source: docs/protocol beyond §4.
struct Reaction {
  std::int32_t seq = 0;
  std::string sign;
  std::int64_t count = 0;
  bool mine = false;
  std::vector<std::string> users;  // not all, if there are many
};

// The signs on the messages of an attached topic that `options` picks, newest message first.
absl::StatusOr<std::vector<Reaction>> FetchReactions(Session& session, const std::string& topic,
                                                     const molva::v1::GetOpts& options);

// Sets a sign (INFO_NOTE_REACT) or takes it back (INFO_NOTE_UNREACT), and waits until the server
// has said that it is stored. The user must not have done so before: that is never answered.
// Errors: those of Session.
absl::Status ChangeReaction(Session& session, const std::string& self, const std::string& topic,
                            const molva::v1::ClientNote& note);

}  // namespace molva::cli
