// molva register: makes an account.
#include <fmt/core.h>

#include "clients/cli/commands.h"
#include "clients/cli/password.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {

absl::Status RunRegister(Context& context) {
  const std::string& login = context.words()[0];
  if (login.find(':') != std::string::npos) {
    return absl::InvalidArgumentError("a login name has no colon");
  }
  MOLVA_ASSIGN_OR_RETURN(const std::string password,
                         ReadPassword(fmt::format("New password for {}: ", login),
                                      context.arguments.Get("password-file")));
  const std::string server = ServerFor(context, std::nullopt);
  MOLVA_ASSIGN_OR_RETURN(Session session, OpenSession(context, server));
  molva::v1::ClientAcc account;
  account.set_user_id("new");
  account.set_scheme("basic");
  account.set_secret(login + ":" + password);
  account.set_login(true);
  const std::string name = context.arguments.Has("name") ? context.arguments.Get("name") : login;
  account.mutable_desc()->set_public_(JsonObject().Text("fn", name).Line());
  if (const std::string email = context.arguments.Get("email"); !email.empty()) {
    molva::v1::ClientCred& credential = *account.add_cred();
    credential.set_method("email");
    credential.set_value(email);
  }
  MOLVA_ASSIGN_OR_RETURN(const Identity identity, session.Register(std::move(account)));
  if (identity.token.empty()) {
    return absl::UnauthenticatedError(fmt::format(
        "your account is made, and {} wants more before it lets you in; run: molva login {}",
        server, login));
  }
  MOLVA_RETURN_IF_ERROR(KeepLogin(context, server, login, identity));
  context.printer.Line(fmt::format("Welcome, {}. You are {} on {}.", name, identity.user, server));
  context.printer.Object(
      JsonObject().Text("user", identity.user).Text("login", login).Text("server", server));
  return absl::OkStatus();
}

}  // namespace molva::cli
