// Logins with passkeys (WebAuthn): who holds an authenticator signs what the node asks.
#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ceremony.h"
#include "login_common/base64_url.h"
#include "molva/auth_plugin.h"
#include "molva/json_text.hpp"
#include "molva/plugin.hpp"
#include "settings.h"

struct molva_auth {
  molva_auth(const molva_host* host, molva::auth_passkey::Settings settings)
      : logger(host), ceremony(std::move(settings)) {}

  molva::sdk::Logger logger;
  molva::auth_passkey::Ceremony ceremony;
};

namespace molva::auth_passkey {
namespace {

using Keys = std::vector<Passkey>;
using Step = Request::Step;

molva_code Open(const molva_host* host, molva_text config, const molva_sink* why,
                molva_auth** out) {
  return sdk::Guarded([&]() -> molva_code {
    Settings settings;
    const std::string error = ReadSettings(config, &settings);
    if (!error.empty()) {
      sdk::Put(why, error);
      return MOLVA_MALFORMED;
    }
    *out = std::make_unique<molva_auth>(host, std::move(settings)).release();
    return MOLVA_OK;
  });
}

void Close(molva_auth* self) { std::unique_ptr<molva_auth>(self).reset(); }

std::string NameOf(std::uint64_t user) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(user));
  return text.data();
}

molva_code Parse(molva_auth* self, molva_auth_purpose purpose, molva_text secret,
                 const molva_sink* unique, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    if (purpose != MOLVA_AUTH_LOGIN) return {MOLVA_UNSUPPORTED, "passkeys start no accounts"};
    Request request;
    MOLVA_RETURN_UNLESS_OK(ReadRequest(secret, &request));
    if (request.step == Step::kGet) {
      sdk::Put(unique, request.user == 0 ? "?" : NameOf(request.user));
      return sdk::Done();
    }
    if (request.step != Step::kAssertion) {
      return {MOLVA_MALFORMED, "a login is a \"want\" of get, or what the browser signed"};
    }
    const std::uint64_t user = self->ceremony.UserOf(request);
    if (user == 0) return {MOLVA_DENIED, "nobody says to have signed"};
    sdk::Put(unique, NameOf(user));
    return sdk::Done();
  });
}

molva_code Make(molva_auth*, molva_auth_purpose, molva_text, const molva_sink*, uint32_t*,
                const molva_sink*) {
  return MOLVA_UNSUPPORTED;  // Replace makes what is kept
}

// None without a record.
sdk::Outcome KeysIn(const molva_auth_record* record, Keys* keys) {
  if (record == nullptr) return sdk::Done();
  std::optional<Keys> found = ReadPasskeys(sdk::View(record->secret));
  if (!found.has_value()) return {MOLVA_INTERNAL, "the record of passkeys cannot be read"};
  *keys = *std::move(found);
  return sdk::Done();
}

sdk::Outcome Enter(molva_auth& self, const Request& request, const molva_auth_record* record,
                   std::int64_t now, molva_identity* identity) {
  // A host that does not keep the counter would take a copied authenticator for the first one.
  if (record != nullptr && (!MOLVA_HAS(identity, kept) || identity->kept == nullptr)) {
    return {MOLVA_UNSUPPORTED, "the host is older than 1.3"};
  }
  Keys keys;
  MOLVA_RETURN_UNLESS_OK(KeysIn(record, &keys));
  const std::uint64_t user = record == nullptr ? self.ceremony.UserOf(request) : record->user;
  bool has_changed = false;
  const sdk::Outcome outcome = self.ceremony.TakeAssertion(user, request, now, keys, &has_changed);
  if (outcome.why.starts_with(Ceremony::kCounterBack)) {
    self.logger.Warning("a passkey of user " + NameOf(user) +
                        " may have been copied: " + outcome.why + "; its owner should remove it");
  }
  if (!outcome.ok()) return outcome;
  identity->user = record->user;  // keys come of a record alone
  identity->level = record->level;
  if (has_changed) sdk::Put(identity->kept, WritePasskeys(keys));
  return sdk::Done();
}

