#include "federation/identity/own_identity.h"

#include <fmt/core.h>
#include <openssl/crypto.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <span>

#include "base/status_macros.h"
#include "base/strings.h"
#include "federation/identity/endpoint.h"
#include "federation/identity/key_folder.h"
#include "names/domain.h"

namespace molva::federation {
namespace {

constexpr std::string_view kDocumentName = "document.json";
constexpr std::string_view kKeyEnding = ".pem";

std::string FileOf(const KeyId& id) { return id.ToString() + std::string(kKeyEnding); }

absl::Status WriteKey(const KeyFolder& folder, const ServerKey& key) {
  std::string pem = key.ToPem();
  const absl::Status status = folder.Write(FileOf(key.id()), pem);
  OPENSSL_cleanse(pem.data(), pem.size());
  return status;
}

absl::StatusOr<ServerKey> ReadKey(const KeyFolder& folder, const std::string& name) {
  MOLVA_ASSIGN_OR_RETURN(std::optional<std::string> pem, folder.Read(name));
  if (!pem.has_value()) {
    return absl::FailedPreconditionError(fmt::format("the server's key {} is lost", name));
  }
  absl::StatusOr<ServerKey> key = ServerKey::Parse(*pem);
  OPENSSL_cleanse(pem->data(), pem->size());
  if (!key.ok() || FileOf(key->id()) != name) {
    return absl::FailedPreconditionError(fmt::format("{} is not the key that it is named", name));
  }
  return key;
}

// What stands in the folder.
struct Stored {
  SignedKeyDocument document;
  std::vector<ServerKey> keys;  // as in the document
};

absl::StatusOr<std::optional<Stored>> ReadStored(const KeyFolder& folder) {
  MOLVA_ASSIGN_OR_RETURN(const std::optional<std::string> text, folder.Read(kDocumentName));
  if (!text.has_value()) return std::nullopt;
  absl::StatusOr<SignedKeyDocument> document = SignedKeyDocument::Parse(*text);
  if (!document.ok()) {
    return absl::FailedPreconditionError(
        fmt::format("{}: {}", kDocumentName, base::ToStd(document.status().message())));
  }
  std::vector<ServerKey> keys;
  for (const TimedKey& key : document->content().keys) {
    MOLVA_ASSIGN_OR_RETURN(ServerKey own, ReadKey(folder, FileOf(key.key.id())));
    keys.push_back(std::move(own));
  }
  return Stored{*std::move(document), std::move(keys)};
}

absl::StatusOr<SignedKeyDocument> Publish(const KeyFolder& folder, const KeyDocument& content,
                                          std::span<const ServerKey> signers) {
  absl::StatusOr<SignedKeyDocument> document = SignedKeyDocument::Make(content, signers);
  if (!document.ok()) {
    return absl::FailedPreconditionError(
        fmt::format("the server cannot state this: {}", base::ToStd(document.status().message())));
  }
  MOLVA_RETURN_IF_ERROR(folder.Write(kDocumentName, document->text()));
  return document;
}

void Apply(const OwnFacts& facts, KeyDocument& content) {
  content.domain = facts.domain;
  content.endpoints = facts.endpoints;
  content.software = facts.software;
  content.contact = facts.contact;
}

bool Says(const KeyDocument& content, const OwnFacts& facts) {
  return content.domain == facts.domain && content.endpoints == facts.endpoints &&
         content.software == facts.software && content.contact == facts.contact;
}

bool HasRunOut(const TimedKey& key, absl::Time now) {
  return now >= key.not_after + TimedKey::kClockSkew;
}

KeyDocument NextAfter(const SignedKeyDocument& last) {
  KeyDocument next = last.content();
  next.former_hash = last.Hash();
  ++next.number;
  return next;
}

// The key of a first start: a new one, or the one of a first start that did not get further.
absl::StatusOr<ServerKey> FirstKey(const KeyFolder& folder, base::Random& random) {
  const std::vector<std::string> left = folder.List(kKeyEnding);
  if (left.size() == 1) return ReadKey(folder, left.front());
  if (left.size() > 1) {
    return absl::FailedPreconditionError(
        fmt::format("there are {} keys but no {}: restore it", left.size(), kDocumentName));
  }
  ServerKey key = ServerKey::Generate(random);
  MOLVA_RETURN_IF_ERROR(WriteKey(folder, key));
  return key;
}

absl::StatusOr<Stored> MakeFirst(const KeyFolder& folder, const OwnFacts& facts,
                                 base::Random& random, absl::Time now) {
  MOLVA_ASSIGN_OR_RETURN(const ServerKey key, FirstKey(folder, random));
  KeyDocument content;
  Apply(facts, content);
  content.keys.push_back({key.public_key(), now});
  std::vector<ServerKey> keys = {key};
  MOLVA_ASSIGN_OR_RETURN(SignedKeyDocument document, Publish(folder, content, keys));
  return Stored{std::move(document), std::move(keys)};
}

// Publishes what has changed, drops what has run out.
absl::StatusOr<Stored> Renew(const KeyFolder& folder, Stored last, const OwnFacts& facts,
                             absl::Time now) {
  KeyDocument next = NextAfter(last.document);
  Apply(facts, next);
  std::vector<ServerKey> kept;
  std::vector<KeyId> gone;
  for (std::size_t i = 0; i < last.keys.size(); ++i) {
    if (HasRunOut(next.keys[i], now)) {
      gone.push_back(last.keys[i].id());
    } else {
      kept.push_back(last.keys[i]);
    }
  }
  if (kept.empty()) return absl::FailedPreconditionError("all keys of the server have run out");
  std::erase_if(next.keys, [now](const TimedKey& key) { return HasRunOut(key, now); });
  MOLVA_ASSIGN_OR_RETURN(SignedKeyDocument document, Publish(folder, next, kept));
  for (const KeyId& id : gone) MOLVA_RETURN_IF_ERROR(folder.Remove(FileOf(id)));
  return Stored{std::move(document), std::move(kept)};
}

// In the spelling that the document will have: what is compared later must not differ by that.
absl::StatusOr<OwnFacts> Normalise(OwnFacts facts) {
  const std::optional<std::string> domain = names::NormaliseDomain(facts.domain);
  if (!domain.has_value()) {
    return absl::FailedPreconditionError(fmt::format("{} is no domain", facts.domain));
  }
  facts.domain = *domain;
  for (std::string& endpoint : facts.endpoints) {
    const absl::StatusOr<Endpoint> parsed = Endpoint::Parse(endpoint);
    if (!parsed.ok()) {
      return absl::FailedPreconditionError(
          fmt::format("{}: {}", endpoint, base::ToStd(parsed.status().message())));
    }
    endpoint = parsed->ToString();
  }
  return facts;
}

// The folder of a server that has been started before.
absl::StatusOr<KeyFolder> OpenExisting(const std::string& path) {
  if (::access(path.c_str(), F_OK) != 0) return absl::NotFoundError("this server has no key yet");
  return KeyFolder::Open(path);
}

}  // namespace

absl::StatusOr<OwnIdentity> OwnIdentity::Open(const std::string& folder_path,
                                              const OwnFacts& wanted, base::Random& random,
                                              absl::Time now) {
  MOLVA_ASSIGN_OR_RETURN(const OwnFacts facts, Normalise(wanted));
  MOLVA_ASSIGN_OR_RETURN(const KeyFolder folder, KeyFolder::Open(folder_path));
  MOLVA_ASSIGN_OR_RETURN(std::optional<Stored> stored, ReadStored(folder));
  if (!stored.has_value()) {
    MOLVA_ASSIGN_OR_RETURN(stored, MakeFirst(folder, facts, random, now));
  }
  const KeyDocument& content = stored->document.content();
  const bool has_old = std::any_of(content.keys.begin(), content.keys.end(),
                                   [now](const TimedKey& key) { return HasRunOut(key, now); });
  if (has_old || !Says(content, facts)) {
    MOLVA_ASSIGN_OR_RETURN(stored, Renew(folder, *std::move(stored), facts, now));
  }
  return OwnIdentity(std::move(stored->document), std::move(stored->keys));
}

absl::StatusOr<OwnIdentity> OwnIdentity::Read(const std::string& folder_path) {
  MOLVA_ASSIGN_OR_RETURN(const KeyFolder folder, OpenExisting(folder_path));
  MOLVA_ASSIGN_OR_RETURN(std::optional<Stored> stored, ReadStored(folder));
  if (!stored.has_value()) return absl::NotFoundError("this server has no key yet");
  return OwnIdentity(std::move(stored->document), std::move(stored->keys));
}

absl::StatusOr<OwnIdentity> OwnIdentity::Rotate(const std::string& folder_path,
                                                base::Random& random, absl::Time now) {
  MOLVA_ASSIGN_OR_RETURN(const KeyFolder folder, OpenExisting(folder_path));
  MOLVA_ASSIGN_OR_RETURN(std::optional<Stored> stored, ReadStored(folder));
  if (!stored.has_value()) return absl::NotFoundError("this server has no key yet");
  KeyDocument next = NextAfter(stored->document);
  if (next.keys.size() >= KeyDocument::kMaxKeys) {
    return absl::ResourceExhaustedError(
        fmt::format("{} keys are still good; wait until they have run out", next.keys.size()));
  }
  const ServerKey fresh = ServerKey::Generate(random);
  // Before the document: one that names a key without a file could not be used.
  MOLVA_RETURN_IF_ERROR(WriteKey(folder, fresh));
  for (TimedKey& key : next.keys) key.not_after = std::min(key.not_after, now + kOverlap);
  next.keys.push_back({fresh.public_key(), now});
  stored->keys.push_back(fresh);
  MOLVA_ASSIGN_OR_RETURN(SignedKeyDocument document, Publish(folder, next, stored->keys));
  return OwnIdentity(std::move(document), std::move(stored->keys));
}

}  // namespace molva::federation
