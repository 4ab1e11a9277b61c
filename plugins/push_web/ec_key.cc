#include "ec_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/param_build.h>

#include <utility>

#include "bytes.h"

namespace molva::push_web {
namespace {

constexpr int kCoordinateBytes = 32;

template <auto kFree>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Context = std::unique_ptr<EVP_PKEY_CTX, FreeWith<EVP_PKEY_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, FreeWith<BN_clear_free>>;
using Group = std::unique_ptr<EC_GROUP, FreeWith<EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, FreeWith<EC_POINT_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, FreeWith<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, FreeWith<OSSL_PARAM_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, FreeWith<ECDSA_SIG_free>>;

Number ToNumber(std::string_view bytes) {
  return Number(BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr));
}

// The public key of a private one; empty if that is not between 1 and the order of the group.
std::string PublicOf(std::string_view private_bytes) {
  const Group group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  const Number number = ToNumber(private_bytes);
  if (group == nullptr || number == nullptr || BN_is_zero(number.get()) ||
      BN_cmp(number.get(), EC_GROUP_get0_order(group.get())) >= 0) {
    return {};
  }
  const Point point(EC_POINT_new(group.get()));
  std::string bytes(kPublicKeyBytes, '\0');
  if (point == nullptr ||
      EC_POINT_mul(group.get(), point.get(), number.get(), nullptr, nullptr, nullptr) != 1 ||
      EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, Bytes(bytes),
                         bytes.size(), nullptr) != bytes.size()) {
    return {};
  }
  return bytes;
}

}  // namespace

// Without `private_bytes` a key that is only good for being agreed with.
EcKey::Pointer EcKey::Import(std::string_view private_bytes, std::string_view public_bytes) {
  const Builder builder(OSSL_PARAM_BLD_new());
  const Number number = ToNumber(private_bytes);
  if (builder == nullptr || number == nullptr ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, public_bytes.data(),
                                       public_bytes.size()) != 1 ||
      (!private_bytes.empty() &&
       OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get()) != 1)) {
    return nullptr;
  }
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  const int selection = private_bytes.empty() ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
  if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) != 1) {
    return nullptr;
  }
  return Pointer(key);
}

std::optional<EcKey> EcKey::FromPrivate(std::string_view bytes) {
  if (bytes.size() != kPrivateKeyBytes) return std::nullopt;
  std::string public_bytes = PublicOf(bytes);
  if (public_bytes.empty()) return std::nullopt;
  Pointer key = Import(bytes, public_bytes);
  if (key == nullptr) return std::nullopt;
  return EcKey(std::move(key), std::move(public_bytes));
}

std::optional<EcKey> EcKey::Generate() {
  Pointer key(EVP_EC_gen("P-256"));
  std::string public_bytes(kPublicKeyBytes, '\0');
  std::size_t size = 0;
  if (key == nullptr ||
      EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_PUB_KEY, Bytes(public_bytes),
                                      public_bytes.size(), &size) != 1 ||
      size != kPublicKeyBytes) {
    return std::nullopt;
  }
  return EcKey(std::move(key), std::move(public_bytes));
}

std::optional<std::string> EcKey::SharedSecret(std::string_view other_public) const {
  if (other_public.size() != kPublicKeyBytes || other_public.front() != '\x04') return std::nullopt;
  const Pointer other = Import({}, other_public);
  const Context context(EVP_PKEY_CTX_new(key_.get(), nullptr));
  std::string secret(kCoordinateBytes, '\0');
  std::size_t size = secret.size();
  if (other == nullptr || context == nullptr || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer(context.get(), other.get()) != 1 ||
      EVP_PKEY_derive(context.get(), Bytes(secret), &size) != 1 || size != secret.size()) {
    return std::nullopt;
  }
  return secret;
}

std::optional<std::string> EcKey::Sign(std::string_view text) const {
  const Digest digest(EVP_MD_CTX_new());
  std::string der(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  std::size_t size = der.size();
  if (digest == nullptr ||
      EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
      EVP_DigestSign(digest.get(), Bytes(der), &size, Bytes(text), text.size()) != 1) {
    return std::nullopt;
  }
  const unsigned char* at = Bytes(der);
  const Signature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
  std::string raw(2 * kCoordinateBytes, '\0');
  if (signature == nullptr ||
      BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), Bytes(raw), kCoordinateBytes) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), Bytes(raw) + kCoordinateBytes,
                   kCoordinateBytes) < 0) {
    return std::nullopt;
  }
  return raw;
}

}  // namespace molva::push_web
