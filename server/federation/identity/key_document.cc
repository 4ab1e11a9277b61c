#include "federation/identity/key_document.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/status_macros.h"
#include "federation/identity/key_document_text.h"

namespace molva::federation {
namespace {

// A signature for one purpose must be worthless for any other.
std::string ToBeSigned(std::string_view signed_bytes) {
  std::string message("molva-key-document-v1");
  message.push_back('\0');
  return message.append(signed_bytes);
}

}  // namespace

absl::StatusOr<SignedKeyDocument> SignedKeyDocument::Make(const KeyDocument& document,
                                                          std::span<const ServerKey> signers) {
  DocumentEnvelope envelope;
  envelope.signed_bytes = PrintDocument(document);
  const std::string message = ToBeSigned(envelope.signed_bytes);
  for (const ServerKey& key : signers) {
    envelope.signatures.push_back({key.id(), key.Sign(message)});
  }
  // By way of the text: what we publish is what others can read.
  return Parse(PrintEnvelope(envelope));
}

absl::StatusOr<SignedKeyDocument> SignedKeyDocument::Parse(std::string_view text) {
  MOLVA_ASSIGN_OR_RETURN(DocumentEnvelope envelope, ParseEnvelope(text));
  SignedKeyDocument document;
  MOLVA_ASSIGN_OR_RETURN(document.content_, ParseDocument(envelope.signed_bytes));
  document.signed_bytes_ = std::move(envelope.signed_bytes);
  document.signatures_ = std::move(envelope.signatures);
  document.text_ = text;
  return document;
}

bool SignedKeyDocument::IsSignedBy(const PublicKey& key) const {
  const KeyId id = key.id();
  const auto signature =
      std::find_if(signatures_.begin(), signatures_.end(),
                   [&id](const DetachedSignature& candidate) { return candidate.key_id == id; });
  return signature != signatures_.end() &&
         federation::Verify(key, ToBeSigned(signed_bytes_), signature->bytes);
}

absl::Status SignedKeyDocument::Verify(absl::Time now) const {
  int valid = 0;
  for (const TimedKey& key : content_.keys) {
    if (!key.IsValidAt(now)) continue;
    ++valid;
    if (!IsSignedBy(key.key)) {
      return absl::PermissionDeniedError(
          fmt::format("key document {} of {} is not signed by its key {}", content_.number,
                      content_.domain, key.key.ToString()));
    }
  }
  if (valid == 0) {
    return absl::PermissionDeniedError(fmt::format(
        "key document {} of {} has no key that is valid now", content_.number, content_.domain));
  }
  return absl::OkStatus();
}

absl::Status SignedKeyDocument::CheckFollows(const SignedKeyDocument& older, absl::Time now) const {
  const KeyDocument& before = older.content_;
  const auto refuse = [&](std::string_view why) {
    return absl::PermissionDeniedError(fmt::format("key document {} of {} after {}: {}",
                                                   content_.number, content_.domain, before.number,
                                                   why));
  };
  if (content_.domain != before.domain) return refuse("another domain");
  if (content_.number <= before.number) return refuse("the number is not higher");
  if (content_.number == before.number + 1 && content_.former_hash != older.Hash()) {
    return refuse("it follows another document of that number");
  }
  const bool is_signed =
      std::any_of(before.keys.begin(), before.keys.end(),
                  [&](const TimedKey& key) { return key.IsValidAt(now) && IsSignedBy(key.key); });
  return is_signed ? absl::OkStatus() : refuse("no former key has signed it");
}

}  // namespace molva::federation
