// Keys on the curve P-256: what Web Push agrees on secrets and signs with.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace molva::push_web {

inline constexpr std::size_t kPrivateKeyBytes = 32;
inline constexpr std::size_t kPublicKeyBytes = 65;  // 0x04, x, y

// A private key.
//
// Thread: any; a plain value.
class EcKey {
 public:
  // nullopt: no such key.
  static std::optional<EcKey> FromPrivate(std::string_view bytes);
  static std::optional<EcKey> Generate();

  const std::string& public_bytes() const { return public_; }
  // The x coordinate of ECDH with the key of the other side; nullopt if that is no point of the
  // curve.
  std::optional<std::string> SharedSecret(std::string_view other_public) const;
  // ECDSA over SHA-256, as 64 bytes r and s.
  std::optional<std::string> Sign(std::string_view text) const;

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  using Pointer = std::unique_ptr<EVP_PKEY, Free>;

  EcKey(Pointer key, std::string public_bytes)
      : key_(std::move(key)), public_(std::move(public_bytes)) {}
  static Pointer Import(std::string_view private_bytes, std::string_view public_bytes);

  Pointer key_;
  std::string public_;
};

}  // namespace molva::push_web
