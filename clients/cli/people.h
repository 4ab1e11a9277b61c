// Whom the user means, and what to call everybody.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/session.h"

namespace molva::cli {

// Whom and what a search by tags finds; nothing for an empty answer.
absl::StatusOr<std::vector<molva::v1::TopicSub>> FindByTags(Session& session,
                                                            const std::string& query);

// The topic that `who` stands for: a user id, a group or channel id (of another server with
// @domain), "me", "slf", or a login name, perhaps with @domain, which is looked up on the server.
// Errors: kNotFound for a name nobody has.
absl::StatusOr<std::string> ResolveWho(Session& session, const std::string& who);

// What people and topics are called.
class NameBook {
 public:
  explicit NameBook(std::string self) : self_(std::move(self)) {}

  void Learn(const std::string& id, const std::string& card);
  void Learn(const molva::v1::ServerMeta& meta);
  // "you" for oneself; the id if nothing better is known.
  std::string NameOf(const std::string& id) const;
  bool IsSelf(std::string_view id) const { return id == self_; }

 private:
  const std::string self_;
  std::map<std::string, std::string> names_;
};

// Attaches to a topic that the user is in, without joining it or beginning a chat; what he may do
// there.
// Errors: kNotFound if he is not in it, kFailedPrecondition if he has blocked it.
absl::StatusOr<molva::v1::AccessMode> Enter(Session& session, const std::string& topic);
// Learns the names in an attached topic.
absl::Status LearnNames(Session& session, const std::string& topic, NameBook& names);
// Attaches to `topic` and learns the names in it.
absl::Status AttachAndLearn(Session& session, const std::string& topic, NameBook& names);

}  // namespace molva::cli
