// molva logout: ends the login, here and on the server.
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>

#include "clients/cli/commands.h"
#include "clients/cli/logins.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

// A server that cannot do it has nothing to end but what expires by itself.
absl::Status EndOnServer(const Context& context) {
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  if (!mine.session.Can("sessions")) return absl::OkStatus();
  MOLVA_ASSIGN_OR_RETURN(const std::vector<Login> logins, FetchLogins(mine.session));
  const auto current =
      std::find_if(logins.begin(), logins.end(), [](const Login& login) { return login.current; });
  if (current == logins.end()) return absl::OkStatus();
  return EndLogins(mine.session, "id", current->id).status();
}

}  // namespace

absl::Status RunLogout(Context& context) {
  const auto profile = LoadProfile(context.profile_name);
  absl::Status ended;
  // One that is damaged can be forgotten all the same.
  if (profile.ok() && profile->has_value()) ended = EndOnServer(context);
  MOLVA_RETURN_IF_ERROR(ForgetProfile(context.profile_name));
  const bool on_server = ended.ok() || absl::IsUnauthenticated(ended);
  if (!on_server) {
    const std::string why(ended.message());
    fmt::print(stderr, "molva: the login is forgotten here, but not ended on the server: {}\n",
               Harmless(why));
  }
  context.printer.Line("You are logged out.");
  context.printer.Object(
      JsonObject().Text("profile", context.profile_name).Flag("ended", on_server));
  return absl::OkStatus();
}

}  // namespace molva::cli
