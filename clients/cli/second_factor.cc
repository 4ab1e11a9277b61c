#include "clients/cli/second_factor.h"

#include <absl/strings/cord.h>
#include <absl/strings/escaping.h>
#include <fmt/core.h>
#include <openssl/rand.h>

#include <array>
#include <iostream>
#include <utility>
#include <vector>

#include "clients/cli/json_text.h"
#include "clients/cli/password.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

constexpr char kSchemeUrl[] = "molva/scheme";
constexpr char kTicketUrl[] = "molva/ticket";
constexpr char kBeginUrl[] = "molva/begin";
constexpr std::size_t kSecretBytes = 20;

// 160 random bits in base32, which needs no padding for that many.
absl::StatusOr<std::string> MakeSecret() {
  std::array<unsigned char, kSecretBytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return absl::InternalError("no randomness");
  }
  std::string text;
  unsigned held = 0;
  int bits = 0;
  for (const unsigned char byte : bytes) {
    held = (held << 8 | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) {
      text += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[held >> (bits - 5) & 31];
    }
  }
  return text;
}

absl::StatusOr<std::string> ReadCode(const std::string& prompt) {
  absl::StatusOr<std::string> code = ReadPassword(prompt, "");
  if (code.ok()) return code;
  return absl::InvalidArgumentError("a code of your authenticator, or a recovery code, is needed");
}

absl::Status WrongCode(absl::Status status) {
  if (!absl::IsUnauthenticated(status)) return status;
  return absl::UnauthenticatedError(
      "the server does not take this code; each is good once and for half a minute");
}

}  // namespace

void AddChallenge(const v1::ServerCtrl& ctrl, absl::Status& status) {
  std::string ticket;
  const std::string text = ParamText(ctrl, "challenge");
  if (ctrl.code() != 300 || text.empty() || !absl::Base64Unescape(text, &ticket)) return;
  status.SetPayload(kTicketUrl, absl::Cord(ticket));
  // Not of a temporary: clang and the g++ that built Abseil disagree on the name of that
  // constructor.
  const std::string scheme = ParamText(ctrl, "scheme");
  status.SetPayload(kSchemeUrl, absl::Cord(scheme));
  if (ctrl.params().contains("enrol")) status.SetPayload(kBeginUrl, absl::Cord("yes"));
}

std::optional<Challenge> ChallengeOf(const absl::Status& status) {
  const auto ticket = status.GetPayload(kTicketUrl);
  const auto scheme = status.GetPayload(kSchemeUrl);
  if (!ticket.has_value() || !scheme.has_value()) return std::nullopt;
  return Challenge{std::string(*scheme), std::string(*ticket),
                   status.GetPayload(kBeginUrl).has_value()};
}

absl::StatusOr<Identity> AnswerChallenge(Session& session, const Challenge& challenge,
                                         std::string code) {
  if (code.empty()) {
    MOLVA_ASSIGN_OR_RETURN(code, ReadCode("Code of your authenticator: "));
  }
  absl::StatusOr<Identity> identity =
      session.LogIn(challenge.scheme, code + ":" + challenge.ticket, {});
  if (!identity.ok()) return WrongCode(identity.status());
  return identity;
}

absl::Status BeginSecondFactor(Context& context, Session& session, const std::string& login,
                               const std::optional<Challenge>& challenge) {
  MOLVA_ASSIGN_OR_RETURN(const std::string secret, MakeSecret());
  std::cerr << fmt::format(
      "Give this secret to your authenticator:\n  {}\nor, as a link:\n"
      "  otpauth://totp/molva:{}?secret={}&issuer=molva\n",
      secret, login, secret);
  MOLVA_ASSIGN_OR_RETURN(const std::string code, ReadCode("The code that it shows: "));
  v1::ClientMsg message;
  message.mutable_acc()->set_scheme(challenge.has_value() ? challenge->scheme : "totp");
  message.mutable_acc()->set_secret(fmt::format("on:{}:{}", secret, code));
  if (challenge.has_value()) {
    message.mutable_acc()->set_tmp_scheme(challenge->scheme);
    message.mutable_acc()->set_tmp_secret(":" + challenge->ticket);
  }
  const absl::StatusOr<v1::ServerCtrl> answer = session.Call(std::move(message));
  if (!answer.ok()) return WrongCode(answer.status());
  std::vector<std::string> codes;
  if (const auto told = answer->params().find("codes"); told != answer->params().end()) {
    codes = FindTexts(told->second, "");
  }
  context.printer.Line("From now on you log in with your password and a code.");
  context.printer.Line("Where your authenticator is lost, each of these helps once; keep them:");
  std::vector<std::string> quoted;
  for (const std::string& one : codes) {
    context.printer.Line("  " + one);
    quoted.push_back(JsonText(one));
  }
  context.printer.Object(JsonObject().Text("done", "totp on").Raw("codes", JsonArray(quoted)));
  return absl::OkStatus();
}

absl::Status EndSecondFactor(Context& context, Session& session) {
  MOLVA_ASSIGN_OR_RETURN(const std::string code,
                         ReadCode("Code of your authenticator, or a recovery code: "));
  v1::ClientMsg message;
  message.mutable_acc()->set_scheme("totp");
  message.mutable_acc()->set_secret("off:" + code);
  MOLVA_RETURN_IF_ERROR(WrongCode(session.Call(std::move(message)).status()));
  context.printer.Line("From now on you log in with your password alone.");
  context.printer.Object(JsonObject().Text("done", "totp off"));
  return absl::OkStatus();
}

}  // namespace molva::cli
