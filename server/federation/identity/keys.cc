#include "federation/identity/keys.h"

#include <absl/strings/escaping.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include <algorithm>
#include <optional>

#include "base/check.h"
#include "base/strings.h"

namespace molva::federation {
namespace {

constexpr std::size_t kMaxPemBytes = 16 * 1024;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// base64url without padding, one spelling per value: a key must not have two names.
std::string EncodeUrl(std::string_view bytes) {
  return absl::WebSafeBase64Escape(base::ToAbsl(bytes));
}
std::optional<std::string> DecodeUrl(std::string_view text) {
  std::optional<std::string> bytes = base::DecodeBase64(text);
  if (!bytes.has_value() || EncodeUrl(*bytes) != text) return std::nullopt;
  return bytes;
}

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

Bio BioOver(std::string_view text) {
  // OpenSSL refuses to read from nowhere, even nothing.
  const char* data = text.empty() ? "" : text.data();
  Bio bio(BIO_new_mem_buf(data, static_cast<int>(text.size())));
  MOLVA_CHECK(bio != nullptr, "out of memory");
  return bio;
}

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

// An encrypted file would make OpenSSL ask on the terminal.
int RefusePassword(char*, int, int, void*) { return -1; }

absl::StatusOr<PublicKey> PublicHalf(const EVP_PKEY* key) {
  std::array<char, PublicKey::kBytes> raw{};
  std::size_t size = raw.size();
  if (key == nullptr || EVP_PKEY_get_id(key) != EVP_PKEY_ED25519 ||
      EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(raw.data()), &size) != 1) {
    ERR_clear_error();
    return absl::InvalidArgumentError("the key is not of the kind Ed25519");
  }
  return PublicKey::FromBytes({raw.data(), size});
}

}  // namespace

absl::StatusOr<KeyId> KeyId::FromBytes(std::string_view raw) {
  if (raw.size() != kBytes) return absl::InvalidArgumentError("a key id has 16 bytes");
  KeyId id;
  std::copy(raw.begin(), raw.end(), id.bytes.begin());
  return id;
}

absl::StatusOr<KeyId> KeyId::Parse(std::string_view text) {
  const std::optional<std::string> raw = DecodeUrl(text);
  if (!raw.has_value()) return absl::InvalidArgumentError("a key id is 22 base64url characters");
  return FromBytes(*raw);
}

std::string KeyId::ToString() const { return EncodeUrl(view()); }

absl::StatusOr<PublicKey> PublicKey::FromBytes(std::string_view raw) {
  if (raw.size() != kBytes) return absl::InvalidArgumentError("a server's key has 32 bytes");
  std::array<std::uint8_t, kBytes> bytes{};
  std::copy(raw.begin(), raw.end(), bytes.begin());
  return PublicKey(bytes);
}

absl::StatusOr<PublicKey> PublicKey::Parse(std::string_view text) {
  const std::optional<std::string> raw = DecodeUrl(text);
  if (!raw.has_value()) {
    return absl::InvalidArgumentError("a server's key is 43 base64url characters");
  }
  return FromBytes(*raw);
}

std::string PublicKey::ToString() const { return EncodeUrl(view()); }

KeyId PublicKey::id() const {
  const std::string hash = Sha256(view());
  KeyId id;
  std::copy_n(hash.begin(), KeyId::kBytes, id.bytes.begin());
  return id;
}

absl::StatusOr<ServerKey> ServerKey::Wrap(evp_pkey_st* native) {
  std::shared_ptr<evp_pkey_st> owned(native, FreeKey());
  absl::StatusOr<PublicKey> public_key = PublicHalf(native);
  if (!public_key.ok()) return public_key.status();
  return ServerKey(std::move(owned), *public_key);
}

ServerKey ServerKey::Generate(base::Random& random) {
  std::array<unsigned char, 32> seed{};
  random.Fill(seed.data(), seed.size());
  EVP_PKEY* native =
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size());
  OPENSSL_cleanse(seed.data(), seed.size());
  absl::StatusOr<ServerKey> key = Wrap(native);
  MOLVA_CHECK(key.ok(), "any 32 bytes are a private key");
  return *std::move(key);
}

absl::StatusOr<ServerKey> ServerKey::Parse(std::string_view pem) {
  if (pem.size() > kMaxPemBytes) return absl::InvalidArgumentError("the key file is too long");
  EVP_PKEY* native = PEM_read_bio_PrivateKey(BioOver(pem).get(), nullptr, RefusePassword, nullptr);
  ERR_clear_error();
  return Wrap(native);
}

std::string ServerKey::ToPem() const {
  const Bio bio(BIO_new(BIO_s_secmem()));
  MOLVA_CHECK(bio != nullptr && PEM_write_bio_PKCS8PrivateKey(bio.get(), native_.get(), nullptr,
                                                              nullptr, 0, nullptr, nullptr) == 1,
              "a key cannot be written to memory");
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string ServerKey::Sign(std::string_view message) const {
  const Context context(EVP_MD_CTX_new());
  std::string signature(kSignatureBytes, '\0');
  std::size_t size = signature.size();
  MOLVA_CHECK(
      context != nullptr &&
          EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, native_.get()) == 1 &&
          EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                         Bytes(message), message.size()) == 1 &&
          size == kSignatureBytes,
      "a good key does not sign");
  return signature;
}

bool Verify(const PublicKey& key, std::string_view message, std::string_view signature) {
  if (signature.size() != kSignatureBytes) return false;
  const Key native(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(key.view()), PublicKey::kBytes));
  const Context context(EVP_MD_CTX_new());
  MOLVA_CHECK(native != nullptr && context != nullptr, "out of memory");
  const bool good =
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, native.get()) == 1 &&
      EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(message),
                       message.size()) == 1;
  if (!good) ERR_clear_error();
  return good;
}

absl::StatusOr<PublicKey> KeyOfCertificatePem(std::string_view pem) {
  if (pem.size() > kMaxPemBytes) return absl::InvalidArgumentError("the certificate is too long");
  X509* certificate = PEM_read_bio_X509(BioOver(pem).get(), nullptr, RefusePassword, nullptr);
  if (certificate == nullptr) {
    ERR_clear_error();
    return absl::InvalidArgumentError("no certificate in PEM");
  }
  absl::StatusOr<PublicKey> key = PublicHalf(X509_get0_pubkey(certificate));
  X509_free(certificate);
  return key;
}

std::string Sha256(std::string_view bytes) {
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(Bytes(bytes), bytes.size(), reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

}  // namespace molva::federation
