// Logins at an OpenID provider: the node sends people there, and believes what it signs.
#include <curl/curl.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "login.h"
#include "molva/auth_plugin.h"
#include "molva/json_text.hpp"
#include "molva/plugin.hpp"
#include "settings.h"

struct molva_auth {
  molva_auth(const molva_host* host, molva::auth_oidc::Settings settings)
      : logger(host), login(std::move(settings)) {}

  molva::sdk::Logger logger;
  molva::auth_oidc::Login login;
  std::atomic<std::int64_t> last_complaint{0};  // when, in milliseconds
};

namespace molva::auth_oidc {
namespace {

constexpr std::int64_t kComplaintMillis = 10'000;

molva_code Open(const molva_host* host, molva_text config, const molva_sink* why,
                molva_auth** out) {
  return sdk::Guarded([&]() -> molva_code {
    Settings settings;
    const std::string error = ReadSettings(config, &settings);
    if (!error.empty()) {
      sdk::Put(why, error);
      return MOLVA_MALFORMED;
    }
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return MOLVA_INTERNAL;
    if (settings.http.allows_http) {
      sdk::Logger(host).Warning("the provider may do without TLS: allow_http is for tests");
    }
    *out = std::make_unique<molva_auth>(host, std::move(settings)).release();
    return MOLVA_OK;
  });
}

void Close(molva_auth* self) { std::unique_ptr<molva_auth>(self).reset(); }

molva_code Parse(molva_auth* self, molva_auth_purpose purpose, molva_text secret,
                 const molva_sink* unique, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    if (purpose != MOLVA_AUTH_LOGIN) return {MOLVA_UNSUPPORTED, "the provider makes accounts"};
    Request request;
    MOLVA_RETURN_UNLESS_OK(ReadRequest(secret, &request));
    std::string name;
    MOLVA_RETURN_UNLESS_OK(self->login.NameOf(request, &name));
    sdk::Put(unique, name);
    return sdk::Done();
  });
}

molva_code Make(molva_auth*, molva_auth_purpose, molva_text, const molva_sink*, uint32_t*,
                const molva_sink*) {
  return MOLVA_UNSUPPORTED;
}

// The parts in the order of the contract.
void Describe(const Person& person, const molva_sink* account) {
  sdk::JsonObject card;
  card.TextIfAny("fn", person.name);
  sdk::Put(account, "");
  sdk::Put(account, "");
  sdk::Put(account, person.name.empty() ? std::string() : card.Finish());
  sdk::Put(account, "");
  sdk::Put(account, "");
  for (const std::string& tag : person.tags) sdk::Put(account, tag);
}

sdk::Outcome Enter(Login& login, const Request& request, const molva_auth_record* record,
                   std::int64_t now, molva_identity* identity) {
  Person person;
  MOLVA_RETURN_UNLESS_OK(login.TakeProof(request, now, &person));
  identity->level = MOLVA_AUTH_LEVEL_AUTH;
  if (record != nullptr) {
    identity->user = record->user;
    identity->level = record->level;
    return sdk::Done();
  }
  const bool can_adopt = MOLVA_HAS(identity, account) && identity->account != nullptr;
  if (!login.makes_accounts() || !can_adopt) return {MOLVA_DENIED, "there is no account"};
  Describe(person, identity->account);
  return sdk::Done();
}

// The operator must learn why nobody comes in, but not from everybody who tries.
void Complain(molva_auth& self, const sdk::Outcome& outcome, std::int64_t now) {
  std::int64_t last = self.last_complaint.load();
  if (outcome.code != MOLVA_UNAVAILABLE || (now >= last && now - last < kComplaintMillis)) return;
  if (!self.last_complaint.compare_exchange_strong(last, now)) return;
  self.logger.Warning("a login at the OpenID provider failed: " + outcome.why);
}

sdk::Outcome GoOn(Login& login, const Request& request, std::int64_t now,
                  const molva_sink* challenge) {
  const bool begins =
      request.step == Request::Step::kBegin || request.step == Request::Step::kWantNonce;
  std::string next;
  MOLVA_RETURN_UNLESS_OK(begins ? login.Begin(request, now, &next)
                                : login.TakeAnswer(request, now, &next));
  sdk::Put(challenge, next);
  return sdk::Done();
}

molva_code Verify(molva_auth* self, molva_text secret, const molva_auth_record* record, int64_t now,
                  molva_identity* identity, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    Request request;
    MOLVA_RETURN_UNLESS_OK(ReadRequest(secret, &request));
    if (request.step == Request::Step::kProof) {
      return Enter(self->login, request, record, now, identity);
    }
    if (!MOLVA_HAS(identity, challenge) || identity->challenge == nullptr) {
      return {MOLVA_UNSUPPORTED, "the host is older than 1.3"};
    }
    sdk::Outcome outcome = GoOn(self->login, request, now, identity->challenge);
    Complain(*self, outcome, now);
    return outcome;
  });
}

// The record of the host is all that ties somebody at the provider to an account.
molva_code Adopt(molva_auth*, molva_text, uint64_t, const molva_sink*) { return MOLVA_OK; }

molva_code Tags(molva_auth*, molva_text, const molva_sink*) { return MOLVA_OK; }

constexpr molva_auth_api kApi = {sizeof(molva_auth_api),
                                 MOLVA_AUTH_LOGS_IN | MOLVA_AUTH_RECORDS | MOLVA_AUTH_WAITS,
                                 Open,
                                 Close,
                                 Parse,
                                 Make,
                                 Verify,
                                 Tags,
                                 nullptr,
                                 nullptr,
                                 Adopt,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr};
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_AUTH, "oidc", "1.0", &kApi, kSettings, "Apache-2.0");

}  // namespace
}  // namespace molva::auth_oidc

const molva_plugin* molva_plugin_v1() { return &molva::auth_oidc::kPlugin; }
