// Logins that a directory judges (LDAP): the password is tried there, and is never kept here.
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "directory.h"
#include "molva/auth_plugin.h"
#include "molva/declare.hpp"
#include "molva/json_text.hpp"
#include "molva/plugin.hpp"
#include "molva/plugin_config.hpp"

struct molva_auth {
  bool makes_accounts = true;
  std::unique_ptr<const molva::auth_ldap::Directory> directory;
};

namespace molva::auth_ldap {
namespace {

constexpr std::size_t kMaxLoginBytes = 64;
constexpr std::size_t kMaxPasswordBytes = 1024;
constexpr std::size_t kMostTags = 8;

bool IsLetterOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool IsOfLogin(char c) {
  return IsLetterOrDigit(c) || c == '_' || c == '.' || c == '-' || c == '@' || c == '+';
}
// A name of an attribute or a namespace: nothing that could mean more in a filter.
bool IsWord(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return IsLetterOrDigit(c) || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

// "email:mail" for tags email:… of the attribute mail.
bool ReadTags(const std::vector<std::string>& rows, Options& options) {
  for (const std::string& row : rows) {
    const std::size_t colon = row.find(':');
    if (colon == std::string::npos || options.tags.size() == kMostTags) return false;
    const std::string space = row.substr(0, colon);
    const std::string attribute = row.substr(colon + 1);
    if (!IsWord(space) || !IsWord(attribute)) return false;
    options.tags.emplace_back(space, attribute);
  }
  return true;
}

std::string FaultOf(const Options& options, const std::string& security) {
  const bool is_tls = options.url.starts_with("ldaps://");
  if (!is_tls && !options.url.starts_with("ldap://")) {
    return "\"url\" must begin with ldap:// or ldaps://";
  }
  if (options.url.find_first_of(" ,?") != std::string::npos) {
    return "\"url\" must be one address without a search";
  }
  if (is_tls ? security == "starttls" : security == "tls") {
    return "\"security\" does not go with \"url\": tls is for ldaps://";
  }
  if (is_tls && security == "none") return "\"security\" none is for ldap://";
  if (options.base.empty()) return "\"base\" must say where to search";
  if (!IsWord(options.attribute)) return "\"attribute\" must be the name of an attribute";
  if (!options.name_attribute.empty() && !IsWord(options.name_attribute)) {
    return "\"name_attribute\" must be the name of an attribute";
  }
  const std::string& filter = options.filter;
  if (!filter.empty() && (filter.front() != '(' || filter.back() != ')')) {
    return "\"filter\" must be in parentheses";
  }
  if (options.bind_dn.empty() != options.bind_password.empty()) {
    return "\"bind_dn\" and \"bind_password\" go together";
  }
  return {};
}

std::string ReadSettings(molva_text text, molva_auth& self, Options& options) {
  sdk::Config config(text);
  options.url = config.Text("url", "");
  const bool is_tls = options.url.starts_with("ldaps://");
  const std::string security = config.Text("security", is_tls ? "tls" : "starttls");
  options.ca_file = config.Text("ca_file", "");
  options.bind_dn = config.Text("bind_dn", "");
  options.bind_password = config.Text("bind_password", "");
  options.base = config.Text("base", "");
  options.filter = config.Text("filter", "");
  options.attribute = config.Text("attribute", "uid");
  options.name_attribute = config.Text("name_attribute", "cn");
  options.timeout_seconds = static_cast<int>(config.Integer("timeout_seconds", 5, 1, 60));
  self.makes_accounts = config.Flag("allow_new_accounts", true);
  if (!ReadTags(config.Texts("tags"), options)) {
    config.Refuse("tags", "must be up to 8 texts as email:mail");
  }
  std::string error = config.Finish();
  if (!error.empty()) return error;
  if (security == "none") {
    options.security = Options::Security::kNone;
  } else if (security == "tls") {
    options.security = Options::Security::kTls;
  } else if (security != "starttls") {
    return "\"security\" must be starttls, tls or none";
  }
  return FaultOf(options, security);
}

molva_code Open(const molva_host* host, molva_text config, const molva_sink* why,
                molva_auth** out) {
  return sdk::Guarded([&]() -> molva_code {
    auto self = std::make_unique<molva_auth>();
    Options options;
    const std::string error = ReadSettings(config, *self, options);
    if (!error.empty()) {
      sdk::Put(why, error);
      return MOLVA_MALFORMED;
    }
    if (options.security == Options::Security::kNone) {
      sdk::Logger(host).Warning("passwords go to the directory in the clear");
    }
    self->directory = std::make_unique<const Directory>(std::move(options));
    *out = self.release();
    return MOLVA_OK;
  });
}

void Close(molva_auth* self) { std::unique_ptr<molva_auth>(self).reset(); }

struct LoginPassword {
  std::string login;  // lower-cased
  std::string_view password;
};

// Splits "login:password". Errors: MOLVA_MALFORMED without a colon; MOLVA_DENIED for what nobody
// in the directory can have. An empty password is among that: a directory takes a login with an
// empty one as that of nobody, and says yes (RFC 4513 §5.1.2).
sdk::Outcome Split(molva_text secret, LoginPassword* parts) {
  const std::string_view text = sdk::View(secret);
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {MOLVA_MALFORMED, "the secret has no colon"};
  parts->login = text.substr(0, colon);
  for (char& c : parts->login) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  parts->password = text.substr(colon + 1);
  const bool is_login = !parts->login.empty() && parts->login.size() <= kMaxLoginBytes &&
                        std::all_of(parts->login.begin(), parts->login.end(), IsOfLogin);
  const bool is_password = !parts->password.empty() &&
                           parts->password.size() <= kMaxPasswordBytes &&
                           parts->password.find('\0') == std::string_view::npos;
  if (!is_login || !is_password) return {MOLVA_DENIED, "not a login of a directory"};
  return sdk::Done();
}

molva_code Parse(molva_auth*, molva_auth_purpose purpose, molva_text secret,
                 const molva_sink* unique, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    if (purpose != MOLVA_AUTH_LOGIN) return {MOLVA_UNSUPPORTED, "the directory makes accounts"};
    LoginPassword parts;
    MOLVA_RETURN_UNLESS_OK(Split(secret, &parts));
    sdk::Put(unique, parts.login);
    return sdk::Done();
  });
}

molva_code Make(molva_auth*, molva_auth_purpose, molva_text, const molva_sink*, uint32_t*,
                const molva_sink*) {
  return MOLVA_UNSUPPORTED;
}

// The parts in the order of the contract.
void Describe(const Person& person, const std::string& login, const molva_sink* account) {
  sdk::JsonObject card;
  card.Text("fn", person.name.empty() ? login : person.name);
  sdk::Put(account, "");
  sdk::Put(account, "");
  sdk::Put(account, card.Finish());
  sdk::Put(account, "");
  sdk::Put(account, "");
  for (const std::string& tag : person.tags) sdk::Put(account, tag);
}

molva_code Verify(molva_auth* self, molva_text secret, const molva_auth_record* record, int64_t,
                  molva_identity* identity, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    LoginPassword parts;
    MOLVA_RETURN_UNLESS_OK(Split(secret, &parts));
    Person person;
    MOLVA_RETURN_UNLESS_OK(self->directory->Ask(parts.login, parts.password, &person));
    identity->level = MOLVA_AUTH_LEVEL_AUTH;
    if (record != nullptr) {
      identity->user = record->user;
      identity->level = record->level;
      return sdk::Done();
    }
    const bool can_adopt = MOLVA_HAS(identity, account) && identity->account != nullptr;
    if (!self->makes_accounts || !can_adopt) return {MOLVA_DENIED, "there is no account"};
    Describe(person, parts.login, identity->account);
    return sdk::Done();
  });
}

