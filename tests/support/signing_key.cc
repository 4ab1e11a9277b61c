#include "tests/support/signing_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include "base/check.h"
#include "login_common/base64_url.h"

namespace molva::test {
namespace {

using login_common::EncodeBase64Url;

constexpr int kPartBytes = 32;

std::string NumberOf(EVP_PKEY* key, const char* name, int bytes) {
  BIGNUM* number = nullptr;
  MOLVA_CHECK(EVP_PKEY_get_bn_param(key, name, &number) == 1, "a key without its number");
  const int size = bytes > 0 ? bytes : BN_num_bytes(number);
  std::string text(static_cast<std::size_t>(size), '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(text.data()), size);
  BN_free(number);
  return text;
}

// The head of a string of bytes in CBOR.
std::string BytesHead(std::size_t size) {
  if (size < 24) return std::string(1, static_cast<char>(0x40 + size));
  if (size < 256) return "\x58" + std::string(1, static_cast<char>(size));
  return "\x59" + std::string(1, static_cast<char>(size >> 8)) +
         std::string(1, static_cast<char>(size & 0xff));
}

std::string CborBytes(const std::string& bytes) { return BytesHead(bytes.size()) + bytes; }

}  // namespace

SigningKey::SigningKey(EVP_PKEY* key) : key_(key) {
  MOLVA_CHECK(key != nullptr, "no key was made");
}

SigningKey SigningKey::Rsa(unsigned bits) { return SigningKey(EVP_RSA_gen(bits)); }
SigningKey SigningKey::P256() { return SigningKey(EVP_EC_gen("P-256")); }
SigningKey SigningKey::Ed25519() {
  return SigningKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
}

std::string SigningKey::Sign(std::string_view text) const {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const bool is_ed = EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_ED25519;
  std::string signature(1024, '\0');
  std::size_t size = signature.size();
  MOLVA_CHECK(
      EVP_DigestSignInit(context, nullptr, is_ed ? nullptr : EVP_sha256(), nullptr, key_.get()) ==
              1 &&
          EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                         reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1,
      "nothing was signed");
  EVP_MD_CTX_free(context);
  signature.resize(size);
  return signature;
}

std::string SigningKey::SignRaw(std::string_view text) const {
  const std::string der = Sign(text);
  if (EVP_PKEY_get_base_id(key_.get()) != EVP_PKEY_EC) return der;
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* signature = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
  std::string raw(2 * kPartBytes, '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(signature), out, kPartBytes);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature), out + kPartBytes, kPartBytes);
  ECDSA_SIG_free(signature);
  return raw;
}

std::string SigningKey::Part(std::string_view name) const {
  if (name == "n") return NumberOf(key_.get(), OSSL_PKEY_PARAM_RSA_N, 0);
  if (name == "e") return NumberOf(key_.get(), OSSL_PKEY_PARAM_RSA_E, 0);
  if (EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_EC) {
    return NumberOf(key_.get(), name == "x" ? OSSL_PKEY_PARAM_EC_PUB_X : OSSL_PKEY_PARAM_EC_PUB_Y,
                    kPartBytes);
  }
  std::string bytes(kPartBytes, '\0');
  std::size_t size = bytes.size();
  EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(bytes.data()), &size);
  return bytes;
}

std::string SigningKey::Jwk(std::string_view id) const {
  const auto part = [this](const char* name) {
    return std::string(",\"") + name + "\":\"" + EncodeBase64Url(Part(name)) + "\"";
  };
  const std::string head = "{\"kid\":\"" + std::string(id) + "\",";
  switch (EVP_PKEY_get_base_id(key_.get())) {
    case EVP_PKEY_RSA:
      return head + R"("kty":"RSA")" + part("n") + part("e") + "}";
    case EVP_PKEY_EC:
      return head + R"("kty":"EC","crv":"P-256")" + part("x") + part("y") + "}";
    default:
      return head + R"("kty":"OKP","crv":"Ed25519")" + part("x") + "}";
  }
}

// Labels in the order that CTAP2 wants: RFC 9053 §7, RFC 8812 §2.
std::string SigningKey::Cose() const {
  switch (EVP_PKEY_get_base_id(key_.get())) {
    case EVP_PKEY_RSA:
      return std::string("\xa4\x01\x03\x03\x39\x01\x00\x20", 8) + CborBytes(Part("n")) + "\x21" +
             CborBytes(Part("e"));
    case EVP_PKEY_EC:
      return "\xa5\x01\x02\x03\x26\x20\x01\x21" + CborBytes(Part("x")) + "\x22" +
             CborBytes(Part("y"));
    default:
      return "\xa4\x01\x01\x03\x27\x20\x06\x21" + CborBytes(Part("x"));
  }
}

}  // namespace molva::test
