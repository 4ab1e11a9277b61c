// molva keep: how long the messages of a chat stay.
#include "clients/cli/commands.h"
#include "clients/cli/people.h"
#include "clients/cli/retention.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {

namespace v1 = molva::v1;

absl::Status RunKeep(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(const RetentionChange change, RetentionChange::Of(context.arguments));
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  for (const RetentionNeed& need : NeedsOf(change)) {
    MOLVA_RETURN_IF_ERROR(mine.session.Require(need.capability, need.what));
  }
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, ResolveWho(mine.session, context.words()[0]));
  MOLVA_RETURN_IF_ERROR(Enter(mine.session, topic).status());
  if (!change.aux.empty()) {
    v1::ClientMsg message;
    message.mutable_set()->set_topic(topic);
    message.mutable_set()->mutable_query()->mutable_aux()->insert(change.aux.begin(),
                                                                  change.aux.end());
    MOLVA_RETURN_IF_ERROR(mine.session.Call(std::move(message)).status());
  }
  MOLVA_ASSIGN_OR_RETURN(const auto found, mine.session.Fetch(topic, "aux"));
  const v1::ServerMeta meta = found.value_or(v1::ServerMeta());
  context.printer.Line(RetentionText(meta));
  context.printer.Object(JsonObject().Text("topic", topic).Append(RetentionObject(meta)));
  return absl::OkStatus();
}

}  // namespace molva::cli
