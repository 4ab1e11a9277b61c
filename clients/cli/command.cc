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

// Of a time in RFC 3339.
std::string_view DayOf(std::string_view time) { return time.substr(0, time.find('T')); }

}  // namespace

std::string ServerFor(const Context& context, const std::optional<Profile>& profile) {
  if (!context.server.empty()) return context.server;
  if (profile.has_value() && !profile->server.empty()) return profile->server;
  return std::string(kDefaultServer);
}

std::string ApiKeyOf(const Context& context) {
  if (const std::string key = context.arguments.Get("api-key"); !key.empty()) return key;
  const char* key = std::getenv("MOLVA_API_KEY");
  return key == nullptr ? std::string(kDefaultApiKey) : key;
}

absl::StatusOr<Session> OpenSession(const Context& context, const std::string& server) {
  ConnectOptions options;
  options.api_key = ApiKeyOf(context);
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
  // Who comes every day stays logged in.
  if (!identity->token.empty() && DayOf(identity->expires) != DayOf(profile->expires)) {
    profile->token = identity->token;
    profile->expires = identity->expires;
    MOLVA_RETURN_IF_ERROR(SaveProfile(context.profile_name, *profile));
  }
  return LoggedIn{std::move(session), *std::move(profile)};
}

absl::Status KeepLogin(const Context& context, const std::string& server, const std::string& login,
                       const Identity& identity) {
  return SaveProfile(context.profile_name,
                     {server, login, identity.user, identity.token, identity.expires});
}

}  // namespace molva::cli
