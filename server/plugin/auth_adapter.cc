#include "plugin/auth_adapter.h"

#include <fmt/core.h>

#include "base/log.h"
#include "model/fault.h"
#include "plugin/store_requests.h"

namespace molva::plugin {
namespace {

using model::Fault;

auth::SchemeTraits TraitsOf(molva_auth_traits bits) {
  const auto has = [bits](molva_auth_traits bit) { return (bits & bit) != 0; };
  return {.logs_in = has(MOLVA_AUTH_LOGS_IN),
          .creates = has(MOLVA_AUTH_CREATES),
          .changes = has(MOLVA_AUTH_CHANGES),
          .keeps_records = has(MOLVA_AUTH_RECORDS),
          .issues = has(MOLVA_AUTH_ISSUES),
          .is_quick = has(MOLVA_AUTH_QUICK),
          .owns_tags = has(MOLVA_AUTH_TAGS)};
}

molva_auth_purpose ToC(auth::Purpose purpose) {
  switch (purpose) {
    case auth::Purpose::kLogin:
      return MOLVA_AUTH_LOGIN;
    case auth::Purpose::kCreate:
      return MOLVA_AUTH_CREATE;
    case auth::Purpose::kChange:
      break;
  }
  return MOLVA_AUTH_CHANGE;
}

Fault FaultOf(molva_code code) {
  switch (code) {
    case MOLVA_MALFORMED:
      return Fault::kMalformed;
    case MOLVA_POLICY:
      return Fault::kPolicyViolation;
    case MOLVA_DENIED:
      return Fault::kAuthenticationFailed;
    case MOLVA_ALREADY_EXISTS:
      return Fault::kDuplicateCredential;
    case MOLVA_NOT_FOUND:
      return Fault::kNotFound;
    case MOLVA_UNSUPPORTED:
      return Fault::kNotImplemented;
    case MOLVA_UNAVAILABLE:
      return Fault::kServiceUnavailable;
    default:
      return Fault::kInternalError;
  }
}

absl::Status Refusal(molva_code code, const sdk::Collector& why) {
  const std::string detail = why.First();
  return model::Fail(FaultOf(code),
                     detail.empty() ? fmt::format("auth plugin answered {}", code) : detail);
}

absl::Status BadPlugin(std::string_view why) { return model::Fail(Fault::kInternalError, why); }

// Only the levels that exist pass: a plugin must not invent rights.
absl::StatusOr<model::AuthLevel> ToLevel(std::uint32_t level) {
  switch (level) {
    case MOLVA_AUTH_LEVEL_NONE:
      return model::AuthLevel::kNone;
    case MOLVA_AUTH_LEVEL_ANON:
      return model::AuthLevel::kAnon;
    case MOLVA_AUTH_LEVEL_AUTH:
      return model::AuthLevel::kAuth;
    case MOLVA_AUTH_LEVEL_ROOT:
      return model::AuthLevel::kRoot;
    default:
      return BadPlugin(fmt::format("auth plugin gave the unknown level {}", level));
  }
}

}  // namespace

AuthPlugin::AuthPlugin(const Library& library)
    : api_(library.auth_api()),
      name_(library.name()),
      traits_(TraitsOf(api_.traits)),
      host_(fmt::format("auth {}", name_)) {}

absl::StatusOr<std::unique_ptr<AuthPlugin>> AuthPlugin::Open(const Library& library,
                                                             const std::string& config) {
  std::unique_ptr<AuthPlugin> plugin(new AuthPlugin(library));
  sdk::Collector why;
  molva_auth* instance = nullptr;
  const molva_code code =
      plugin->api_.open(plugin->host_.table(), sdk::Text(config), why.sink(), &instance);
  if (code != MOLVA_OK) {
    return StatusOf(code, fmt::format("{}: {}", plugin->host_.plugin_name(), why.First()));
  }
  if (instance == nullptr) {
    return absl::InternalError(
        fmt::format("{}: opened, but gave no instance", plugin->host_.plugin_name()));
  }
  plugin->instance_ = instance;
  return plugin;
}

AuthPlugin::~AuthPlugin() {
  if (instance_ != nullptr) api_.close(instance_);
}

absl::StatusOr<std::string> AuthPlugin::Parse(auth::Purpose purpose,
                                              std::string_view secret) const {
  sdk::Collector unique;
  sdk::Collector why;
  const molva_code code =
      api_.parse(instance_, ToC(purpose), sdk::Text(secret), unique.sink(), why.sink());
  if (code != MOLVA_OK) return Refusal(code, why);
  std::string name = unique.First();
  if (unique.overflowed()) return BadPlugin("auth plugin gave too long a name");
  if (name.empty() && traits_.keeps_records && purpose != auth::Purpose::kChange) {
    return BadPlugin("auth plugin gave no name");
  }
  return name;
}

absl::StatusOr<auth::MadeSecret> AuthPlugin::Make(auth::Purpose purpose,
                                                  std::string_view secret) const {
  sdk::Collector kept;
  sdk::Collector why;
  std::uint32_t level = MOLVA_AUTH_LEVEL_NONE;
  const molva_code code =
      api_.make(instance_, ToC(purpose), sdk::Text(secret), kept.sink(), &level, why.sink());
  if (code != MOLVA_OK) return Refusal(code, why);
  if (kept.overflowed()) return BadPlugin("auth plugin made too long a record");
  const absl::StatusOr<model::AuthLevel> checked = ToLevel(level);
  if (!checked.ok()) return checked.status();
  return auth::MadeSecret{kept.First(), *checked};
}

absl::StatusOr<auth::Identity> AuthPlugin::Verify(std::string_view secret,
                                                  const store::AuthRecord* record,
                                                  absl::Time now) const {
  Arena arena;
  sdk::Collector why;
  auto identity = sdk::Sized<molva_identity>();
  identity.may_log_in = 1;
  const molva_auth_record* c = record == nullptr ? nullptr : ToC(*record, arena);
  const molva_code code =
      api_.verify(instance_, sdk::Text(secret), c, ToMillis(now), &identity, why.sink());
  if (code != MOLVA_OK) return Refusal(code, why);
  if (identity.user == 0) return BadPlugin("auth plugin verified nobody");
  const absl::StatusOr<model::AuthLevel> level = ToLevel(identity.level);
  if (!level.ok()) return level.status();
  return auth::Identity{.user = model::UserId::FromBits(identity.user),
                        .level = *level,
                        .may_log_in = identity.may_log_in != 0,
                        .validated = identity.validated != 0};
}

std::vector<std::string> AuthPlugin::TagsOf(std::string_view unique) const {
  sdk::Collector tags;
  const molva_code code = api_.tags(instance_, sdk::Text(unique), tags.sink());
  if (code == MOLVA_OK && !tags.overflowed()) return tags.texts();
  base::LogError("an auth plugin could not name its tags",
                 {{"plugin", host_.plugin_name()}, {"code", fmt::format("{}", code)}});
  return {};
}

absl::StatusOr<auth::Token> AuthPlugin::Issue(const auth::Identity& identity,
                                              absl::Time now) const {
  if (!traits_.issues) {
    return model::Fail(Fault::kNotImplemented, "the auth scheme issues no secrets");
  }
  auto c = sdk::Sized<molva_identity>();
  c.user = identity.user.bits();
  c.level = static_cast<std::uint32_t>(identity.level);
  c.may_log_in = identity.may_log_in ? 1 : 0;
  c.validated = identity.validated ? 1 : 0;
  sdk::Collector secret;
  std::int64_t expires = MOLVA_NO_TIME;
  const molva_code code = api_.issue(instance_, &c, ToMillis(now), secret.sink(), &expires);
  if (code != MOLVA_OK) return Refusal(code, sdk::Collector());
  if (secret.First().empty() || expires == MOLVA_NO_TIME) {
    return BadPlugin("auth plugin issued an incomplete token");
  }
  return auth::Token{secret.First(), absl::FromUnixMillis(expires)};
}

}  // namespace molva::plugin
