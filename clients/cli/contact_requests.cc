#include "clients/cli/contact_requests.h"

#include <fmt/core.h>

#include "clients/cli/access.h"
#include "clients/cli/people.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

// Whether messages may pass by this mode.
bool Talks(std::string_view mode) { return mode.find_first_of("RW") != std::string_view::npos; }
bool Joins(std::string_view mode) { return mode.find('J') != std::string_view::npos; }

}  // namespace

bool IsGroup(std::string_view topic) {
  return topic.starts_with("grp") || topic.starts_with("chn");
}

Direction DirectionOf(const v1::TopicSub& sub) {
  const v1::AccessMode& acs = sub.acs();
  if (Joins(acs.want()) && !Talks(acs.want()) && Talks(acs.given())) return Direction::kIncoming;
  if (Joins(acs.given()) && !Talks(acs.given()) && Talks(acs.want())) return Direction::kOutgoing;
  return Direction::kNone;
}

absl::StatusOr<std::vector<v1::TopicSub>> Contacts(Session& session) {
  MOLVA_RETURN_IF_ERROR(session.Attach("me").status());
  MOLVA_ASSIGN_OR_RETURN(const auto meta, session.Fetch("me", "sub"));
  if (!meta.has_value()) return std::vector<v1::TopicSub>();
  return std::vector<v1::TopicSub>(meta->sub().begin(), meta->sub().end());
}

absl::StatusOr<v1::TopicSub> FindRequest(Session& session, const std::string& who) {
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, ResolveWho(session, who));
  MOLVA_ASSIGN_OR_RETURN(const std::vector<v1::TopicSub> contacts, Contacts(session));
  for (const v1::TopicSub& sub : contacts) {
    if (sub.topic() == topic && DirectionOf(sub) == Direction::kIncoming) return sub;
  }
  return absl::NotFoundError(fmt::format("there is no request of {}", who));
}

absl::Status Accept(Session& session, const v1::TopicSub& request) {
  const std::string& topic = request.topic();
  MOLVA_RETURN_IF_ERROR(WantMode(session, topic, request.acs().given()));
  if (IsGroup(topic)) return absl::OkStatus();
  return GiveMode(session, topic, topic, request.acs().given());
}

}  // namespace molva::cli
