// molva logout: forgets the login on this machine.
#include "clients/cli/commands.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {

absl::Status RunLogout(Context& context) {
  MOLVA_RETURN_IF_ERROR(ForgetProfile(context.profile_name));
  context.printer.Line("You are logged out.");
  context.printer.Object(JsonObject().Text("profile", context.profile_name));
  return absl::OkStatus();
}

}  // namespace molva::cli
