#include "clients/cli/command.h"

#include <absl/strings/escaping.h>
#include <fmt/core.h>

#include <cstdlib>
#include <utility>

#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

constexpr std::string_view kDefaultServer = "127.0.0.1:16060";
// The key that public servers hand to everybody; it keeps nobody out.
constexpr std::string_view kDefaultApiKey = "AQEAAAABAAD_rAp4DJh05a1HAwFT3A6K";

}  // namespace

std::string ServerFor(const Context& context, const std::optional<Profile>& profile) {
  if (!context.server.empty()) return context.server;
  if (profile.has_value() && !profile->server.empty()) return profile->server;
  return std::string(kDefaultServer);
}

absl::StatusOr<Session> OpenSession(const Context& context, const std::string& server) {
  ConnectOptions options;
  options.api_key = context.arguments.Get("api-key");
  if (options.api_key.empty()) {
    const char* key = std::getenv("MOLVA_API_KEY");
    options.api_key = key == nullptr ? std::string(kDefaultApiKey) : key;
  }
  return Session::Open(server, options);
}

absl::StatusOr<LoggedIn> OpenLoggedIn(const Context& context) {
  MOLVA_ASSIGN_OR_RETURN(std::optional<Profile> profile, LoadProfile(context.profile_name));
  if (!profile.has_value()) {
    return absl::UnauthenticatedError(
        "you are not logged in; run: molva login NAME, or molva register NAME");
  }
  std::string token;
  if (!absl::Base64Unescape(profile->token, &token)) token.clear();
  MOLVA_ASSIGN_OR_RETURN(Session session, OpenSession(context, ServerFor(context, profile)));
  const absl::StatusOr<Identity> identity = session.LogIn("token", token, {});
  if (absl::IsUnauthenticated(identity.status())) {
    return absl::UnauthenticatedError(
        fmt::format("your login is not valid any more; run: molva login {}", profile->login));
  }
  MOLVA_RETURN_IF_ERROR(identity.status());
  return LoggedIn{std::move(session), *std::move(profile)};
}

void ReportPublished(const Context& context, const std::string& topic,
                     const molva::v1::ServerCtrl& ctrl) {
  JsonObject object;
  object.Text("topic", topic);
  if (const auto seq = ctrl.params().find("seq"); seq != ctrl.params().end()) {
    object.Raw("seq", seq->second);
  }
  if (const auto queued = ctrl.params().find("queued"); queued != ctrl.params().end()) {
    object.Raw("queued", queued->second);
    context.printer.Line("The other server cannot be reached now; the message waits for it.");
  }
  context.printer.Object(object);
}

absl::Status KeepLogin(const Context& context, const std::string& server, const std::string& login,
                       const Identity& identity) {
  return SaveProfile(context.profile_name,
                     {server, login, identity.user, identity.token, identity.expires});
}

}  // namespace molva::cli
