#include "plugin/auth_adapter.h"

#include <fmt/core.h>

#include <array>

#include "auth/challenge.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "model/fault.h"
#include "plugin/open_instance.h"
#include "plugin/store_requests.h"

namespace molva::plugin {
namespace {

using model::Fault;

enum class AuthCall {
  kOpen,
  kParse,
  kMake,
  kVerify,
  kTags,
  kIssue,
  kIsStale,
  kAdopt,
  kChange,
  kEnrol,
  kLetGo,
  kNamespaces,
  kReplace
};
constexpr std::array<std::string_view, 13> kAuthCalls = {
    "open",  "parse",  "make",  "verify", "tags",       "issue",  "is_stale",
    "adopt", "change", "enrol", "let_go", "namespaces", "replace"};

bool CanAdopt(const molva_auth_api& api) { return MOLVA_HAS(&api, adopt) && api.adopt != nullptr; }

bool CanChange(const molva_auth_api& api) {
  return MOLVA_HAS(&api, change) && api.change != nullptr;
}

bool CanEnrol(const molva_auth_api& api) { return MOLVA_HAS(&api, enrol) && api.enrol != nullptr; }

bool CanLetGo(const molva_auth_api& api) {
  return MOLVA_HAS(&api, let_go) && api.let_go != nullptr;
}

bool CanReplace(const molva_auth_api& api) {
  return MOLVA_HAS(&api, replace) && api.replace != nullptr;
}

auth::SchemeTraits TraitsOf(const molva_auth_api& api) {
  const auto has = [bits = api.traits](molva_auth_traits bit) { return (bits & bit) != 0; };
  return {.logs_in = has(MOLVA_AUTH_LOGS_IN),
          .creates = has(MOLVA_AUTH_CREATES),
          .changes = has(MOLVA_AUTH_CHANGES),
          .keeps_records = has(MOLVA_AUTH_RECORDS),
          .issues = has(MOLVA_AUTH_ISSUES),
          .waits = has(MOLVA_AUTH_WAITS),
          .changes_elsewhere = !has(MOLVA_AUTH_RECORDS) && CanChange(api),
          .enrols = has(MOLVA_AUTH_CREATES) && !has(MOLVA_AUTH_RECORDS) && CanEnrol(api),
          .lets_go = CanLetGo(api),
          .is_second = has(MOLVA_AUTH_SECOND) && has(MOLVA_AUTH_RECORDS) && CanReplace(api) &&
                       api.issue != nullptr,
          .replaces = has(MOLVA_AUTH_REPLACES) && !has(MOLVA_AUTH_SECOND) &&
                      has(MOLVA_AUTH_RECORDS) && has(MOLVA_AUTH_CHANGES) && CanReplace(api),
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

absl::Status Refusal(molva_code code, const sdk::Collector& why) {
  return RefusalOf(code, why.First());
}

// The parts in the order of the contract.
auth::Newcomer NewcomerOf(const std::vector<std::string>& parts, model::AuthLevel level) {
  auth::Newcomer newcomer;
  newcomer.level = level;
  newcomer.access = {parts[0], parts[1]};
  newcomer.public_card.text = parts[2];
  newcomer.trusted.text = parts[3];
  newcomer.private_note.text = parts[4];
  newcomer.tags.assign(parts.begin() + 5, parts.end());
  return newcomer;
}
constexpr std::size_t kNewcomerParts = 5;

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

AuthPlugin::AuthPlugin(const Library& library, const runtime::CallRules& rules)
    : api_(library.auth_api()),
      name_(library.name()),
      traits_(TraitsOf(api_)),
      calls_(std::make_shared<CallStats>(library.Label(), kAuthCalls)),
      gate_(std::make_shared<runtime::CallGate>(library.Label(), rules)),
      host_(fmt::format("auth {}", name_)) {}

absl::StatusOr<std::unique_ptr<AuthPlugin>> AuthPlugin::Open(const Library& library,
                                                             const std::string& config,
                                                             const runtime::CallRules& rules) {
  std::unique_ptr<AuthPlugin> plugin(new AuthPlugin(library, rules));
  MOLVA_ASSIGN_OR_RETURN(
      molva_auth* const instance,
      OpenInstance<molva_auth>(plugin->host_, [&](const molva_sink* why, molva_auth** out) {
        CallTimer timer(*plugin->calls_, AuthCall::kOpen);
        return timer.Answered(
            plugin->api_.open(plugin->host_.table(), sdk::Text(config), why, out));
      }));
  plugin->instance_ = instance;
  const absl::Status status = plugin->ReadNamespaces();
  if (!status.ok()) return status;
  return plugin;
}

absl::Status AuthPlugin::ReadNamespaces() {
  if (!MOLVA_HAS(&api_, namespaces) || api_.namespaces == nullptr) return absl::OkStatus();
  sdk::Collector names;
  CallTimer timer(*calls_, AuthCall::kNamespaces);
  const molva_code code = timer.Answered(api_.namespaces(instance_, names.sink()));
  if (code != MOLVA_OK || names.overflowed()) {
    return absl::InternalError(fmt::format("{}: does not name its tags", host_.plugin_name()));
  }
  namespaces_ = names.texts();
  return absl::OkStatus();
}

AuthPlugin::~AuthPlugin() {
  if (instance_ != nullptr) api_.close(instance_);
}

absl::StatusOr<std::string> AuthPlugin::Parse(auth::Purpose purpose,
                                              std::string_view secret) const {
  sdk::Collector unique;
  sdk::Collector why;
  CallTimer timer(*calls_, AuthCall::kParse);
  const molva_code code = timer.Answered(
      api_.parse(instance_, ToC(purpose), sdk::Text(secret), unique.sink(), why.sink()));
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
  CallTimer timer(*calls_, AuthCall::kMake);
  const molva_code code = timer.Answered(
      api_.make(instance_, ToC(purpose), sdk::Text(secret), kept.sink(), &level, why.sink()));
  if (code != MOLVA_OK) return Refusal(code, why);
  if (kept.overflowed()) return BadPlugin("auth plugin made too long a record");
  const absl::StatusOr<model::AuthLevel> checked = ToLevel(level);
  if (!checked.ok()) return checked.status();
  return auth::MadeSecret{kept.First(), *checked};
}

absl::StatusOr<auth::Proof> AuthPlugin::Verify(std::string_view secret,
                                               const store::AuthRecord* record,
                                               absl::Time now) const {
  Arena arena;
  sdk::Collector account;
  sdk::Collector challenge;
  sdk::Collector kept;
  sdk::Collector why;
  auto identity = sdk::Sized<molva_identity>();
  identity.challenge = challenge.sink();
  if (record != nullptr) identity.kept = kept.sink();
  identity.may_log_in = 1;
  identity.expires = MOLVA_NO_TIME;
  if (CanAdopt(api_)) identity.account = account.sink();
  const molva_auth_record* c = record == nullptr ? nullptr : ToC(*record, arena);
  CallTimer timer(*calls_, AuthCall::kVerify);
  const molva_code code = timer.Answered(
      api_.verify(instance_, sdk::Text(secret), c, ToMillis(now), &identity, why.sink()));
  if (code != MOLVA_OK) return Refusal(code, why);
  if (challenge.overflowed() || kept.overflowed()) return BadPlugin("auth plugin says too much");
  if (!challenge.First().empty()) return auth::Challenged({name_, challenge.First()});
  if (account.overflowed()) return BadPlugin("auth plugin described an account at length");
  const bool is_newcomer = identity.user == 0 && account.texts().size() >= kNewcomerParts;
  if (identity.user == 0 && !is_newcomer) return BadPlugin("auth plugin verified nobody");
  const absl::StatusOr<model::AuthLevel> level = ToLevel(identity.level);
  if (!level.ok()) return level.status();
  auth::Proof proved;
  if (is_newcomer) {
    proved.newcomer = NewcomerOf(account.texts(), *level);
  } else {
    proved.user = model::UserId::FromBits(identity.user);
  }
  proved.level = *level;
  proved.may_log_in = identity.may_log_in != 0;
  proved.validated = identity.validated != 0;
  proved.login = identity.login;
  proved.kept = kept.First();
  if (identity.expires != MOLVA_NO_TIME) proved.expires = absl::FromUnixMillis(identity.expires);
  return proved;
}

absl::Status AuthPlugin::Adopt(std::string_view secret, model::UserId user) const {
  if (!CanAdopt(api_)) return BadPlugin("auth plugin adopts nobody");
  sdk::Collector why;
  CallTimer timer(*calls_, AuthCall::kAdopt);
  const molva_code code =
      timer.Answered(api_.adopt(instance_, sdk::Text(secret), user.bits(), why.sink()));
  return code == MOLVA_OK ? absl::OkStatus() : Refusal(code, why);
}

absl::Status AuthPlugin::Change(model::UserId user, std::string_view secret) const {
  if (!CanChange(api_)) return BadPlugin("auth plugin changes no secrets");
  sdk::Collector why;
  CallTimer timer(*calls_, AuthCall::kChange);
  const molva_code code =
      timer.Answered(api_.change(instance_, user.bits(), sdk::Text(secret), why.sink()));
  return code == MOLVA_OK ? absl::OkStatus() : Refusal(code, why);
}

absl::StatusOr<std::vector<std::string>> AuthPlugin::Enrol(std::string_view secret,
                                                           model::UserId user) const {
  if (!CanEnrol(api_)) return BadPlugin("auth plugin enrols nobody");
  sdk::Collector tags;
  sdk::Collector why;
  CallTimer timer(*calls_, AuthCall::kEnrol);
  const molva_code code = timer.Answered(
      api_.enrol(instance_, sdk::Text(secret), user.bits(), tags.sink(), why.sink()));
  if (code != MOLVA_OK) return Refusal(code, why);
  if (tags.overflowed()) return BadPlugin("auth plugin gave too many tags");
  return tags.texts();
}

absl::Status AuthPlugin::LetGo(model::UserId user) const {
  if (!CanLetGo(api_)) return BadPlugin("auth plugin lets nobody go");
  sdk::Collector why;
  CallTimer timer(*calls_, AuthCall::kLetGo);
  const molva_code code = timer.Answered(api_.let_go(instance_, user.bits(), why.sink()));
  if (code == MOLVA_OK || code == MOLVA_NOT_FOUND) return absl::OkStatus();
  if (code == MOLVA_UNSUPPORTED) return model::Fail(Fault::kOperationNotAllowed, why.First());
  return Refusal(code, why);
}

bool AuthPlugin::IsStale(const store::AuthRecord& record) const {
  if (!MOLVA_HAS(&api_, is_stale) || api_.is_stale == nullptr) return false;
  Arena arena;
  CallTimer timer(*calls_, AuthCall::kIsStale);
  const bool is_stale = api_.is_stale(instance_, ToC(record, arena)) != 0;
  timer.Answered(CallOutcome::kOk);
  return is_stale;
}

std::vector<std::string> AuthPlugin::TagsOf(std::string_view unique) const {
  sdk::Collector tags;
  CallTimer timer(*calls_, AuthCall::kTags);
  const molva_code code = timer.Answered(api_.tags(instance_, sdk::Text(unique), tags.sink()));
  if (code == MOLVA_OK && !tags.overflowed()) return tags.texts();
  base::LogError("an auth plugin could not name its tags",
                 {{"plugin", host_.plugin_name()}, {"code", fmt::format("{}", code)}});
  return {};
}

absl::StatusOr<auth::Token> AuthPlugin::Issue(const auth::Identity& identity,
                                              absl::Time now) const {
  if (!traits_.issues && !traits_.is_second) {
    return model::Fail(Fault::kNotImplemented, "the auth scheme issues no secrets");
  }
  auto c = sdk::Sized<molva_identity>();
  c.user = identity.user.bits();
  c.level = static_cast<std::uint32_t>(identity.level);
  c.may_log_in = identity.may_log_in ? 1 : 0;
  c.validated = identity.validated ? 1 : 0;
  c.login = identity.login;
  c.expires = identity.expires.has_value() ? ToMillis(*identity.expires) : MOLVA_NO_TIME;
  sdk::Collector secret;
  std::int64_t expires = MOLVA_NO_TIME;
  CallTimer timer(*calls_, AuthCall::kIssue);
  const molva_code code =
      timer.Answered(api_.issue(instance_, &c, ToMillis(now), secret.sink(), &expires));
  if (code != MOLVA_OK) return Refusal(code, sdk::Collector());
  if (secret.First().empty() || expires == MOLVA_NO_TIME) {
    return BadPlugin("auth plugin issued an incomplete token");
  }
  return auth::Token{secret.First(), absl::FromUnixMillis(expires)};
}

absl::StatusOr<auth::Replaced> AuthPlugin::Replace(model::UserId user, std::string_view secret,
                                                   const store::AuthRecord* record,
                                                   absl::Time now) const {
  if (!CanReplace(api_)) return BadPlugin("auth plugin replaces nothing");
  Arena arena;
  sdk::Collector kept;
  sdk::Collector told;
  sdk::Collector why;
  const molva_auth_record* c = record == nullptr ? nullptr : ToC(*record, arena);
  CallTimer timer(*calls_, AuthCall::kReplace);
  const molva_code code =
      timer.Answered(api_.replace(instance_, user.bits(), sdk::Text(secret), c, ToMillis(now),
                                  kept.sink(), told.sink(), why.sink()));
  if (code != MOLVA_OK) return Refusal(code, why);
  if (kept.overflowed() || told.overflowed()) return BadPlugin("auth plugin says too much");
  if (traits_.replaces && kept.First().empty() && !told.First().empty()) {
    return auth::Challenged({name_, told.First()});
  }
  if (record == nullptr && kept.First().empty()) return BadPlugin("auth plugin began with nothing");
  return auth::Replaced{kept.First(), told.texts()};
}

}  // namespace molva::plugin
