#include "app/key_command.h"

#include <absl/time/clock.h>
#include <fmt/core.h>

#include <cstdio>

#include "app/federation_options.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "base/strings.h"
#include "base/time_text.h"
#include "config/json_text.h"

namespace molva::app {
namespace {

using federation::OwnIdentity;
using federation::TimedKey;

std::string FolderOf(const config::Config& config) {
  return config.Text("node.data") + "/keys/federation";
}

// Empty for a time that does not come.
std::string TimeText(absl::Time time) {
  std::string text;
  if (time != absl::InfiniteFuture()) base::AppendTime(text, time);
  return text;
}

absl::StatusOr<OwnIdentity> Show(const config::Config& config) {
  absl::StatusOr<OwnIdentity> found = OwnIdentity::Read(FolderOf(config));
  if (!absl::IsNotFound(found.status()) || !HasFederation(config)) return found;
  MOLVA_ASSIGN_OR_RETURN(const federation::OwnFacts facts, FederationFacts(config));
  base::SystemRandom random;
  return OwnIdentity::Open(FolderOf(config), facts, random, absl::Now());
}

absl::StatusOr<OwnIdentity> Rotate(const config::Config& config) {
  base::SystemRandom random;
  return OwnIdentity::Rotate(FolderOf(config), random, absl::Now());
}

// As others write this server into their federation.peers.
std::string PeerEntry(const OwnIdentity& identity) {
  const auto& endpoints = identity.document().content().endpoints;
  if (endpoints.empty()) return {};
  return fmt::format("{}={}#{}", identity.domain(), endpoints.front(),
                     identity.signing_key().public_key().ToString());
}

std::string KeyJson(const TimedKey& key) {
  return fmt::format(R"({{"id":"{}","key":"{}","not_before":"{}","not_after":"{}"}})",
                     key.key.id().ToString(), key.key.ToString(), TimeText(key.not_before),
                     TimeText(key.not_after));
}

std::string ToJson(const OwnIdentity& identity) {
  const federation::KeyDocument& content = identity.document().content();
  std::string keys;
  for (const TimedKey& key : content.keys) keys += (keys.empty() ? "" : ",") + KeyJson(key);
  std::string endpoints;
  for (const std::string& endpoint : content.endpoints) {
    endpoints += (endpoints.empty() ? "" : ",") + config::QuoteJson(endpoint);
  }
  return fmt::format(
      "{{\"domain\":{},\"document\":{},\"signs_with\":\"{}\",\"keys\":[{}],\"endpoints\":[{}],"
      "\"peer\":{}}}\n",
      config::QuoteJson(identity.domain()), content.number, identity.signing_key().id().ToString(),
      keys, endpoints, config::QuoteJson(PeerEntry(identity)));
}

std::string ToText(const OwnIdentity& identity) {
  const federation::KeyDocument& content = identity.document().content();
  std::string text = fmt::format("domain    {}\ndocument  {}\n", identity.domain(), content.number);
  for (const std::string& endpoint : content.endpoints) text += "endpoint  " + endpoint + "\n";
  for (const TimedKey& key : content.keys) {
    const std::string until = TimeText(key.not_after);
    text += fmt::format("key       {}{}\n          id {}, good since {}{}\n", key.key.ToString(),
                        key.key == identity.signing_key().public_key() ? "  (signs)" : "",
                        key.key.id().ToString(), TimeText(key.not_before),
                        until.empty() ? "" : " until " + until);
  }
  const std::string entry = PeerEntry(identity);
  if (!entry.empty()) text += "peer      " + entry + "\n";
  return text;
}

}  // namespace

std::string DescribeIdentity(const OwnIdentity& identity, Output output) {
  return output == Output::kJson ? ToJson(identity) : ToText(identity);
}

int RunKeyCommand(const config::Config& config, KeyAction action, Output output) {
  const absl::StatusOr<OwnIdentity> identity =
      action == KeyAction::kRotate ? Rotate(config) : Show(config);
  if (!identity.ok()) {
    fmt::print(stderr, "molvad: {}\n", base::ToStd(identity.status().message()));
    if (absl::IsNotFound(identity.status())) {
      fmt::print(stderr, "molvad: it is made when the node starts with federation.domain set\n");
    }
    return kExitFailed;
  }
  fmt::print("{}", DescribeIdentity(*identity, output));
  if (action == KeyAction::kRotate) {
    fmt::print(stderr, "molvad: a running node takes the new key over on SIGHUP\n");
  }
  return kExitGood;
}

}  // namespace molva::app
