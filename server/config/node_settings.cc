// Every setting of the node. One row is all there is to say about one setting.
#include <algorithm>
#include <array>

#include "config/federation_settings.h"
#include "config/limit_settings.h"
#include "config/media_settings.h"
#include "config/setting.h"
#include "config/topic_settings.h"
#include "config/transport_settings.h"
#include "config/units.h"
#include "config/validation_settings.h"

namespace molva::config {
namespace {

constexpr Setting kRows[] = {
    {.name = "node.data",
     .type = Type::kText,
     .standard = "./data",
     .lowest = 1,
     .highest = kMaxPathBytes,
     .sentence = "The directory of the node's database and keys; created with mode 700."},
    {.name = "node.plugins",
     .type = Type::kText,
     .standard = "",
     .highest = kMaxPathBytes,
     .sentence = "Where plugins are looked for by name; empty means the installed ones, or those "
                 "of the build tree."},
    {.name = "node.plugin_deadline",
     .type = Type::kDuration,
     .standard = "1m",
     .lowest = 1 * kSecond,
     .highest = 24 * 3600 * kSecond,
     .sentence =
         "How long a plugin may take to open; then the node names it and ends, unless it is "
         "the storage plugin, which may have much to convert."},
    {.name = "node.shutdown_grace",
     .type = Type::kDuration,
     .standard = "5s",
     .lowest = 100,
     .highest = 600 * kSecond,
     .sentence = "How long sessions may take to read their last packets when the node stops."},

    {.name = "node.test",
     .type = Type::kBool,
     .standard = "false",
     .sentence = "Whether this node serves tests alone: allows settings that let anybody in."},

    {.name = "log.level",
     .type = Type::kChoice,
     .standard = "info",
     .choices = "debug info warning error",
     .reload = Reload::kLive,
     .sentence = "The least severe lines that are written."},
    {.name = "log.format",
     .type = Type::kChoice,
     .standard = "auto",
     .choices = "auto text json",
     .reload = Reload::kLive,
     .sentence = "Lines for people or for machines; auto writes text on a terminal and JSON "
                 "elsewhere."},

    {.name = "runtime.shards",
     .type = Type::kInteger,
     .standard = "0",
     .highest = 256,
     .sentence = "Threads that run sessions and topics; 0 means one per core."},
    {.name = "runtime.workers",
     .type = Type::kInteger,
     .standard = "2",
     .lowest = 1,
     .highest = 256,
     .sentence = "Threads of each auth plugin that burns CPU, as those that hash passwords."},
    {.name = "runtime.worker_queue",
     .type = Type::kInteger,
     .standard = "256",
     .lowest = 1,
     .highest = 65536,
     .sentence = "How many calls a plugin may hold; above it requests are answered 503."},

    {.name = "listen.http",
     .type = Type::kAddress,
     .standard = "127.0.0.1:6060",
     .choices = "unix",
     .sentence = "Address of HTTP, WebSocket and long polling; empty turns all off."},
    {.name = "listen.grpc",
     .type = Type::kAddress,
     .standard = "127.0.0.1:16060",
     .choices = "unix",
     .sentence = "Address of gRPC; empty turns it off."},

    {.name = "listen.socket_mode",
     .type = Type::kText,
     .standard = "0660",
     .lowest = 1,
     .highest = 4,
     .sentence = "Who may connect to a Unix socket: its mode, in octal digits."},

    {.name = "http.proxies",
     .type = Type::kTextList,
     .standard = "",
     .highest = 100,
     .sentence = "Proxies before the node, as addresses, networks (10.0.0.0/8) or \"unix\" for "
                 "whoever comes by a Unix socket; only their X-Forwarded-For and X-Real-IP count."},
    {.name = "http.cors_origins",
     .type = Type::kTextList,
     .standard = "*",
     .highest = 100,
     .sentence = "Origins whose web pages may use long polling, as https://*.example.com; * alone "
                 "means all."},
    {.name = "http.static",
     .type = Type::kText,
     .standard = "",
     .highest = kMaxPathBytes,
     .sentence = "A folder, as a web application, that is served at /; it is read at the start. "
                 "Empty means none."},
    {.name = "http.static_size",
     .type = Type::kSize,
     .standard = "64 MiB",
     .lowest = kKiB,
     .highest = 4 * kGiB,
     .sentence = "The most that the files of http.static may take together; they are kept in "
                 "memory."},

    {.name = "tls.certificate",
     .type = Type::kText,
     .standard = "",
     .highest = kMaxPathBytes,
     .sentence = "PEM file with the certificate chain; with tls.key it turns TLS on for both "
                 "addresses. The file is read again on SIGHUP."},
    {.name = "tls.key",
     .type = Type::kText,
     .standard = "",
     .highest = kMaxPathBytes,
     .sentence = "PEM file with the private key of tls.certificate."},

    {.name = "api_key.required",
     .type = Type::kBool,
     .standard = "true",
     .sentence = "Whether HTTP requests of clients must carry an API key."},
    {.name = "api_key.accept",
     .type = Type::kTextList,
     .standard = "AQEAAAABAAD_rAp4DJh05a1HAwFT3A6K",
     .highest = 100,
     .sentence = "Keys that are accepted as they stand; the default is the one in the stock "
                 "clients, which is public and keeps nobody out."},
    {.name = "api_key.salt",
     .type = Type::kSecret,
     .standard = "",
     .lowest = 16,
     .highest = 1024,
     .sentence = "Base64 of the salt of your own API keys; keys made with it are accepted too."},

    {.name = "store.plugin",
     .type = Type::kText,
     .standard = "sqlite",
     .lowest = 1,
     .highest = kMaxPathBytes,
     .sentence = "The storage plugin: the file store_<name>.so in node.plugins, or a path."},
    {.name = "store.sqlite.path",
     .type = Type::kText,
     .standard = "",
     .highest = kMaxPathBytes,
     .sentence = "The database file; empty means molva.db in node.data."},

    {.name = "push.plugins",
     .type = Type::kTextList,
     .standard = "",
     .highest = 8,
     .sentence = "The ways to reach people who are not here, as web; each by the plugin "
                 "push_<name>, which [plugin.push_<name>] configures."},

    {.name = "moderation.plugins",
     .type = Type::kTextList,
     .standard = "",
     .highest = 8,
     .sentence = "Who is asked, in this order, before a message, an account or a contact request "
                 "takes effect; each by the plugin moderation_<name>, which "
                 "[plugin.moderation_<name>] configures."},

    {.name = "remote_plugins.names",
     .type = Type::kTextList,
     .standard = "",
     .highest = 16,
     .sentence = "Programs beside the node that are asked about requests and told of events over "
                 "gRPC, in this order; [plugin.remote_<name>] configures each."},

    {.name = "hooks.incoming",
     .type = Type::kTextList,
     .standard = "",
     .highest = 256,
     .sentence = "Programs that may publish by POST /v0/hook/<secret>, by name; "
                 "[plugin.hook_<name>] says in whose name, where to, and where the secret is."},

    {.name = "accounts.permanent",
     .type = Type::kBool,
     .standard = "false",
     .sentence = "Whether only root may end accounts, and people not even their own."},
    {.name = "accounts.erase_unvalidated_after",
     .type = Type::kDuration,
     .standard = "0s",
     .highest = 3650 * kDay,
     .sentence = "The age at which accounts are erased that were to confirm a contact and have "
                 "confirmed none; 0s means never."},

    {.name = "auth.schemes",
     .type = Type::kTextList,
     .standard = "basic,token,anonymous",
     .lowest = 1,
     .highest = 16,
     .sentence = "The ways to log in that are offered, each by the plugin auth_<name>."},
    {.name = "auth.logical_names",
     .type = Type::kTextList,
     .standard = "",
     .highest = 64,
     .sentence = "What clients call the schemes, as login:basic; a scheme that is renamed has its "
                 "own name no more, unless that is listed too. An empty scheme, as anonymous:, "
                 "hides the name."},
    {.name = "auth.throttle.account_failures",
     .type = Type::kInteger,
     .standard = "20",
     .highest = 1'000'000,
     .sentence = "Failed logins to one account that are let through at once, and then in each "
                 "window, evenly; more are answered 422. Zero means no limit. Tokens are not "
                 "concerned."},
    {.name = "auth.throttle.address_failures",
     .type = Type::kInteger,
     .standard = "100",
     .highest = 1'000'000,
     .sentence = "The same for one address, of IPv6 one network of 64 bits; raise it behind a "
                 "proxy, which is one address for all."},
    {.name = "auth.throttle.window",
     .type = Type::kDuration,
     .standard = "10m",
     .lowest = kSecond,
     .highest = kDay,
     .sentence = "See auth.throttle.account_failures."},
    {.name = "auth.basic.min_login_length",
     .type = Type::kInteger,
     .standard = "2",
     .lowest = 1,
     .highest = 32,
     .sentence = "Shortest login name of a new account, in characters."},
    {.name = "auth.basic.min_password_length",
     .type = Type::kInteger,
     .standard = "6",
     .lowest = 1,
     .highest = 128,
     .sentence = "Shortest password of a new account or a new password, in characters."},
    {.name = "auth.basic.hash_passes",
     .type = Type::kInteger,
     .standard = "2",
     .lowest = 1,
     .highest = 64,
     .sentence = "What checking a password costs: passes of argon2id. Raised, each password is "
                 "hashed anew when its owner logs in."},
    {.name = "auth.basic.hash_memory",
     .type = Type::kSize,
     .standard = "19 MiB",
     .lowest = 8 * kKiB,
     .highest = 2 * kGiB,
     .sentence = "The memory of argon2id for one check; runtime.workers checks run at once."},
    {.name = "auth.token.lifetime",
     .type = Type::kDuration,
     .standard = "14d",
     .lowest = 60 * kSecond,
     .highest = 3650 * kDay,
     .sentence = "How long a login token is good for."},
    {.name = "auth.token.serial",
     .type = Type::kInteger,
     .standard = "1",
     .highest = 65535,
     .sentence = "Raise it to make every token issued before worthless."},
    {.name = "auth.token.key",
     .type = Type::kSecret,
     .standard = "",
     .lowest = 43,
     .highest = 1024,
     .sentence = "Base64 of at least 32 bytes that sign tokens; empty means the key that the node "
                 "made for itself in node.data."},

    {.name = "auth.token.former_key",
     .type = Type::kSecret,
     .standard = "",
     .lowest = 43,
     .highest = 1024,
     .sentence = "The key before auth.token.key, whose tokens are still good; for changing keys."},
    {.name = "auth.totp.required",
     .type = Type::kBool,
     .standard = "false",
     .sentence = "Whether nobody logs in by a password alone: who has no authenticator sets one up "
                 "first. Needs totp among auth.schemes."},
};

constexpr auto kAllRows = [] {
  std::array<Setting, std::size(kRows) + std::size(kLimitRows) + std::size(kTopicRows) +
                          std::size(kTransportRows) + std::size(kMediaRows) +
                          std::size(kValidationRows) + std::size(kFederationRows)>
      all{};
  auto at = std::copy(std::begin(kRows), std::end(kRows), all.begin());
  at = std::copy(std::begin(kLimitRows), std::end(kLimitRows), at);
  at = std::copy(std::begin(kTopicRows), std::end(kTopicRows), at);
  at = std::copy(std::begin(kTransportRows), std::end(kTransportRows), at);
  at = std::copy(std::begin(kMediaRows), std::end(kMediaRows), at);
  at = std::copy(std::begin(kValidationRows), std::end(kValidationRows), at);
  std::copy(std::begin(kFederationRows), std::end(kFederationRows), at);
  return all;
}();

}  // namespace

Rows NodeSettings() { return kAllRows; }

const Setting* FindSetting(Rows rows, std::string_view name) {
  for (const Setting& row : rows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace molva::config
