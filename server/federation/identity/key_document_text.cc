#include "federation/identity/key_document_text.h"

#include <absl/time/time.h>
#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "base/status_macros.h"
#include "base/strings.h"
#include "config/json_text.h"
#include "federation/identity/endpoint.h"
#include "names/domain.h"

namespace molva::federation {
namespace {

namespace dom = simdjson::dom;

constexpr std::int64_t kVersion = 1;
constexpr std::size_t kMaxDepth = 16;
constexpr std::int64_t kMaxNumber = std::int64_t{1} << 53;      // what every JSON reader keeps
constexpr std::int64_t kMaxMilliseconds = 253'402'300'799'999;  // the end of the year 9999
constexpr std::size_t kMaxBase64Bytes = SignedKeyDocument::kMaxTextBytes;

absl::Status Wrong(std::string_view member, std::string_view what) {
  return absl::InvalidArgumentError(fmt::format("key document: {} {}", member, what));
}

// Members of one JSON object.
class Members {
 public:
  explicit Members(dom::object object) : object_(object) {}

  absl::StatusOr<std::string> Text(const char* name, std::size_t max_bytes) const {
    std::string_view text;
    if (object_[name].get_string().get(text) != simdjson::SUCCESS) return Wrong(name, "is no text");
    if (text.size() > max_bytes) return Wrong(name, fmt::format("is over {} bytes", max_bytes));
    // It ends up on terminals and in logs.
    if (std::any_of(text.begin(), text.end(),
                    [](char c) { return c == 0x7f || (c >= 0 && c < 32); })) {
      return Wrong(name, "has control characters");
    }
    return std::string(text);
  }
  absl::StatusOr<std::string> OptionalText(const char* name, std::size_t max_bytes) const {
    if (!Has(name)) return std::string();
    return Text(name, max_bytes);
  }
  absl::StatusOr<std::string> Bytes(const char* name) const {
    MOLVA_ASSIGN_OR_RETURN(const std::string text, Text(name, kMaxBase64Bytes));
    std::optional<std::string> bytes = base::DecodeBase64(text);
    if (!bytes.has_value()) return Wrong(name, "is no base64");
    return *std::move(bytes);
  }
  absl::StatusOr<std::int64_t> Number(const char* name, std::int64_t lowest,
                                      std::int64_t highest) const {
    std::int64_t number = 0;
    if (object_[name].get_int64().get(number) != simdjson::SUCCESS || number < lowest ||
        number > highest) {
      return Wrong(name, fmt::format("is no number from {} to {}", lowest, highest));
    }
    return number;
  }
  absl::StatusOr<dom::array> List(const char* name, std::size_t max_size) const {
    dom::array list;
    if (object_[name].get_array().get(list) != simdjson::SUCCESS) return Wrong(name, "is no list");
    if (list.size() > max_size) return Wrong(name, fmt::format("has over {} entries", max_size));
    return list;
  }
  bool Has(const char* name) const { return object_[name].error() == simdjson::SUCCESS; }

 private:
  dom::object object_;
};

absl::StatusOr<Members> MembersOf(dom::element element, std::string_view what) {
  dom::object object;
  if (element.get_object().get(object) != simdjson::SUCCESS) return Wrong(what, "is no object");
  return Members(object);
}

// The object that `text` is; lives as long as `parser`.
absl::StatusOr<Members> ParseObject(dom::parser& parser, std::string_view text,
                                    std::string_view what) {
  if (text.size() > SignedKeyDocument::kMaxTextBytes) {
    return Wrong(what, fmt::format("is over {} bytes", SignedKeyDocument::kMaxTextBytes));
  }
  dom::element root;
  if (parser.allocate(std::max<std::size_t>(text.size(), 1), kMaxDepth) != simdjson::SUCCESS ||
      parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS) {
    return Wrong(what, "is no JSON");
  }
  return MembersOf(root, what);
}

absl::StatusOr<TimedKey> ParseKey(dom::element element) {
  MOLVA_ASSIGN_OR_RETURN(const Members members, MembersOf(element, "keys[]"));
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

absl::Status ParseKeys(const Members& members, KeyDocument& document) {
  MOLVA_ASSIGN_OR_RETURN(const dom::array list, members.List("keys", KeyDocument::kMaxKeys));
  for (const dom::element element : list) {
    MOLVA_ASSIGN_OR_RETURN(const TimedKey key, ParseKey(element));
    const auto is_same = [&key](const TimedKey& other) { return other.key == key.key; };
    if (std::any_of(document.keys.begin(), document.keys.end(), is_same)) {
      return Wrong("keys", "has one twice");
    }
    document.keys.push_back(key);
  }
  return document.keys.empty() ? Wrong("keys", "is empty") : absl::OkStatus();
}

absl::Status ParseEndpoints(const Members& members, KeyDocument& document) {
  if (!members.Has("endpoints")) return absl::OkStatus();
  MOLVA_ASSIGN_OR_RETURN(const dom::array list,
                         members.List("endpoints", KeyDocument::kMaxEndpoints));
  for (const dom::element element : list) {
    std::string_view text;
    if (element.get_string().get(text) != simdjson::SUCCESS)
      return Wrong("endpoints", "has no text");
    MOLVA_ASSIGN_OR_RETURN(const Endpoint endpoint, Endpoint::Parse(text));
    document.endpoints.push_back(endpoint.ToString());
  }
  return absl::OkStatus();
}

absl::StatusOr<DetachedSignature> ParseSignature(dom::element element) {
  MOLVA_ASSIGN_OR_RETURN(const Members members, MembersOf(element, "signatures[]"));
  MOLVA_ASSIGN_OR_RETURN(const std::string id, members.Text("key_id", 64));
  DetachedSignature signature;
  MOLVA_ASSIGN_OR_RETURN(signature.key_id, KeyId::Parse(id));
  MOLVA_ASSIGN_OR_RETURN(signature.bytes, members.Bytes("signature"));
  if (signature.bytes.size() != kSignatureBytes) return Wrong("signature", "is not 64 bytes long");
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
  MOLVA_ASSIGN_OR_RETURN(const Members members, ParseObject(parser, text, "envelope"));
  DocumentEnvelope envelope;
  MOLVA_ASSIGN_OR_RETURN(envelope.signed_bytes, members.Bytes("document"));
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
  MOLVA_ASSIGN_OR_RETURN(const Members members, ParseObject(parser, signed_bytes, "document"));
  MOLVA_RETURN_IF_ERROR(members.Number("version", kVersion, kVersion).status());
  KeyDocument document;
  MOLVA_ASSIGN_OR_RETURN(document.domain, members.Text("domain", 253));
  if (names::NormaliseDomain(document.domain) != document.domain) {
    return Wrong("domain", "is no domain in lower case");
  }
  MOLVA_ASSIGN_OR_RETURN(document.number, members.Number("number", 1, kMaxNumber));
  MOLVA_RETURN_IF_ERROR(ParseKeys(members, document));
  MOLVA_RETURN_IF_ERROR(ParseEndpoints(members, document));
  MOLVA_ASSIGN_OR_RETURN(document.software,
                         members.OptionalText("software", KeyDocument::kMaxSoftwareBytes));
  MOLVA_ASSIGN_OR_RETURN(document.contact,
                         members.OptionalText("contact", KeyDocument::kMaxContactBytes));
  if (members.Has("former")) {
    MOLVA_ASSIGN_OR_RETURN(document.former_hash, members.Bytes("former"));
    if (document.former_hash.size() != 32) return Wrong("former", "is not 32 bytes long");
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
