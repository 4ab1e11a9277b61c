// Login and password. Passwords are kept as argon2id hashes (libsodium's text form, which carries
// its own salt and cost, so that the cost can be raised without losing anybody). Hashes that came
// from another server are taken too, and replaced at the first login.
#include <sodium.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>

#include "imported_hash.h"
#include "login_password.h"
#include "molva/auth_plugin.h"
#include "molva/declare.hpp"
#include "molva/plugin.hpp"
#include "molva/plugin_config.hpp"

namespace molva::auth_basic {
namespace {

// What a check costs. The default is about 20 ms of one core and 19 MiB: OWASP's second choice of
// argon2id parameters.
struct Cost {
  unsigned long long operations = 2;
  std::size_t memory_kib = std::size_t{19} * 1024;

  std::size_t memory_bytes() const { return memory_kib * 1024; }
};

using Hash = std::array<char, crypto_pwhash_STRBYTES>;

bool HashPassword(std::string_view password, const Cost& cost, Hash* hash) {
  return crypto_pwhash_str(hash->data(), password.data(), password.size(), cost.operations,
                           cost.memory_bytes()) == 0;
}

std::string RandomBase64(std::size_t bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
  std::string random(bytes, '\0');
  randombytes_buf(random.data(), random.size());
  std::string text(sodium_base64_ENCODED_LEN(bytes, kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(random.data()),
                    random.size(), kVariant);
  text.pop_back();  // the final zero
  return text;
}

// A hash that no password is known for, made up and not computed: starting costs nothing, and
// checking a password against it costs what any check costs. False: not what libsodium reads.
bool MakeUpHash(const Cost& cost, Hash* hash) {
  const std::string text = "$argon2id$v=19$m=" + std::to_string(cost.memory_kib) +
                           ",t=" + std::to_string(cost.operations) + ",p=1$" +
                           RandomBase64(crypto_pwhash_SALTBYTES) + "$" + RandomBase64(32);
  hash->fill(0);
  std::copy(text.begin(), text.end(), hash->begin());
  return crypto_pwhash_str_needs_rehash(hash->data(), cost.operations, cost.memory_bytes()) == 0;
}

// A hash that the store returned, terminated as libsodium wants it; false if it is none.
bool ToHash(molva_text text, Hash* hash) {
  if (text.size == 0 || text.size >= hash->size()) return false;
  hash->fill(0);
  std::copy_n(text.data, text.size, hash->begin());
  return true;
}

// The cost that a hash carries in its text: "$argon2id$v=19$m=<KiB>,t=<passes>,p=1$…".
std::optional<Cost> CostOf(const char* hash) {
  unsigned memory_kib = 0;
  unsigned passes = 0;
  if (std::sscanf(hash, "$argon2id$v=19$m=%9u,t=%9u,p=1$", &memory_kib, &passes) != 2) {
    return std::nullopt;
  }
  return Cost{.operations = passes, .memory_kib = memory_kib};
}

}  // namespace
}  // namespace molva::auth_basic

struct molva_auth {
  molva::auth_basic::Policy policy;
  molva::auth_basic::Cost cost;
  // What the secret of an unknown login is compared with.
  molva::auth_basic::Hash decoy;
};

namespace molva::auth_basic {
namespace {

molva_code Open(const molva_host*, molva_text text, const molva_sink* why, molva_auth** out) {
  return sdk::Guarded([&]() -> molva_code {
    auto self = std::make_unique<molva_auth>();
    sdk::Config config(text);
    self->policy.min_login_length = static_cast<std::size_t>(
        config.Integer("min_login_length", 2, 1, static_cast<std::int64_t>(kMaxLoginLength)));
    self->policy.min_password_length =
        static_cast<std::size_t>(config.Integer("min_password_length", 6, 1, 128));
    self->cost.operations =
        static_cast<unsigned long long>(config.Integer("hash_passes", 2, 1, 64));
    self->cost.memory_kib =
        static_cast<std::size_t>(config.Integer("hash_memory_kib", 19 * 1024, 8, 1 << 21));
    self->policy.adds_tags = config.Flag("add_tags", true);
    const std::string error = config.Finish();
    if (!error.empty()) {
      sdk::Put(why, error);
      return MOLVA_MALFORMED;
    }
    if (sodium_init() < 0 || !MakeUpHash(self->cost, &self->decoy)) return MOLVA_INTERNAL;
    *out = self.release();
    return MOLVA_OK;
  });
}

void Close(molva_auth* self) { std::unique_ptr<molva_auth>(self).reset(); }

molva_code Parse(molva_auth* self, molva_auth_purpose purpose, molva_text secret,
                 const molva_sink* unique, const molva_sink* why) {
  return sdk::Guarded([&]() -> molva_code {
    const std::optional<LoginPassword> parts = Split(sdk::View(secret));
    if (!parts.has_value()) {
      sdk::Put(why, "the secret has no colon");
      return MOLVA_MALFORMED;
    }
    const bool keeps_login = purpose == MOLVA_AUTH_CHANGE && parts->login.empty();
    std::string fault;
    if (!keeps_login) {
      // The shortest login may have been raised since the account was made.
      const Policy lenient{.min_login_length = 1};
      fault = FaultOfLogin(purpose == MOLVA_AUTH_LOGIN ? lenient : self->policy, parts->login);
    }
    if (!fault.empty() && purpose == MOLVA_AUTH_LOGIN) return MOLVA_DENIED;
    if (fault.empty() && purpose != MOLVA_AUTH_LOGIN) {
      fault = FaultOfPassword(self->policy, parts->password);
    }
    if (!fault.empty()) {
      sdk::Put(why, fault);
      return MOLVA_POLICY;
    }
    sdk::Put(unique, parts->login);
    return MOLVA_OK;
  });
}

molva_code Make(molva_auth* self, molva_auth_purpose, molva_text secret, const molva_sink* kept,
                uint32_t* level, const molva_sink* why) {
  return sdk::Guarded([&]() -> molva_code {
    const std::optional<LoginPassword> parts = Split(sdk::View(secret));
    if (!parts.has_value()) return MOLVA_MALFORMED;
    if (const std::string fault = FaultOfPassword(self->policy, parts->password); !fault.empty()) {
      sdk::Put(why, fault);
      return MOLVA_POLICY;
    }
    Hash hash;
    if (!HashPassword(parts->password, self->cost, &hash)) {
      sdk::Put(why, "not enough memory to hash a password");
      return MOLVA_UNAVAILABLE;
    }
    sdk::Put(kept, hash.data());
    *level = MOLVA_AUTH_LEVEL_AUTH;
    return MOLVA_OK;
  });
}

// Costs a check, whether or not there is something to compare with.
bool Matches(const molva_auth& self, const molva_auth_record* record, std::string_view password) {
  if (record != nullptr && IsImported(sdk::View(record->secret))) {
    return MatchesImported(sdk::View(record->secret), password);
  }
  Hash hash = self.decoy;
  const bool is_known = record != nullptr && ToHash(record->secret, &hash);
  return crypto_pwhash_str_verify(hash.data(), password.data(), password.size()) == 0 && is_known;
}

molva_code Verify(molva_auth* self, molva_text secret, const molva_auth_record* record, int64_t now,
                  molva_identity* identity, const molva_sink* why) {
  return sdk::Guarded([&]() -> molva_code {
    const std::optional<LoginPassword> parts = Split(sdk::View(secret));
    if (!parts.has_value()) return MOLVA_MALFORMED;
    if (!Matches(*self, record, parts->password)) return MOLVA_DENIED;
    if (record->expires != MOLVA_NO_TIME && record->expires <= now) {
      sdk::Put(why, "the password has expired");
      return MOLVA_DENIED;
    }
    identity->user = record->user;
    identity->level = record->level;
    identity->may_log_in = 1;
    identity->validated = 0;
    return MOLVA_OK;
  });
}

molva_code Tags(molva_auth* self, molva_text unique, const molva_sink* tag) {
  return sdk::Guarded([&]() -> molva_code {
    if (self->policy.adds_tags) sdk::Put(tag, "basic:" + sdk::Copy(unique));
    return MOLVA_OK;
  });
}

// What was imported, and what costs too little: a hash that costs more than asked for is not made
// worse.
uint32_t IsStale(molva_auth* self, const molva_auth_record* record) {
  if (IsImported(sdk::View(record->secret))) return 1;
  Hash hash;
  if (!ToHash(record->secret, &hash)) return 0;
  if (crypto_pwhash_str_needs_rehash(hash.data(), self->cost.operations,
                                     self->cost.memory_bytes()) != 1) {
    return 0;
  }
  const std::optional<Cost> kept = CostOf(hash.data());
  return kept.has_value() && kept->memory_kib <= self->cost.memory_kib &&
                 kept->operations <= self->cost.operations
             ? 1
             : 0;
}

constexpr molva_auth_api kApi = {sizeof(molva_auth_api),
                                 MOLVA_AUTH_LOGS_IN | MOLVA_AUTH_CREATES | MOLVA_AUTH_CHANGES |
                                     MOLVA_AUTH_RECORDS | MOLVA_AUTH_TAGS,
                                 Open,
                                 Close,
                                 Parse,
                                 Make,
                                 Verify,
                                 Tags,
                                 nullptr,
                                 IsStale,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr};
constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::NumberSetting("min_login_length", "2", 1, 32, "Shortest login, in characters."),
    sdk::NumberSetting("min_password_length", "6", 1, 128, "Shortest password, in characters."),
    sdk::NumberSetting("hash_passes", "2", 1, 64, "Passes of Argon2id over its memory."),
    sdk::NumberSetting("hash_memory_kib", "19456", 8, 1 << 21, "Memory of one hash, in KiB."),
    sdk::BoolSetting("add_tags", "true", "Whether accounts are found by the tag basic:<login>."),
});
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_AUTH, "basic", "1.0", &kApi, kSettings, "Apache-2.0");

}  // namespace
}  // namespace molva::auth_basic

const molva_plugin* molva_plugin_v1() { return &molva::auth_basic::kPlugin; }
