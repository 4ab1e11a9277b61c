// Messages on their way to a topic.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <map>
#include <string>
#include <vector>

#include "clients/cli/command.h"

namespace molva::cli {

// What is to be said.
struct Draft {
  std::string content;                      // JSON
  std::map<std::string, std::string> head;  // of JSON
  std::vector<std::string> attachments;     // URLs of uploads that the content names
};

// Publishes to an attached topic.
absl::StatusOr<molva::v1::ServerCtrl> Publish(Session& session, const std::string& topic,
                                              const Draft& draft);
// The same, under a uid of its own: if the connection breaks before the server has answered, it is
// opened again and the message repeated, and yet it is there once. A server that does not know
// repeated messages from new ones gets it one time only.
absl::StatusOr<molva::v1::ServerCtrl> PublishSurely(const Context& context, LoggedIn& mine,
                                                    const std::string& topic, Draft draft);
// Says what the server answered to a message: its number, or that it waits for another server.
// `more` stands behind that in the JSON form.
void ReportPublished(const Context& context, const std::string& topic,
                     const molva::v1::ServerCtrl& ctrl, JsonObject more = {});

// The number of a message, as it stands on the command line.
absl::StatusOr<std::int32_t> SeqOf(const std::string& word);
// The message `seq` of an attached topic. Errors: kNotFound if it is not there, or not any more.
absl::StatusOr<molva::v1::ServerData> FetchMessage(Session& session, const std::string& topic,
                                                   std::int32_t seq);
// The words from `first` on with blanks between them.
std::string JoinWords(const std::vector<std::string>& words, std::size_t first);

}  // namespace molva::cli
