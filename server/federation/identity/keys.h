// The keys by which servers know each other: Ed25519, and the certificates made from them.
#pragma once

#include <absl/status/statusor.h>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/random.h"

struct evp_pkey_st;

namespace molva::federation {

inline constexpr std::size_t kSignatureBytes = 64;

// The short name of a key: the first 16 bytes of the SHA-256 of its 32 bytes. Enough to find a key
// among those of one domain, never enough to trust one.
//
// Text form: 22 characters of base64url.
struct KeyId {
  static constexpr std::size_t kBytes = 16;

  // Takes the bytes as frames carry them. Errors: kInvalidArgument unless there are 16.
  static absl::StatusOr<KeyId> FromBytes(std::string_view raw);
  static absl::StatusOr<KeyId> Parse(std::string_view text);
  std::string ToString() const;
  std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  friend auto operator<=>(const KeyId&, const KeyId&) = default;
  template <typename Hash>
  friend Hash AbslHashValue(Hash state, const KeyId& id) {
    return Hash::combine(std::move(state), id.bytes);
  }

  std::array<std::uint8_t, kBytes> bytes{};
};

// What a server signs with, as others know it. A plain value; any thread may copy or compare it.
//
// Text form: 43 characters of base64url: the key itself, which is no longer than a fingerprint.
class PublicKey {
 public:
  static constexpr std::size_t kBytes = 32;

  // Errors: kInvalidArgument unless there are 32 bytes. Whether they are a point of the curve shows
  //         when something is verified.
  static absl::StatusOr<PublicKey> FromBytes(std::string_view raw);
  static absl::StatusOr<PublicKey> Parse(std::string_view text);
  std::string ToString() const;
  KeyId id() const;
  std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }
  friend auto operator<=>(const PublicKey&, const PublicKey&) = default;

 private:
  explicit PublicKey(const std::array<std::uint8_t, kBytes>& bytes) : bytes_(bytes) {}
  std::array<std::uint8_t, kBytes> bytes_;
};

// A private key with its public half. Immutable; copies share the secret.
//
// Thread: any, several at once.
class ServerKey {
 public:
  static ServerKey Generate(base::Random& random);
  // Reads PKCS#8 PEM. Errors: kInvalidArgument for anything but an Ed25519 key; nothing of the text
  //         is repeated.
  static absl::StatusOr<ServerKey> Parse(std::string_view pem);
  // As Parse takes it. Secret: the caller wipes it.
  std::string ToPem() const;

  // 64 bytes; the same message always gives the same ones.
  std::string Sign(std::string_view message) const;
  const PublicKey& public_key() const { return public_key_; }
  KeyId id() const { return public_key_.id(); }

 private:
  ServerKey(std::shared_ptr<evp_pkey_st> native, const PublicKey& public_key)
      : native_(std::move(native)), public_key_(public_key) {}
  static absl::StatusOr<ServerKey> Wrap(evp_pkey_st* native);
  friend std::string SelfSignedCertificatePem(const ServerKey& key, std::string_view domain);

  std::shared_ptr<evp_pkey_st> native_;
  PublicKey public_key_;
};

// Whether `signature` is the key's over `message`. False too for a signature of another length and
// for bytes that are no key. Cost: some 90 us.
bool Verify(const PublicKey& key, std::string_view message, std::string_view signature);

// A certificate for TLS between servers: nobody but the key vouches for it, so its dates and names
// mean nothing; peers compare the key. `domain` stands in it for people who look.
std::string SelfSignedCertificatePem(const ServerKey& key, std::string_view domain);

// The key of the first certificate in `pem`.
// Errors: kInvalidArgument if it is none, is too long, or is of another kind.
absl::StatusOr<PublicKey> KeyOfCertificatePem(std::string_view pem);

// SHA-256 of `bytes`: 32 bytes.
std::string Sha256(std::string_view bytes);

}  // namespace molva::federation
