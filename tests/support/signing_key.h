// Keys that sign, as those of providers and authenticators: made for one test, never kept.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

namespace molva::test {

// Thread: confined.
class SigningKey {
 public:
  static SigningKey Rsa(unsigned bits = 2048);
  static SigningKey P256();
  static SigningKey Ed25519();

  // As JWK writes it: RFC 7518 §3. Of P-256 two numbers.
  std::string SignRaw(std::string_view text) const;
  // As WebAuthn writes it: of P-256 in DER.
  std::string Sign(std::string_view text) const;

  // The public parts as bytes: of RSA "n" and "e", of P-256 "x" and "y", of Ed25519 "x".
  std::string Part(std::string_view name) const;
  // {"kty": …, "kid": id, …}
  std::string Jwk(std::string_view id) const;
  // As an authenticator writes it, in CBOR.
  std::string Cose() const;

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  explicit SigningKey(EVP_PKEY* key);

  std::unique_ptr<EVP_PKEY, Free> key_;
};

}  // namespace molva::test