molva_code Verify(molva_auth* self, molva_text secret, const molva_auth_record* record, int64_t now,
                  molva_identity* identity, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    Request request;
    MOLVA_RETURN_UNLESS_OK(ReadRequest(secret, &request));
    if (request.step == Step::kAssertion) return Enter(*self, request, record, now, identity);
    if (request.step != Step::kGet) return {MOLVA_MALFORMED, "not a step of a login"};
    if (!MOLVA_HAS(identity, challenge) || identity->challenge == nullptr) {
      return {MOLVA_UNSUPPORTED, "the host is older than 1.3"};
    }
    Keys keys;
    MOLVA_RETURN_UNLESS_OK(KeysIn(record, &keys));
    std::string options;
    MOLVA_RETURN_UNLESS_OK(
        self->ceremony.AskToGet(request.user, record == nullptr ? nullptr : &keys, now, &options));
    sdk::Put(identity->challenge, options);
    return sdk::Done();
  });
}

molva_code Tags(molva_auth*, molva_text, const molva_sink*) { return MOLVA_OK; }

// One text of JSON for each.
void List(const Keys& keys, const molva_sink* told) {
  for (const Passkey& key : keys) {
    sdk::Put(told, sdk::JsonObject()
                       .Text("id", login_common::EncodeBase64Url(key.id))
                       .Text("label", key.label)
                       .Number("created", key.created_millis)
                       .Finish());
  }
}

sdk::Outcome Remove(const Request& request, Keys keys, const molva_sink* kept) {
  const auto is_meant = [&](const Passkey& key) { return key.id == request.id; };
  if (std::erase_if(keys, is_meant) == 0) return {MOLVA_NOT_FOUND, "no such passkey"};
  if (!keys.empty()) sdk::Put(kept, WritePasskeys(keys));
  return sdk::Done();
}

molva_code Replace(molva_auth* self, uint64_t user, molva_text secret,
                   const molva_auth_record* record, int64_t now, const molva_sink* kept,
                   const molva_sink* told, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    Request request;
    MOLVA_RETURN_UNLESS_OK(ReadRequest(secret, &request));
    Keys keys;
    MOLVA_RETURN_UNLESS_OK(KeysIn(record, &keys));
    if (request.step == Step::kCreate) {
      std::string options;
      MOLVA_RETURN_UNLESS_OK(self->ceremony.AskToCreate(user, request, keys, now, &options));
      sdk::Put(told, options);
      return sdk::Done();
    }
    if (request.step == Step::kAttestation) {
      MOLVA_RETURN_UNLESS_OK(self->ceremony.TakeAttestation(user, request, now, keys));
      sdk::Put(kept, WritePasskeys(keys));
      return sdk::Done();
    }
    const bool changes = request.step == Step::kList || request.step == Step::kRemove;
    if (!changes) return {MOLVA_MALFORMED, "a change is a \"want\" of create, list or remove"};
    if (keys.empty()) return {MOLVA_NOT_FOUND, "the account has no passkeys"};
    if (request.step == Step::kRemove) return Remove(request, std::move(keys), kept);
    List(keys, told);
    sdk::Put(kept, WritePasskeys(keys));  // as it was: what is told alone is a challenge
    return sdk::Done();
  });
}

constexpr molva_auth_api kApi = {
    sizeof(molva_auth_api),
    MOLVA_AUTH_LOGS_IN | MOLVA_AUTH_CHANGES | MOLVA_AUTH_RECORDS | MOLVA_AUTH_REPLACES,
    Open,
    Close,
    Parse,
    Make,
    Verify,
    Tags,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    Replace};
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_AUTH, "passkey", "1.0", &kApi, kSettings, "Apache-2.0");

}  // namespace
}  // namespace molva::auth_passkey

const molva_plugin* molva_plugin_v1() { return &molva::auth_passkey::kPlugin; }