// The record of the host is all that ties an entry to an account.
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
constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::TextSetting("url", nullptr, "The directory, by ldap:// or ldaps://."),
    sdk::TextSetting("security", "", "starttls, tls or none; tls if the URL is of ldaps."),
    sdk::TextSetting("ca_file", "", "Certificates to trust instead of the system's."),
    sdk::TextSetting("bind_dn", "", "Who may search; empty: nobody in particular."),
    sdk::SecretSetting("bind_password", "", "Of who may search."),
    sdk::TextSetting("base", nullptr, "Where to search, with all below."),
    sdk::TextSetting("filter", "", "What else must be true of an entry."),
    sdk::TextSetting("attribute", "uid", "Holds the login."),
    sdk::TextSetting("name_attribute", "cn", "What others see of a new account."),
    sdk::ListSetting("tags", "", "Tags of a new account, as email:mail."),
    sdk::NumberSetting("timeout_seconds", "5", 1, 60, "Of each step."),
    sdk::BoolSetting("allow_new_accounts", "true", "Whether a first login makes the account."),
});
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_AUTH, "ldap", "1.0", &kApi, kSettings, "Apache-2.0");

}  // namespace
}  // namespace molva::auth_ldap

const molva_plugin* molva_plugin_v1() { return &molva::auth_ldap::kPlugin; }
