// molva edit and delete: what becomes of messages that were sent.
#include <fmt/core.h>

#include <utility>

#include "clients/cli/access.h"
#include "clients/cli/commands.h"
#include "clients/cli/people.h"
#include "clients/cli/publishing.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {

absl::Status RunEdit(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(const std::int32_t seq, SeqOf(context.words()[1]));
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, ResolveWho(mine.session, context.words()[0]));
  MOLVA_RETURN_IF_ERROR(Enter(mine.session, topic).status());
  MOLVA_ASSIGN_OR_RETURN(const molva::v1::ServerData old, FetchMessage(mine.session, topic, seq));
  // Readers pass over what somebody else puts in the place of a message.
  if (old.from_user_id() != mine.profile.user) {
    return absl::PermissionDeniedError(fmt::format("message {} is not yours", seq));
  }
  Draft draft;
  draft.content = JsonText(JoinWords(context.words(), 2));
  draft.head["replace"] = JsonText(fmt::format(":{}", seq));
  MOLVA_ASSIGN_OR_RETURN(const auto ctrl, PublishSurely(context, mine, topic, std::move(draft)));
  ReportPublished(context, topic, ctrl, JsonObject().Number("replaces", seq));
  return absl::OkStatus();
}

absl::Status RunDelete(Context& context) {
  molva::v1::ClientMsg message;
  for (std::size_t i = 1; i < context.words().size(); ++i) {
    MOLVA_ASSIGN_OR_RETURN(const std::int32_t seq, SeqOf(context.words()[i]));
    message.mutable_del()->add_del_seq()->set_low(seq);
  }
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, ResolveWho(mine.session, context.words()[0]));
  MOLVA_ASSIGN_OR_RETURN(const molva::v1::AccessMode access, Enter(mine.session, topic));
  // The server takes such a request for one that is for oneself alone.
  if (!context.arguments.Has("for-me") && !Grants(access, 'D')) {
    return absl::PermissionDeniedError(
        "you may not delete for everybody here; for yourself alone: --for-me");
  }
  message.mutable_del()->set_topic(topic);
  message.mutable_del()->set_what(molva::v1::ClientDel::WHAT_MSG);
  message.mutable_del()->set_hard(!context.arguments.Has("for-me"));
  MOLVA_RETURN_IF_ERROR(mine.session.Call(std::move(message)).status());
  context.printer.Line("Deleted.");
  context.printer.Object(JsonObject()
                             .Text("topic", topic)
                             .Text("for", context.arguments.Has("for-me") ? "me" : "everybody"));
  return absl::OkStatus();
}

}  // namespace molva::cli
