#include "federation/discovery/judge.h"

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/status_macros.h"
#include "base/strings.h"
#include "federation/identity/key_document.h"

namespace molva::federation {
namespace {

// The word of docs/federation.md §9 with which such a refusal begins.
constexpr std::string_view kChangedKey = "changed_key: ";

absl::Status ChangedKey(std::string_view why) {
  return absl::PermissionDeniedError(fmt::format("{}{}", kChangedKey, why));
}

bool IsSignedByKnown(const SignedKeyDocument& document, const PeerIdentity& known, absl::Time now) {
  return std::any_of(known.keys.begin(), known.keys.end(), [&](const TimedKey& key) {
    return key.IsValidAt(now) && document.IsSignedBy(key.key);
  });
}

absl::Status CheckAgainst(const SignedKeyDocument& document, const PeerIdentity& known,
                          absl::Time now) {
  if (known.document.empty()) {
    return IsSignedByKnown(document, known, now)
               ? absl::OkStatus()
               : ChangedKey("no known key has signed the document");
  }
  MOLVA_ASSIGN_OR_RETURN(const SignedKeyDocument before, SignedKeyDocument::Parse(known.document));
  const std::int64_t number = document.content().number;
  if (number < known.document_number) {
    return absl::InvalidArgumentError(
        fmt::format("key document {} is older than the known {}", number, known.document_number));
  }
  if (number == known.document_number) {
    return document.Hash() == before.Hash()
               ? absl::OkStatus()
               : ChangedKey(fmt::format("two different documents have the number {}", number));
  }
  const absl::Status follows = document.CheckFollows(before, now);
  return follows.ok() ? follows : ChangedKey(base::ToStd(follows.message()));
}

absl::StatusOr<PeerIdentity> JudgeDocument(std::string_view domain, const PeerIdentity* known,
                                           Source kind, const SourceAnswer& answer,
                                           absl::Time now) {
  MOLVA_ASSIGN_OR_RETURN(const SignedKeyDocument document,
                         SignedKeyDocument::Parse(answer.document));
  const KeyDocument& content = document.content();
  if (content.domain != domain) {
    return absl::InvalidArgumentError(fmt::format("a key document of {}", content.domain));
  }
  if (const absl::Status status = document.Verify(now); !status.ok()) {
    return absl::InvalidArgumentError(status.message());
  }
  if (known != nullptr) {
    MOLVA_RETURN_IF_ERROR(CheckAgainst(document, *known, now));
  } else if (answer.trust != Trust::kAuthenticated) {
    return absl::NotFoundError("a key document that nothing vouches for");
  }
  PeerIdentity identity;
  identity.domain = domain;
  identity.keys = content.keys;
  identity.endpoints = content.endpoints.empty() ? answer.endpoints : content.endpoints;
  identity.document_number = content.number;
  identity.document = document.text();
  identity.source = known == nullptr ? kind : known->source;
  return identity;
}

absl::StatusOr<PeerIdentity> JudgeKeys(std::string_view domain, const PeerIdentity* known,
                                       Source kind, const SourceAnswer& answer, absl::Time now) {
  if (known == nullptr) {
    PeerIdentity identity;
    identity.domain = domain;
    for (const PublicKey& key : answer.keys) identity.keys.push_back({key});
    identity.endpoints = answer.endpoints;
    identity.source = kind;
    return identity;
  }
  const bool is_known = std::any_of(answer.keys.begin(), answer.keys.end(),
                                    [&](const auto& key) { return known->Trusts(key, now); });
  if (!is_known) return ChangedKey("none of the keys is known");
  PeerIdentity identity = *known;
  if (!answer.endpoints.empty()) identity.endpoints = answer.endpoints;
  return identity;
}

}  // namespace

absl::StatusOr<PeerIdentity> Judge(std::string_view domain, const PeerIdentity* known, Source kind,
                                   const SourceAnswer& answer, absl::Time now) {
  if (!answer.document.empty()) return JudgeDocument(domain, known, kind, answer, now);
  if (answer.trust == Trust::kAuthenticated && !answer.keys.empty()) {
    return JudgeKeys(domain, known, kind, answer, now);
  }
  // An address alone: the key decides at the handshake whether it is the right one.
  if (known == nullptr || answer.endpoints.empty()) {
    return absl::NotFoundError("nothing vouches for the answer");
  }
  PeerIdentity identity = *known;
  if (identity.document.empty() || identity.endpoints.empty()) {
    identity.endpoints = answer.endpoints;
  }
  return identity;
}

bool IsChangedKey(const absl::Status& status) {
  return absl::IsPermissionDenied(status) && base::ToStd(status.message()).starts_with(kChangedKey);
}

}  // namespace molva::federation
