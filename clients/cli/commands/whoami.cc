// molva whoami: shows who the server takes the user for.
#include <fmt/core.h>

#include "clients/cli/commands.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {

absl::Status RunWhoami(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_RETURN_IF_ERROR(mine.session.Attach("me").status());
  MOLVA_ASSIGN_OR_RETURN(const auto meta, mine.session.Fetch("me", "desc"));
  const std::string card = meta.has_value() ? meta->desc().public_() : "";
  const std::string name = NameOnCard(card, mine.profile.login);
  const std::string server = ServerFor(context, mine.profile);
  context.printer.Line(fmt::format("{} ({}), {} on {}", Harmless(name), mine.profile.login,
                                   mine.profile.user, server));
  context.printer.Object(JsonObject()
                             .Text("user", mine.profile.user)
                             .Text("login", mine.profile.login)
                             .Text("name", name)
                             .Text("server", server));
  return absl::OkStatus();
}

}  // namespace molva::cli
