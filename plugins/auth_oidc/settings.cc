#include "settings.h"

#include <algorithm>
#include <fstream>

#include "molva/plugin_config.hpp"

namespace molva::auth_oidc {
namespace {

constexpr std::size_t kMostAddresses = 32;
constexpr std::size_t kMostTags = 8;
constexpr std::size_t kMaxSecretFileBytes = 4096;

bool IsWord(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

// "email:email" for tags email:… of the claim email.
bool ReadTags(const std::vector<std::string>& rows, Wanted* wanted) {
  for (const std::string& row : rows) {
    const std::size_t colon = row.find(':');
    if (colon == std::string::npos || wanted->tags.size() == kMostTags) return false;
    const std::string space = row.substr(0, colon);
    const std::string claim = row.substr(colon + 1);
    if (!IsWord(space) || !IsWord(claim)) return false;
    wanted->tags.emplace_back(space, claim);
  }
  return true;
}

// What stands in `path`, without the end of its line.
std::string ReadSecretFile(const std::string& path, std::string* secret) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxSecretFileBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || !file.is_open()) return "\"client_secret_file\" cannot be read";
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxSecretFileBytes) return "\"client_secret_file\" is over 4 KiB";
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.empty()) return "\"client_secret_file\" is empty";
  *secret = std::move(text);
  return {};
}

// An address that a browser is sent to: of an application too (com.example.chat:/callback).
bool IsAddress(const std::string& text) {
  const std::size_t colon = text.find(':');
  const bool has_plain_characters =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
  return colon != std::string::npos && colon > 0 && colon + 1 < text.size() &&
         text.find('#') == std::string::npos && has_plain_characters &&
         !text.starts_with("javascript:") && !text.starts_with("data:");
}

std::string FaultOf(const Settings& settings, const std::string& auth) {
  if (!Http(settings.http).IsAllowed(settings.provider.issuer) ||
      settings.provider.issuer.find('?') != std::string::npos) {
    return "\"issuer\" must be an https address without a query; http only to this machine, with "
           "\"allow_http\"";
  }
  if (settings.provider.client_id.empty()) return "\"client_id\" must say what the node is called";
  if (auth != "basic" && auth != "post") return "\"client_auth\" must be basic or post";
  if (settings.redirect_uris.empty() && settings.native_clients.empty()) {
    return "\"redirect_uris\" must list where clients may be sent back to";
  }
  if (settings.redirect_uris.size() > kMostAddresses ||
      !std::all_of(settings.redirect_uris.begin(), settings.redirect_uris.end(), IsAddress)) {
    return "\"redirect_uris\" must be up to 32 whole addresses without a fragment";
  }
  if (settings.native_clients.size() > kMostAddresses) {
    return "\"native_clients\" must be up to 32 clients";
  }
  if ((" " + settings.scopes + " ").find(" openid ") == std::string::npos) {
    return "\"scopes\" must contain openid";
  }
  return {};
}

}  // namespace

std::string ReadSettings(molva_text json, Settings* settings) {
  sdk::Config config(json);
  ProviderOptions& provider = settings->provider;
  provider.issuer = config.Text("issuer", "");
  provider.client_id = config.Text("client_id", "");
  provider.client_secret = config.Text("client_secret", "");
  const std::string secret_file = config.Text("client_secret_file", "");
  const std::string auth = config.Text("client_auth", "basic");
  provider.posts_secret = auth == "post";
  provider.max_age_millis = 1000 * config.Integer("keys_max_age_seconds", 3600, 10, 86400);
  settings->redirect_uris = config.Texts("redirect_uris");
  settings->native_clients = config.Texts("native_clients");
  settings->scopes = config.Text("scopes", "openid profile email");
  settings->wanted.name_claim = config.Text("name_claim", "name");
  settings->makes_accounts = config.Flag("allow_new_accounts", true);
  settings->http.allows_http = config.Flag("allow_http", false);
  settings->http.ca_file = config.Text("ca_file", "");
  settings->http.timeout_seconds = config.Integer("timeout_seconds", 5, 1, 60);
  settings->leeway_millis = 1000 * config.Integer("leeway_seconds", 60, 0, 600);
  if (!ReadTags(config.Texts("tags"), &settings->wanted)) {
    config.Refuse("tags", "must be up to 8 texts as email:email");
  }
  std::string error = config.Finish();
  if (!error.empty()) return error;
  if (!secret_file.empty()) {
    if (!provider.client_secret.empty()) {
      return "\"client_secret\" and \"client_secret_file\" are one or the other";
    }
    error = ReadSecretFile(secret_file, &provider.client_secret);
    if (!error.empty()) return error;
  }
  return FaultOf(*settings, auth);
}

}  // namespace molva::auth_oidc
