#include "login_common/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include <string>
#include <utility>

namespace molva::login_common {
namespace {

constexpr std::size_t kCoordinateBytes = 32;
constexpr std::size_t kEdBytes = 32;
constexpr std::size_t kEdSignatureBytes = 64;
constexpr std::size_t kMaxDerBytes = 72;
constexpr int kLeastRsaBits = 2048;
constexpr int kMostRsaBits = 4096;
constexpr int kLeastExponentBits = 17;
constexpr int kMostExponentBits = 64;

template <auto kFree>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Context = std::unique_ptr<EVP_PKEY_CTX, FreeWith<EVP_PKEY_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, FreeWith<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, FreeWith<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, FreeWith<OSSL_PARAM_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, FreeWith<ECDSA_SIG_free>>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Number ToNumber(std::string_view bytes) {
  return Number(BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr));
}

// What OpenSSL says of a key that is none is nobody's: it must not be found by the next call.
EVP_PKEY* Fail() {
  ERR_clear_error();
  return nullptr;
}

EVP_PKEY* Build(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return Fail();
  }
  return key;
}

// DER of a raw signature; empty for what is none.
std::string ToDer(std::string_view raw) {
  if (raw.size() != 2 * kCoordinateBytes) return {};
  const Signature signature(ECDSA_SIG_new());
  Number r = ToNumber(raw.substr(0, kCoordinateBytes));
  Number s = ToNumber(raw.substr(kCoordinateBytes));
  if (signature == nullptr || r == nullptr || s == nullptr ||
      ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) {
    return {};
  }
  (void)r.release();  // the signature owns both now
  (void)s.release();
  std::string der(kMaxDerBytes, '\0');
  auto* at = reinterpret_cast<unsigned char*>(der.data());
  const int size = i2d_ECDSA_SIG(signature.get(), &at);
  if (size <= 0) return {};
  der.resize(static_cast<std::size_t>(size));
  return der;
}

}  // namespace

std::optional<PublicKey> PublicKey::Rsa(std::string_view modulus, std::string_view exponent) {
  if (modulus.size() > kMostRsaBits / 8 || exponent.size() > kMostExponentBits / 8) {
    return std::nullopt;
  }
  const Builder builder(OSSL_PARAM_BLD_new());
  const Number n = ToNumber(modulus);
  const Number e = ToNumber(exponent);
  if (builder == nullptr || n == nullptr || e == nullptr) return std::nullopt;
  if (BN_num_bits(n.get()) < kLeastRsaBits || BN_is_odd(n.get()) == 0 ||
      BN_num_bits(e.get()) < kLeastExponentBits || BN_is_odd(e.get()) == 0) {
    return std::nullopt;
  }
  if (OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return std::nullopt;
  }
  Pointer key(Build("RSA", builder.get()));
  if (key == nullptr) return std::nullopt;
  return PublicKey(Algorithm::kRs256, std::move(key));
}

std::optional<PublicKey> PublicKey::P256(std::string_view x, std::string_view y) {
  if (x.size() != kCoordinateBytes || y.size() != kCoordinateBytes) return std::nullopt;
  const std::string point = "\x04" + std::string(x) + std::string(y);
  const Builder builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return std::nullopt;
  }
  Pointer key(Build("EC", builder.get()));
  const Context context(key == nullptr ? nullptr : EVP_PKEY_CTX_new(key.get(), nullptr));
  if (context == nullptr || EVP_PKEY_public_check(context.get()) != 1) {
    Fail();
    return std::nullopt;
  }
  return PublicKey(Algorithm::kEs256, std::move(key));
}

std::optional<PublicKey> PublicKey::Ed25519(std::string_view bytes) {
  if (bytes.size() != kEdBytes) return std::nullopt;
  Pointer key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(bytes), bytes.size()));
  if (key == nullptr) {
    Fail();
    return std::nullopt;
  }
  return PublicKey(Algorithm::kEdDsa, std::move(key));
}

bool PublicKey::Verify(std::string_view text, std::string_view signature, EcForm form) const {
  const bool is_ed = algorithm_ == Algorithm::kEdDsa;
  std::string der;
  if (algorithm_ == Algorithm::kEs256) {
    der = form == EcForm::kRaw ? ToDer(signature) : std::string(signature);
    if (der.empty() || der.size() > kMaxDerBytes) return false;
    signature = der;
  } else if (is_ed && signature.size() != kEdSignatureBytes) {
    return false;
  }
  const Digest digest(EVP_MD_CTX_new());
  const EVP_MD* hash = is_ed ? nullptr : EVP_sha256();
  const bool is_good =
      digest != nullptr &&
      EVP_DigestVerifyInit(digest.get(), nullptr, hash, nullptr, key_.get()) == 1 &&
      EVP_DigestVerify(digest.get(), Bytes(signature), signature.size(), Bytes(text),
                       text.size()) == 1;
  if (!is_good) Fail();
  return is_good;
}

}  // namespace molva::login_common
