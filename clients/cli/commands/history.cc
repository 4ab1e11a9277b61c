// molva history: the last messages of a chat.
#include "clients/cli/commands.h"
#include "clients/cli/people.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
absl::Status RunHistory(Context& context) {
  molva::v1::GetOpts options;
  MOLVA_ASSIGN_OR_RETURN(const std::int32_t limit,
                         context.arguments.GetNumber("limit", kUsualLimit));
  MOLVA_ASSIGN_OR_RETURN(const std::int32_t before, context.arguments.GetNumber("before", 0));
  options.set_limit(limit);
  options.set_before_id(before);
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, ResolveWho(mine.session, context.words()[0]));
  NameBook names(mine.profile.user);
  MOLVA_RETURN_IF_ERROR(AttachAndLearn(mine.session, topic, names));
  MOLVA_ASSIGN_OR_RETURN(const auto messages, mine.session.FetchData(topic, options));
  if (context.arguments.Has("numbers")) context.printer.ShowNumbers();
  for (const auto& message : messages) {
    context.printer.Message(message, names.NameOf(message.from_user_id()));
  }
  return absl::OkStatus();
}

}  // namespace molva::cli
