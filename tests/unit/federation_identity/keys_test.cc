// Keys of servers: they sign, they verify, they survive being written down.
#include "federation/identity/keys.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <iterator>

#include "tests/support/catch.h"

namespace molva::federation {
namespace {

TEST_CASE("what a key signs, its public half verifies, and nothing else does", "[federation]") {
  base::SystemRandom random;
  const ServerKey key = ServerKey::Generate(random);
  const ServerKey other = ServerKey::Generate(random);
  const std::string signature = key.Sign("message");
  CHECK(signature.size() == kSignatureBytes);
  CHECK(Verify(key.public_key(), "message", signature));
  CHECK_FALSE(Verify(key.public_key(), "another", signature));
  CHECK_FALSE(Verify(other.public_key(), "message", signature));
  CHECK_FALSE(Verify(key.public_key(), "message", signature.substr(1)));
  CHECK_FALSE(Verify(key.public_key(), "message", signature + '\0'));
  CHECK_FALSE(Verify(key.public_key(), "message", ""));
}

TEST_CASE("bytes that are no point of the curve verify nothing", "[federation]") {
  const PublicKey odd = *PublicKey::FromBytes(std::string(32, '\xff'));
  CHECK_FALSE(Verify(odd, "message", std::string(64, '\x01')));
}

// RFC 8032 §7.1, test 2.
TEST_CASE("signatures are those of the standard", "[federation]") {
  struct FixedRandom final : base::Random {
    void Fill(void* out, std::size_t size_bytes) override {
      REQUIRE(size_bytes == 32);
      static constexpr unsigned char kSecret[] = {0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff, 0x96, 0xda,
                                                  0x9d, 0xb6, 0xc3, 0x46, 0xec, 0x11, 0x4e, 0x0f,
                                                  0x5b, 0x8a, 0x31, 0x9f, 0x35, 0xab, 0xa6, 0x24,
                                                  0xda, 0x8c, 0xf6, 0xed, 0x4f, 0xb8, 0xa6, 0xfb};
      std::copy(std::begin(kSecret), std::end(kSecret), static_cast<unsigned char*>(out));
    }
  } random;
  const ServerKey key = ServerKey::Generate(random);
  CHECK(key.public_key().ToString() == "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw");
  const std::string signature = key.Sign("\x72");
  CHECK(static_cast<unsigned char>(signature[0]) == 0x92);
  CHECK(static_cast<unsigned char>(signature[1]) == 0xa0);
  CHECK(static_cast<unsigned char>(signature[63]) == 0x00);
  CHECK(static_cast<unsigned char>(signature[62]) == 0x0c);
}

TEST_CASE("a key survives its PEM form", "[federation]") {
  base::SystemRandom random;
  const ServerKey key = ServerKey::Generate(random);
  const absl::StatusOr<ServerKey> again = ServerKey::Parse(key.ToPem());
  REQUIRE(again.ok());
  CHECK(again->public_key() == key.public_key());
  CHECK(again->Sign("message") == key.Sign("message"));
}

// A good key of another kind.
std::string EllipticKeyPem() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  BIO* bio = BIO_new(BIO_s_mem());
  REQUIRE(PEM_write_bio_PKCS8PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string pem(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  EVP_PKEY_free(key);
  return pem;
}

TEST_CASE("PEM that is no Ed25519 key is refused without repeating it", "[federation]") {
  for (const std::string& bad : {std::string(), std::string("nonsense"), EllipticKeyPem()}) {
    const absl::Status status = ServerKey::Parse(bad).status();
    CHECK(absl::IsInvalidArgument(status));
    CHECK((bad.empty() || status.message().find(bad.substr(0, 5)) == absl::string_view::npos));
  }
  CHECK(absl::IsInvalidArgument(ServerKey::Parse(std::string(1 << 20, 'x')).status()));
}

TEST_CASE("the text forms of keys and their names have one spelling", "[federation]") {
  base::SystemRandom random;
  const PublicKey key = ServerKey::Generate(random).public_key();
  const std::string text = key.ToString();
  CHECK(text.size() == 43);
  CHECK(*PublicKey::Parse(text) == key);
  CHECK(key.id().ToString().size() == 22);
  CHECK(*KeyId::Parse(key.id().ToString()) == key.id());
  CHECK(*KeyId::FromBytes(key.id().view()) == key.id());
  CHECK_FALSE(PublicKey::Parse(text + "=").ok());
  CHECK_FALSE(PublicKey::Parse(text.substr(1)).ok());
  CHECK_FALSE(PublicKey::Parse("").ok());
  CHECK_FALSE(KeyId::Parse(text).ok());
  CHECK_FALSE(KeyId::FromBytes("short").ok());
}

TEST_CASE("a certificate carries the key of its server", "[federation]") {
  base::SystemRandom random;
  const ServerKey key = ServerKey::Generate(random);
  const std::string pem = SelfSignedCertificatePem(key, "a.example");
  const absl::StatusOr<PublicKey> found = KeyOfCertificatePem(pem);
  REQUIRE(found.ok());
  CHECK(*found == key.public_key());
  CHECK(SelfSignedCertificatePem(key, "a.example") == pem);
  CHECK(KeyOfCertificatePem(SelfSignedCertificatePem(key, std::string(253, 'a'))).ok());
}

TEST_CASE("a text that is no certificate has no key", "[federation]") {
  CHECK(absl::IsInvalidArgument(KeyOfCertificatePem("").status()));
  CHECK(absl::IsInvalidArgument(KeyOfCertificatePem(std::string(1 << 20, 'x')).status()));
}

}  // namespace
}  // namespace molva::federation
