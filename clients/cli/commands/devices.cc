// molva devices: where the user is logged in.
#include <absl/time/time.h>
#include <fmt/core.h>

#include "clients/cli/commands.h"
#include "clients/cli/logins.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

std::string ShortTime(const std::string& time) {
  absl::Time parsed;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, time, &parsed, &error)) return time;
  return absl::FormatTime("%Y-%m-%d %H:%M", parsed, absl::LocalTimeZone());
}

void Print(const Printer& printer, const Login& login) {
  const std::string what = login.agent.empty() ? "unknown program" : Harmless(login.agent);
  printer.Line(fmt::format("{}  {}{}  seen {}{}", Harmless(login.id), what,
                           login.platform.empty() ? "" : ", " + Harmless(login.platform),
                           Harmless(ShortTime(login.seen)),
                           login.current ? printer.Paint(Colour::kGreen, "  this one") : ""));
  printer.Object(JsonObject()
                     .Text("id", login.id)
                     .OptionalText("agent", login.agent)
                     .OptionalText("platform", login.platform)
                     .OptionalText("device", login.device)
                     .Text("created", login.created)
                     .Text("seen", login.seen)
                     .Flag("current", login.current));
}

absl::Status List(Context& context, Session& session) {
  MOLVA_ASSIGN_OR_RETURN(const std::vector<Login> logins, FetchLogins(session));
  for (const Login& login : logins) Print(context.printer, login);
  return absl::OkStatus();
}

}  // namespace

absl::Status RunDevices(Context& context) {
  const std::vector<std::string>& words = context.words();
  if (!words.empty() && (words.size() != 2 || words[0] != "logout")) {
    return absl::InvalidArgumentError(
        "write: molva devices, or molva devices logout and an id of that list, others or all");
  }
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_RETURN_IF_ERROR(mine.session.Require("sessions", "list of devices"));
  if (words.empty()) return List(context, mine.session);
  const bool many = words[1] == "others" || words[1] == "all";
  MOLVA_ASSIGN_OR_RETURN(const std::int64_t count,
                         EndLogins(mine.session, many ? words[1] : "id", many ? "" : words[1]));
  context.printer.Line(count == 1 ? "1 device is logged out."
                                  : fmt::format("{} devices are logged out.", count));
  context.printer.Object(JsonObject().Text("ended", words[1]).Number("count", count));
  return words[1] == "all" ? ForgetProfile(context.profile_name) : absl::OkStatus();
}

}  // namespace molva::cli
