#include "federation/identity/key_document_text.h"

#include <absl/time/time.h>
#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "base/status_macros.h"
#include "base/strings.h"
#include "config/json_text.h"
#include "federation/identity/endpoint.h"
#include "federation/identity/json_members.h"
#include "names/domain.h"

namespace molva::federation {
namespace {

namespace dom = simdjson::dom;

constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kMaxNumber = std::int64_t{1} << 53;      // what every JSON reader keeps
constexpr std::int64_t kMaxMilliseconds = 253'402'300'799'999;  // the end of the year 9999
constexpr std::size_t kMaxTextBytes = SignedKeyDocument::kMaxTextBytes;

absl::StatusOr<TimedKey> ParseKey(dom::element element) {
  MOLVA_ASSIGN_OR_RETURN(const JsonMembers members, JsonMembers::Of(element, "keys[]"));
  MOLVA_ASSIGN_OR_RETURN(const std::string text, members.Text("key", 64));
  MOLVA_ASSIGN_OR_RETURN(const PublicKey key, PublicKey::Parse(text));
  MOLVA_ASSIGN_OR_RETURN(const std::int64_t begin,
                         members.Number("not_before", 0, kMaxMilliseconds));
  TimedKey timed{key, absl::FromUnixMillis(begin)};
  if (members.Has("not_after")) {
    MOLVA_ASSIGN_OR_RETURN(const std::int64_t end,
                           members.Number("not_after", begin, kMaxMilliseconds));
    timed.not_after = absl::FromUnixMillis(end);
  }
  return timed;
}

absl::Status ParseKeys(const JsonMembers& members, KeyDocument& document) {
  MOLVA_ASSIGN_OR_RETURN(const dom::array list, members.List("keys", KeyDocument::kMaxKeys));
  for (const dom::element element : list) {
    MOLVA_ASSIGN_OR_RETURN(const TimedKey key, ParseKey(element));
    const auto is_same = [&key](const TimedKey& other) { return other.key == key.key; };
    if (std::any_of(document.keys.begin(), document.keys.end(), is_same)) {
      return WrongMember("keys", "has one twice");
    }
    document.keys.push_back(key);
  }
  return document.keys.empty() ? WrongMember("keys", "is empty") : absl::OkStatus();
}

absl::Status ParseEndpoints(const JsonMembers& members, KeyDocument& document) {
  if (!members.Has("endpoints")) return absl::OkStatus();
  MOLVA_ASSIGN_OR_RETURN(
      const std::vector<std::string> texts,
      members.TextList("endpoints", KeyDocument::kMaxEndpoints, Endpoint::kMaxTextBytes));
  for (const std::string& text : texts) {
    MOLVA_ASSIGN_OR_RETURN(const Endpoint endpoint, Endpoint::Parse(text));
    document.endpoints.push_back(endpoint.ToString());
  }
  return absl::OkStatus();
}

absl::StatusOr<DetachedSignature> ParseSignature(dom::element element) {
  MOLVA_ASSIGN_OR_RETURN(const JsonMembers members, JsonMembers::Of(element, "signatures[]"));
  MOLVA_ASSIGN_OR_RETURN(const std::string id, members.Text("key_id", 64));
  DetachedSignature signature;
  MOLVA_ASSIGN_OR_RETURN(signature.key_id, KeyId::Parse(id));
  MOLVA_ASSIGN_OR_RETURN(signature.bytes, members.Bytes("signature", 128));
  if (signature.bytes.size() != kSignatureBytes)
    return WrongMember("signature", "is not 64 bytes long");
  return signature;
}

std::string PrintKey(const TimedKey& key) {
  std::string text = fmt::format("{{\"key\":\"{}\",\"not_before\":{}", key.key.ToString(),
                                 std::max<std::int64_t>(0, absl::ToUnixMillis(key.not_before)));
  if (key.not_after != absl::InfiniteFuture()) {
    text += fmt::format(",\"not_after\":{}", absl::ToUnixMillis(key.not_after));
  }
  return text + "}";
}

}  // namespace

absl::StatusOr<DocumentEnvelope> ParseEnvelope(std::string_view text) {
  dom::parser parser;
  MOLVA_ASSIGN_OR_RETURN(const JsonMembers members,
                         JsonMembers::Parse(parser, text, kMaxTextBytes, "envelope"));
  DocumentEnvelope envelope;
  MOLVA_ASSIGN_OR_RETURN(envelope.signed_bytes, members.Bytes("document", kMaxTextBytes));
  MOLVA_ASSIGN_OR_RETURN(const dom::array list,
                         members.List("signatures", SignedKeyDocument::kMaxSignatures));
  for (const dom::element element : list) {
    MOLVA_ASSIGN_OR_RETURN(DetachedSignature signature, ParseSignature(element));
    envelope.signatures.push_back(std::move(signature));
  }
  return envelope;
}

absl::StatusOr<KeyDocument> ParseDocument(std::string_view signed_bytes) {
  dom::parser parser;
  MOLVA_ASSIGN_OR_RETURN(const JsonMembers members,
                         JsonMembers::Parse(parser, signed_bytes, kMaxTextBytes, "document"));
  MOLVA_RETURN_IF_ERROR(members.Number("version", kVersion, kVersion).status());
  KeyDocument document;
  MOLVA_ASSIGN_OR_RETURN(document.domain, members.Text("domain", 253));
  if (names::NormaliseDomain(document.domain) != document.domain) {
    return WrongMember("domain", "is no domain in lower case");
  }
  MOLVA_ASSIGN_OR_RETURN(document.number, members.Number("number", 1, kMaxNumber));
  MOLVA_RETURN_IF_ERROR(ParseKeys(members, document));
  MOLVA_RETURN_IF_ERROR(ParseEndpoints(members, document));
  MOLVA_ASSIGN_OR_RETURN(document.software,
                         members.OptionalText("software", KeyDocument::kMaxSoftwareBytes));
  MOLVA_ASSIGN_OR_RETURN(document.contact,
                         members.OptionalText("contact", KeyDocument::kMaxContactBytes));
  if (members.Has("former")) {
    MOLVA_ASSIGN_OR_RETURN(document.former_hash, members.Bytes("former", 64));
    if (document.former_hash.size() != 32) return WrongMember("former", "is not 32 bytes long");
  }
  return document;
}

std::string PrintEnvelope(const DocumentEnvelope& envelope) {
  std::string signatures;
  for (const DetachedSignature& signature : envelope.signatures) {
    signatures +=
        fmt::format("{}{{\"key_id\":\"{}\",\"signature\":\"{}\"}}", signatures.empty() ? "" : ",",
                    signature.key_id.ToString(), base::EncodeBase64(signature.bytes));
  }
  return fmt::format("{{\"document\":\"{}\",\"signatures\":[{}]}}\n",
                     base::EncodeBase64(envelope.signed_bytes), signatures);
}

std::string PrintDocument(const KeyDocument& document) {
  std::string keys;
  for (const TimedKey& key : document.keys) keys += (keys.empty() ? "" : ",") + PrintKey(key);
  std::string endpoints;
  for (const std::string& endpoint : document.endpoints) {
    endpoints += (endpoints.empty() ? "" : ",") + config::QuoteJson(endpoint);
  }
  std::string text = fmt::format(
      "{{\"version\":{},\"domain\":{},\"number\":{},\"keys\":[{}],\"endpoints\":[{}],"
      "\"software\":{},\"contact\":{}",
      kVersion, config::QuoteJson(document.domain), document.number, keys, endpoints,
      config::QuoteJson(document.software), config::QuoteJson(document.contact));
  if (!document.former_hash.empty()) {
    text += fmt::format(",\"former\":\"{}\"", base::EncodeBase64(document.former_hash));
  }
  return text + "}";
}

}  // namespace molva::federation
