#include "validation/credentials.h"

#include <fmt/core.h>

#include <utility>

#include "base/log.h"
#include "base/status_macros.h"
#include "base/strings.h"
#include "model/fault.h"

namespace molva::validation {
namespace {

using model::Fail;
using model::Fault;

constexpr char kCountry[] = "countryCode";

// What a code of this row is worth something for.
std::string SubjectOf(model::UserId user, std::string_view method, std::string_view value) {
  return fmt::format("{} {}:{}", user.ToString(), method, value);
}

// "GB" of "en-GB"; empty for what names no country.
std::string CountryOf(std::string_view language) {
  const std::size_t at = language.find_first_of("-_");
  if (at == std::string_view::npos || language.size() < at + 3) return {};
  const std::string_view region = language.substr(at + 1);
  if (region.size() != 2) return {};
  std::string country;
  for (const char letter : region) {
    if ((letter < 'a' || letter > 'z') && (letter < 'A' || letter > 'Z')) return {};
    country += static_cast<char>(letter & ~0x20);
  }
  return country;
}

class SealJudge final : public Judge {
 public:
  SealJudge(const CodeSealer& sealer, const Rules& rules) : sealer_(sealer), rules_(rules) {}

  bool IsRight(const store::CredentialRecord& row, std::string_view response) const override {
    const std::string subject = SubjectOf(row.user, row.method, row.value);
    if (sealer_.Matches(row.response, response, subject)) return true;
    return !rules_.debug_response.empty() && IsSameSecret(rules_.debug_response, response);
  }

 private:
  const CodeSealer& sealer_;
  const Rules& rules_;
};

}  // namespace

Credentials::Credentials(runtime::Shard& shard, store::Store& store,
                         auth::Authenticator& authenticator, const SharedParts& shared)
    : shard_(shard),
      store_(store),
      authenticator_(authenticator),
      shared_(shared),
      postman_(shard, shared.pool),
      alive_(std::make_shared<Alive>()) {}

absl::StatusOr<Contact> Credentials::Normalise(const model::Credential& credential,
                                               const std::string& language) const {
  const Method* method = registry().Find(credential.method);
  if (method == nullptr) return Fail(Fault::kNotImplemented, "no validator of this method");
  model::JsonFields params = credential.params;
  const std::string country = CountryOf(language);
  if (!country.empty() && model::FindField(params, kCountry) == nullptr) {
    params.emplace_back(kCountry, model::JsonText(country));
  }
  MOLVA_ASSIGN_OR_RETURN(std::string value,
                         method->validator->Normalise(credential.value, model::JsonObject(params)));
  return Contact{credential.method, std::move(value)};
}

void Credentials::CheckFree(std::vector<Contact> contacts, store::Written done) {
  if (contacts.empty()) {
    return shard_.Post([alive = std::weak_ptr<Alive>(alive_), done = std::move(done)]() mutable {
      if (!alive.expired()) done(absl::OkStatus());
    });
  }
  Contact contact = std::move(contacts.back());
  contacts.pop_back();
  store_.FindCredential(
      std::move(contact.method), std::move(contact.value),
      [this, alive = std::weak_ptr<Alive>(alive_), contacts = std::move(contacts),
       done = std::move(done)](
          const absl::StatusOr<std::optional<store::CredentialRecord>>& found) mutable {
        if (alive.expired()) return;
        if (!found.ok()) return done(found.status());
        if (found->has_value()) {
          return done(Fail(Fault::kDuplicateCredential, "somebody has confirmed this contact"));
        }
        CheckFree(std::move(contacts), std::move(done));
      });
}

absl::StatusOr<LetterRequest> Credentials::Prepare(const Rows& rows, model::UserId user,
                                                   const Contact& contact,
                                                   const std::string& language, Occasion occasion) {
  const Method* method = registry().Find(contact.method);
  if (method == nullptr) return Fail(Fault::kNotImplemented, "no validator of this method");
  if (rows.size() >= kMostRows) return Fail(Fault::kPolicyViolation, "too many credentials");
  const std::string name = fmt::format("{}:{}", contact.method, contact.value);
  if (shared_.letters.Ask(name, "", shard_.Now()) != auth::LoginThrottle::Verdict::kPass) {
    return Fail(Fault::kPolicyViolation, "too many letters to one contact");
  }
  shared_.letters.CountFailure(name, "", shard_.Now());
  LetterRequest request;
  request.method = contact.method;
  Letter& letter = request.letter;
  letter.reason = Reason::kConfirm;
  letter.to = contact.value;
  letter.code = CodeSealer::Make(shard_.random(), method->rules.code_length);
  letter.language = language;
  request.bearer = BearerOf(user, occasion);
  request.batch =
      PlanRequest(rows, user, contact,
                  shared_.sealer.Seal(letter.code, SubjectOf(user, contact.method, contact.value)),
                  shard_.Now());
  return request;
}

void Credentials::Send(LetterRequest request, store::Written done) {
  if (!request.bearer.has_value()) {
    return done(Post(request.method, std::move(request.letter)));
  }
  const auth::Identity bearer = *request.bearer;
  authenticator_.IssueToken(
      bearer, [this, alive = std::weak_ptr<Alive>(alive_), request = std::move(request),
               done = std::move(done)](const absl::StatusOr<auth::Token>& token) mutable {
        if (alive.expired()) return;
        if (token.ok()) {
          request.letter.token = base::EncodeBase64(token->secret);
        } else {
          base::LogWarning("a letter goes without a token",
                           {{"error", std::string(base::ToStd(token.status().message()))}});
        }
        done(Post(request.method, std::move(request.letter)));
      });
}

absl::Status Credentials::Post(const std::string& method_name, Letter letter) {
  const Method* method = registry().Find(method_name);
  if (method == nullptr) return Fail(Fault::kNotImplemented, "no validator of this method");
  if (postman_.Take(*method->validator, std::move(letter))) return absl::OkStatus();
  return Fail(Fault::kServiceUnavailable, "too many letters wait");
}

Judgement Credentials::Answer(const Rows& rows, const std::string& method,
                              const std::string& response) const {
  const Method* known = registry().Find(method);
  if (known == nullptr) return {Fail(Fault::kNotFound, "no validator of this method"), {}, {}};
  return PlanAnswer(rows, method, response, known->rules, SealJudge(shared_.sealer, known->rules),
                    shard_.Now());
}

void Credentials::FindMissing(model::UserId user, model::AuthLevel level,
                              store::Done<std::vector<std::string>> done) {
  store_.ListCredentials(
      user, [alive = std::weak_ptr<Alive>(alive_), required = registry().Required(level),
             done = std::move(done)](const absl::StatusOr<Rows>& rows) mutable {
        if (alive.expired()) return;
        if (!rows.ok()) return done(rows.status());
        done(Missing(*rows, required));
      });
}

std::string Credentials::TagOf(const Contact& contact) const {
  const Method* method = registry().Find(contact.method);
  if (method == nullptr || !method->rules.adds_tags) return {};
  return fmt::format("{}:{}", contact.method, contact.value);
}

auth::Identity Credentials::BearerOf(model::UserId user, Occasion occasion) const {
  const bool is_new = occasion == Occasion::kNewAccount;
  auth::Identity identity;
  identity.user = user;
  identity.level = is_new ? model::AuthLevel::kAuth : model::AuthLevel::kNone;
  identity.may_log_in = is_new;
  identity.expires = shard_.Now() + kCodeLife;
  return identity;
}

}  // namespace molva::validation
