#include "federation/discovery/pin.h"

#include <absl/time/time.h>
#include <fmt/core.h>

#include <limits>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "config/json_text.h"
#include "federation/identity/json_members.h"
#include "federation/identity/key_document.h"

namespace molva::federation {
namespace {

constexpr std::size_t kMaxPinBytes = 2 * SignedKeyDocument::kMaxTextBytes;
constexpr std::size_t kMaxFieldBytes = 512;
constexpr std::size_t kMaxEntries = 64;
constexpr std::int64_t kMaxNumber = std::numeric_limits<std::int64_t>::max();

std::string PrintList(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ",") + config::QuoteJson(text);
  return list;
}

}  // namespace

std::string PinKey(std::string_view domain) { return fmt::format("federation/pin/{}", domain); }

std::string PrintPin(const PeerIdentity& identity) {
  std::vector<std::string> keys;  // those of a document stand in it, with their times
  if (identity.document.empty()) {
    for (const TimedKey& key : identity.keys) keys.push_back(key.key.ToString());
  }
  return fmt::format(
      R"({{"source":"{}","found_at":{},"valid_until":{},"endpoints":[{}],"keys":[{}],"document":{}}})",
      SourceName(identity.source), absl::ToUnixMillis(identity.found_at),
      absl::ToUnixMillis(identity.valid_until), PrintList(identity.endpoints), PrintList(keys),
      config::QuoteJson(identity.document));
}

absl::StatusOr<PeerIdentity> ParsePin(std::string_view domain, std::string_view text) {
  simdjson::dom::parser parser;
  MOLVA_ASSIGN_OR_RETURN(const JsonMembers pin,
                         JsonMembers::Parse(parser, text, kMaxPinBytes, "pin"));
  PeerIdentity identity;
  identity.domain = domain;
  MOLVA_ASSIGN_OR_RETURN(const std::string source, pin.Text("source", kMaxFieldBytes));
  identity.source = SourceOfName(source);
  MOLVA_ASSIGN_OR_RETURN(const std::int64_t found_at, pin.Number("found_at", 0, kMaxNumber));
  identity.found_at = absl::FromUnixMillis(found_at);
  MOLVA_ASSIGN_OR_RETURN(const std::int64_t until, pin.Number("valid_until", 0, kMaxNumber));
  identity.valid_until = absl::FromUnixMillis(until);
  MOLVA_ASSIGN_OR_RETURN(identity.endpoints,
                         pin.TextList("endpoints", kMaxEntries, kMaxFieldBytes));
  MOLVA_ASSIGN_OR_RETURN(identity.document, pin.RawText("document", kMaxPinBytes));
  if (!identity.document.empty()) {
    MOLVA_ASSIGN_OR_RETURN(const SignedKeyDocument document,
                           SignedKeyDocument::Parse(identity.document));
    identity.keys = document.content().keys;
    identity.document_number = document.content().number;
    return identity;
  }
  MOLVA_ASSIGN_OR_RETURN(const std::vector<std::string> keys,
                         pin.TextList("keys", kMaxEntries, kMaxFieldBytes));
  for (const std::string& key_text : keys) {
    MOLVA_ASSIGN_OR_RETURN(const PublicKey key, PublicKey::Parse(key_text));
    identity.keys.push_back({key});
  }
  return identity;
}

}  // namespace molva::federation
