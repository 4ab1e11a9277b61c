// The key document: what a server states about itself, signed by its keys.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "federation/identity/keys.h"
#include "federation/identity/timed_key.h"

namespace molva::federation {

// The statement itself.
struct KeyDocument {
  static constexpr std::size_t kMaxKeys = 16;
  static constexpr std::size_t kMaxEndpoints = 16;
  static constexpr std::size_t kMaxSoftwareBytes = 128;
  static constexpr std::size_t kMaxContactBytes = 256;

  std::string domain;
  std::int64_t number = 1;  // counts up with every document of the domain
  std::vector<TimedKey> keys;
  std::vector<std::string> endpoints;  // "host:port"; none: the server cannot be dialled
  std::string software;
  std::string contact;
  std::string former_hash;  // SHA-256 of the document `number` - 1; empty for the first
};

// A signature and whose it is.
struct DetachedSignature {
  KeyId key_id;
  std::string bytes;
};

// A key document with its signatures. Immutable, and good only once Verify has said so. The signed
// bytes are kept as they were received.
//
// Text form: JSON {"document": base64, "signatures": [{"key_id": …, "signature": base64}, …]}; the
//            document in it is JSON too.
// Thread:    any.
// Source:    docs/federation.md §9.
class SignedKeyDocument {
 public:
  static constexpr std::size_t kMaxTextBytes = 64 * 1024;
  static constexpr std::size_t kMaxSignatures = 2 * KeyDocument::kMaxKeys;

  // Signs `document` with every key of `signers`.
  // Errors: kInvalidArgument as Parse, if the document is beyond the limits.
  static absl::StatusOr<SignedKeyDocument> Make(const KeyDocument& document,
                                                std::span<const ServerKey> signers);
  // Reads the text form; verifies nothing. What it does not know it passes over.
  // Errors: kInvalidArgument, with the limit or the member that is wrong.
  static absl::StatusOr<SignedKeyDocument> Parse(std::string_view text);

  // Whether each of the document's own keys that is valid at `now` has signed it, and there is one.
  // Errors: kPermissionDenied.
  absl::Status Verify(absl::Time now) const;
  // Whether this may take the place of `older`, both verified: a higher number, signed also by a
  // key of the older one that is valid at `now`, and no other successor of the same document.
  // Errors: kPermissionDenied, with what is missing.
  absl::Status CheckFollows(const SignedKeyDocument& older, absl::Time now) const;
  bool IsSignedBy(const PublicKey& key) const;

  const KeyDocument& content() const { return content_; }
  // The text form as it was received.
  const std::string& text() const { return text_; }
  // SHA-256 of the signed bytes.
  std::string Hash() const { return Sha256(signed_bytes_); }

 private:
  KeyDocument content_;
  std::string signed_bytes_;
  std::vector<DetachedSignature> signatures_;
  std::string text_;
};

}  // namespace molva::federation
