// A second factor: codes that an authenticator shows, and recovery codes for who has lost it.
#include <sodium.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>

#include "keys.h"
#include "molva/auth_plugin.h"
#include "molva/declare.hpp"
#include "molva/plugin.hpp"
#include "molva/plugin_config.hpp"
#include "one_time_code.h"
#include "second_factor.h"
#include "ticket.h"

struct molva_auth {
  molva::auth_totp::Keys keys;
};

namespace molva::auth_totp {
namespace {

constexpr std::size_t kMinSecretBytes = 16;
constexpr std::size_t kMaxSecretBytes = 64;
constexpr std::size_t kMaxTextBytes = 1024;

std::string DecodeKey(std::string_view text) {
  std::string bytes(text.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), nullptr, &size, nullptr,
                        sodium_base64_VARIANT_ORIGINAL) != 0) {
    return {};
  }
  bytes.resize(size);
  return bytes;
}

molva_code Open(const molva_host*, molva_text text, const molva_sink* why, molva_auth** out) {
  return sdk::Guarded([&]() -> molva_code {
    if (sodium_init() < 0) return MOLVA_INTERNAL;
    sdk::Config config(text);
    const std::string key = DecodeKey(config.Text("key", ""));
    std::string error = config.Finish();
    if (error.empty() && key.size() < Keys::kMinBytes) {
      error = "\"key\" must be base64 of at least 32 bytes";
    }
    if (!error.empty()) {
      sdk::Put(why, error);
      return MOLVA_MALFORMED;
    }
    *out = std::make_unique<molva_auth>(molva_auth{Keys(key)}).release();
    return MOLVA_OK;
  });
}

void Close(molva_auth* self) { std::unique_ptr<molva_auth>(self).reset(); }

// What a client sends to log in: a code, a colon, the ticket.
struct Response {
  std::string_view code;
  Ticket ticket;
};

std::optional<Response> ReadResponse(const Keys& keys, std::string_view secret) {
  const std::size_t colon = secret.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::optional<Ticket> ticket = ReadTicket(keys, secret.substr(colon + 1));
  if (!ticket.has_value()) return std::nullopt;
  return Response{secret.substr(0, colon), *ticket};
}

std::string NameOf(std::uint64_t user) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(user));
  return text.data();
}

molva_code Parse(molva_auth* self, molva_auth_purpose purpose, molva_text secret,
                 const molva_sink* unique, const molva_sink* why) {
  return sdk::Guarded([&]() -> molva_code {
    if (purpose != MOLVA_AUTH_LOGIN) return MOLVA_UNSUPPORTED;
    const std::string_view text = sdk::View(secret);
    if (text.find(':') == std::string_view::npos) {
      sdk::Put(why, "the secret has no colon");
      return MOLVA_MALFORMED;
    }
    const std::optional<Response> response = ReadResponse(self->keys, text);
    if (!response.has_value()) return MOLVA_DENIED;
    sdk::Put(unique, NameOf(response->ticket.user));
    return MOLVA_OK;
  });
}

molva_code Make(molva_auth*, molva_auth_purpose, molva_text, const molva_sink*, uint32_t*,
                const molva_sink*) {
  return MOLVA_UNSUPPORTED;  // Replace makes what is kept
}

sdk::Outcome TakeResponse(const Keys& keys, const Response& response,
                          const molva_auth_record& record, std::int64_t now,
                          const molva_sink* kept) {
  const Ticket& ticket = response.ticket;
  std::optional<SecondFactor> factor =
      SecondFactor::Read(keys, record.user, sdk::View(record.secret));
  if (!factor.has_value()) return {MOLVA_DENIED, "the record is not of this node's key"};
  if (record.user != ticket.user || ticket.may_enrol) return {MOLVA_DENIED, "not this ticket"};
  if (!factor->Take(keys, response.code, now)) return {MOLVA_DENIED, "not a good code"};
  if (!factor->TakeTicket(ticket.nonce, ticket.expires, now)) {
    return {MOLVA_DENIED, "the ticket was used before"};
  }
  sdk::Put(kept, factor->Write(keys));
  return sdk::Done();
}

