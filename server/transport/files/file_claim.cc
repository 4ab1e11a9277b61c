#include "transport/files/file_claim.h"

#include <utility>

#include "base/strings.h"
#include "model/fault.h"

namespace molva::transport {
namespace {

using model::Fail;
using model::Fault;

std::string FieldOf(const FormFields& form, std::string_view name) {
  const auto at = form.find(name);
  return at == form.end() ? std::string() : at->second;
}

struct Words {
  std::string scheme;
  std::string secret;  // as sent
};

// Two words with exactly one space between them.
std::optional<Words> Split(std::string_view header) {
  const std::size_t space = header.find(' ');
  if (space == std::string_view::npos || space == 0 || space + 1 == header.size() ||
      header.find(' ', space + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  return Words{std::string(header.substr(0, space)), std::string(header.substr(space + 1))};
}

std::optional<Words> FindWords(const HttpRequest& request, const FormFields& form) {
  for (const std::string_view header : {"x-tinode-auth", "authorization"}) {
    if (auto words = Split(request.Header(header))) return words;
  }
  Words words{request.QueryValue("auth").value_or(""), request.QueryValue("secret").value_or("")};
  if (words.scheme.empty()) words = {FieldOf(form, "auth"), FieldOf(form, "secret")};
  if (words.scheme.empty()) {
    words = {request.Cookie("auth").value_or(""), request.Cookie("secret").value_or("")};
  }
  if (words.scheme.empty()) return std::nullopt;
  return words;
}

}  // namespace

std::string ApiKeyOf(const HttpRequest& request, const FormFields& form) {
  std::string key(request.Header("x-tinode-apikey"));
  if (key.empty()) key = request.QueryValue("apikey").value_or("");
  if (key.empty()) key = FieldOf(form, "apikey");
  if (key.empty()) key = request.Cookie("apikey").value_or("");
  return key;
}

absl::StatusOr<FileClaim> ClaimOf(const HttpRequest& request, const FormFields& form) {
  FileClaim claim;
  if (const std::optional<Words> words = FindWords(request, form)) {
    std::optional<std::string> secret = base::DecodeBase64(DecodePercent(words->secret));
    if (!secret.has_value()) return Fail(Fault::kMalformed, "the secret is not base64");
    claim.secret = {words->scheme, *std::move(secret), request.remote_address};
  }
  claim.sid = request.QueryValue("sid").value_or("");
  if (claim.sid.empty()) claim.sid = FieldOf(form, "sid");
  return claim;
}

void Identify(const FileRules& rules, FileClaim claim, session::Doorkeeper::Known done) {
  if (claim.secret.has_value()) {
    return rules.door.doorkeeper->Identify(*std::move(claim.secret), std::move(done));
  }
  if (!claim.sid.empty()) return rules.long_poll->FindUser(claim.sid, std::move(done));
  done(model::UserId::Nobody());
}

}  // namespace molva::transport
