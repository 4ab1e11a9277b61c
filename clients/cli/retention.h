// How long a chat keeps its messages: what stands on the command line, and what the chat has.
#pragma once

#include <absl/status/statusor.h>
#include <molva/v1/replies.pb.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/arguments.h"
#include "clients/cli/json_text.h"

namespace molva::cli {

// What is to become of a chat. Source: docs/protocol beyond §3, §8, §9.
struct RetentionChange {
  std::map<std::string, std::string> aux;  // of JSON; a rule that is not to change is not in it

  // Errors: kInvalidArgument.
  static absl::StatusOr<RetentionChange> Of(const Arguments& arguments);
};

// What a server must be able to do for a rule.
struct RetentionNeed {
  std::string_view capability;
  std::string_view what;  // as Session::Require() takes it
};
// For those that `change` changes.
std::vector<RetentionNeed> NeedsOf(const RetentionChange& change);

// The rules of a chat with these `aux`, as sentences and as members of an object.
std::string RetentionText(const molva::v1::ServerMeta& meta);
JsonObject RetentionObject(const molva::v1::ServerMeta& meta);

}  // namespace molva::cli