molva_code Verify(molva_auth* self, molva_text secret, const molva_auth_record* record, int64_t now,
                  molva_identity* identity, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    const std::optional<Response> response = ReadResponse(self->keys, sdk::View(secret));
    if (!response.has_value()) return {MOLVA_DENIED, "not a ticket of this node"};
    const Ticket& ticket = response->ticket;
    if (ticket.expires <= now) return {MOLVA_DENIED, "the ticket has expired"};
    identity->user = ticket.user;
    identity->validated = ticket.validated ? 1 : 0;
    if (record != nullptr) {
      // A host that does not keep what is used up would take each code twice.
      if (!MOLVA_HAS(identity, kept) || identity->kept == nullptr) {
        return {MOLVA_UNSUPPORTED, "the host is older than 1.3"};
      }
      identity->level = ticket.level;
      identity->may_log_in = 1;
      return TakeResponse(self->keys, *response, *record, now, identity->kept);
    }
    if (!ticket.may_enrol || !response->code.empty()) return {MOLVA_DENIED, "no second factor"};
    identity->level = MOLVA_AUTH_LEVEL_AUTH;
    identity->may_log_in = 0;
    identity->expires = ticket.expires;
    return sdk::Done();
  });
}

molva_code Tags(molva_auth*, molva_text, const molva_sink*) { return MOLVA_OK; }

molva_code Issue(molva_auth* self, const molva_identity* identity, int64_t now,
                 const molva_sink* secret, int64_t* expires) {
  return sdk::Guarded([&]() -> molva_code {
    Ticket ticket;
    ticket.user = identity->user;
    randombytes_buf(&ticket.nonce, sizeof(ticket.nonce));
    ticket.expires = now + kTicketMillis;
    ticket.level = static_cast<std::uint8_t>(identity->level);
    ticket.validated = identity->validated != 0;
    ticket.may_enrol = identity->may_log_in == 0;
    sdk::Put(secret, WriteTicket(self->keys, ticket));
    *expires = ticket.expires;
    return MOLVA_OK;
  });
}

sdk::Outcome Begin(const Keys& keys, std::uint64_t user, std::string_view text, std::int64_t now,
                   const molva_sink* kept, const molva_sink* told) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {MOLVA_MALFORMED, "not a secret and a code"};
  const std::optional<std::string> secret = DecodeBase32(text.substr(0, colon));
  if (!secret.has_value()) return {MOLVA_MALFORMED, "the secret is not base32"};
  if (secret->size() < kMinSecretBytes || secret->size() > kMaxSecretBytes) {
    return {MOLVA_POLICY, "the secret must have 16 to 64 bytes"};
  }
  SecondFactor factor(user, *secret);
  if (!factor.Take(keys, text.substr(colon + 1), now)) return {MOLVA_DENIED, "not a good code"};
  for (const std::string& code : factor.MakeRecoveryCodes(keys)) sdk::Put(told, code);
  sdk::Put(kept, factor.Write(keys));
  return sdk::Done();
}

// "on:SECRET:CODE", "off:CODE", "codes:CODE".
molva_code Replace(molva_auth* self, uint64_t user, molva_text secret,
                   const molva_auth_record* record, int64_t now, const molva_sink* kept,
                   const molva_sink* told, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    const std::string_view text = sdk::View(secret);
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || text.size() > kMaxTextBytes) {
      return {MOLVA_MALFORMED, "not on:, off: or codes:"};
    }
    const std::string_view verb = text.substr(0, colon);
    const std::string_view rest = text.substr(colon + 1);
    if (verb != "on" && verb != "off" && verb != "codes") {
      return {MOLVA_MALFORMED, "not on:, off: or codes:"};
    }
    if (verb == "on") {
      if (record != nullptr) return {MOLVA_ALREADY_EXISTS, "it is on"};
      return Begin(self->keys, user, rest, now, kept, told);
    }
    if (record == nullptr) return {MOLVA_NOT_FOUND, "it is off"};
    auto factor = SecondFactor::Read(self->keys, record->user, sdk::View(record->secret));
    if (!factor.has_value()) return {MOLVA_DENIED, "the record is not of this node's key"};
    if (!factor->Take(self->keys, rest, now)) return {MOLVA_DENIED, "not a good code"};
    if (verb == "off") return sdk::Done();
    for (const std::string& code : factor->MakeRecoveryCodes(self->keys)) sdk::Put(told, code);
    sdk::Put(kept, factor->Write(self->keys));
    return sdk::Done();
  });
}

constexpr molva_auth_api kApi = {sizeof(molva_auth_api),
                                 MOLVA_AUTH_LOGS_IN | MOLVA_AUTH_CHANGES | MOLVA_AUTH_RECORDS |
                                     MOLVA_AUTH_QUICK | MOLVA_AUTH_SECOND,
                                 Open,
                                 Close,
                                 Parse,
                                 Make,
                                 Verify,
                                 Tags,
                                 Issue,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 Replace};
constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::SecretSetting("key", "", "Base64 of at least 32 bytes; the node has one of its own."),
});
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_AUTH, "totp", "1.0", &kApi, kSettings, "Apache-2.0");

}  // namespace
}  // namespace molva::auth_totp

const molva_plugin* molva_plugin_v1() { return &molva::auth_totp::kPlugin; }
