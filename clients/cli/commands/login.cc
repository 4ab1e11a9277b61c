// molva login: proves who the user is, once.
#include <fmt/core.h>

#include <iostream>

#include "clients/cli/commands.h"
#include "clients/cli/password.h"
#include "clients/cli/second_factor.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

absl::StatusOr<std::vector<molva::v1::ClientCred>> AnswersOf(const Context& context) {
  std::vector<molva::v1::ClientCred> answers;
  const std::string code = context.arguments.Get("code");
  if (code.empty()) return answers;
  const std::size_t colon = code.find(':');
  if (colon == std::string::npos) {
    return absl::InvalidArgumentError("--code needs METHOD:CODE, as email:123456");
  }
  molva::v1::ClientCred& answer = answers.emplace_back();
  answer.set_method(code.substr(0, colon));
  answer.set_response(code.substr(colon + 1));
  return answers;
}

// The server lets nobody in without an authenticator, and this account has none yet.
absl::Status BeginFirst(Context& context, Session& session, const std::string& login,
                        const Challenge& challenge) {
  std::cerr << "This server wants an authenticator beside the password.\n";
  MOLVA_RETURN_IF_ERROR(BeginSecondFactor(context, session, login, challenge));
  context.printer.Line("Now log in once more, with the next code.");
  return absl::OkStatus();
}

}  // namespace

absl::Status RunLogin(Context& context) {
  const std::string& login = context.words()[0];
  MOLVA_ASSIGN_OR_RETURN(const auto answers, AnswersOf(context));
  MOLVA_ASSIGN_OR_RETURN(const std::string password,
                         ReadPassword(fmt::format("Password for {}: ", login),
                                      context.arguments.Get("password-file")));
  const std::string server = ServerFor(context, std::nullopt);
  MOLVA_ASSIGN_OR_RETURN(Session session, OpenSession(context, server));
  absl::StatusOr<Identity> identity = session.LogIn("basic", login + ":" + password, answers);
  if (const auto challenge = ChallengeOf(identity.status()); challenge.has_value()) {
    if (challenge->must_begin) return BeginFirst(context, session, login, *challenge);
    identity = AnswerChallenge(session, *challenge, context.arguments.Get("totp"));
    MOLVA_RETURN_IF_ERROR(identity.status());
  }
  if (absl::IsUnauthenticated(identity.status())) {
    return absl::UnauthenticatedError(
        fmt::format("{} does not take this name and password", server));
  }
  MOLVA_RETURN_IF_ERROR(identity.status());
  MOLVA_RETURN_IF_ERROR(KeepLogin(context, server, login, *identity));
  context.printer.Line(fmt::format("You are {} on {}.", identity->user, server));
  context.printer.Object(
      JsonObject().Text("user", identity->user).Text("login", login).Text("server", server));
  return absl::OkStatus();
}

}  // namespace molva::cli
