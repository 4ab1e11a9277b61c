// Public keys of others, and whether they signed something.
#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace molva::login_common {

// A key knows the one algorithm it is good for; nobody who sends a signature chooses another.
enum class Algorithm : std::uint8_t { kRs256, kEs256, kEdDsa };

// How a signature of ES256 is written.
enum class EcForm : std::uint8_t {
  kRaw,  // two numbers of 32 bytes: RFC 7518 §3.4
  kDer,  // ASN.1: WebAuthn §6.5.5
};

// Thread: any; never changes once made.
// Source: RFC 7518 §3, RFC 8037 §3.1.
class PublicKey {
 public:
  // Numbers are big-endian. nullopt for a key that is none, or is weaker than is safe: RSA has
  // 2048 to 4096 bits (more would cost whoever checks too much) and an odd exponent of 17 bits or
  // more, up to 64.
  static std::optional<PublicKey> Rsa(std::string_view modulus, std::string_view exponent);
  // Coordinates of 32 bytes, of a point on the curve P-256.
  static std::optional<PublicKey> P256(std::string_view x, std::string_view y);
  static std::optional<PublicKey> Ed25519(std::string_view bytes);

  Algorithm algorithm() const { return algorithm_; }
  // False for anything but a signature of `text` with this key. `form` counts for ES256 alone.
  bool Verify(std::string_view text, std::string_view signature, EcForm form) const;

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  using Pointer = std::unique_ptr<EVP_PKEY, Free>;
  PublicKey(Algorithm algorithm, Pointer key) : algorithm_(algorithm), key_(std::move(key)) {}

  Algorithm algorithm_;
  Pointer key_;
};

}  // namespace molva::login_common
