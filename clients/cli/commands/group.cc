// molva group (new, join, invite, leave) and invite.
#include <fmt/core.h>

#include "clients/cli/commands.h"
#include "clients/cli/contact_requests.h"
#include "clients/cli/people.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

// Invites the words of the command line from `first` on; the topic is attached.
absl::Status InviteAll(Context& context, Session& session, const std::string& topic,
                       std::size_t first) {
  for (std::size_t i = first; i < context.words().size(); ++i) {
    MOLVA_ASSIGN_OR_RETURN(const std::string user, ResolveWho(session, context.words()[i]));
    v1::ClientMsg message;
    message.mutable_set()->set_topic(topic);
    message.mutable_set()->mutable_query()->mutable_sub()->set_user_id(user);
    MOLVA_RETURN_IF_ERROR(session.Call(std::move(message)).status());
    context.printer.Line(fmt::format("{} is invited.", context.words()[i]));
    context.printer.Object(JsonObject().Text("topic", topic).Text("invited", user));
  }
  return absl::OkStatus();
}

absl::Status NewGroup(Context& context, Session& session) {
  v1::ClientMsg message;
  const bool channel = context.arguments.Has("channel");
  message.mutable_sub()->set_topic(channel ? "nch" : "new");
  message.mutable_sub()->mutable_set_query()->mutable_desc()->set_public_(
      JsonObject().Text("fn", context.words()[1]).Line());
  MOLVA_ASSIGN_OR_RETURN(const v1::ServerCtrl ctrl, session.Call(std::move(message)));
  context.printer.Line(fmt::format("{} is {}.", Harmless(context.words()[1]), ctrl.topic()));
  context.printer.Object(JsonObject().Text("topic", ctrl.topic()).Text("name", context.words()[1]));
  return InviteAll(context, session, ctrl.topic(), 2);
}

absl::Status JoinGroup(Context& context, Session& session, const std::string& topic) {
  MOLVA_RETURN_IF_ERROR(session.Attach(topic).status());
  // Who was invited by another server is in it only when he agrees.
  const absl::StatusOr<v1::TopicSub> invitation = FindRequest(session, topic);
  if (invitation.ok()) MOLVA_RETURN_IF_ERROR(Accept(session, *invitation));
  if (!invitation.ok() && !absl::IsNotFound(invitation.status())) return invitation.status();
  context.printer.Line(fmt::format("You are in {}.", topic));
  context.printer.Object(JsonObject().Text("topic", topic));
  return absl::OkStatus();
}

absl::Status LeaveGroup(Context& context, Session& session, const std::string& topic) {
  v1::ClientMsg message;
  message.mutable_leave()->set_topic(topic);
  message.mutable_leave()->set_unsub(true);
  // Only what is attached can be left, and attaching to an open group joins it.
  MOLVA_ASSIGN_OR_RETURN(const v1::ServerCtrl attached, session.Attach(topic));
  MOLVA_RETURN_IF_ERROR(session.Call(std::move(message)).status());
  if (attached.params().contains("acs")) {
    return absl::NotFoundError(fmt::format("you are not in {}", topic));
  }
  context.printer.Line(fmt::format("You have left {}.", topic));
  context.printer.Object(JsonObject().Text("topic", topic));
  return absl::OkStatus();
}

}  // namespace

absl::Status RunGroup(Context& context) {
  const std::string& verb = context.words()[0];
  const std::string& group = context.words()[1];
  if (verb != "new" && verb != "join" && verb != "invite" && verb != "leave") {
    return absl::InvalidArgumentError("write: molva group new, join, invite or leave");
  }
  if (verb == "invite" && context.words().size() < 3) {
    return absl::InvalidArgumentError("write: molva group invite GROUP WHO…");
  }
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  if (verb == "new") return NewGroup(context, mine.session);
  if (verb == "join") return JoinGroup(context, mine.session, group);
  if (verb == "leave") return LeaveGroup(context, mine.session, group);
  MOLVA_RETURN_IF_ERROR(mine.session.Attach(group).status());
  return InviteAll(context, mine.session, group, 2);
}

absl::Status RunInvite(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  const std::string& group = context.words()[0];
  MOLVA_RETURN_IF_ERROR(Enter(mine.session, group).status());
  return InviteAll(context, mine.session, group, 1);
}

}  // namespace molva::cli
