// molva export: all messages of one chat.
#include <fmt/core.h>

#include "clients/cli/commands.h"
#include "clients/cli/export_messages.h"
#include "clients/cli/people.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {

absl::Status RunExport(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, ResolveWho(mine.session, context.words()[0]));
  MOLVA_RETURN_IF_ERROR(Enter(mine.session, topic).status());
  NameBook names(mine.profile.user);
  MOLVA_RETURN_IF_ERROR(LearnNames(mine.session, topic, names));
  MOLVA_ASSIGN_OR_RETURN(NewFile file, NewFile::Open(context.arguments.Get("to")));
  MOLVA_ASSIGN_OR_RETURN(const std::int64_t count,
                         ExportMessages(mine.session, topic, names, JsonObject(), file));
  MOLVA_RETURN_IF_ERROR(file.Close());
  if (file.path().empty()) return absl::OkStatus();
  context.printer.Line(fmt::format("{} messages are in {}.", count, file.path()));
  context.printer.Object(
      JsonObject().Text("topic", topic).Text("file", file.path()).Number("messages", count));
  return absl::OkStatus();
}

}  // namespace molva::cli
