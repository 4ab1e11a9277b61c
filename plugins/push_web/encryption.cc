#include "encryption.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <memory>

#include "bytes.h"

namespace molva::push_web {
namespace {

constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kHashBytes = 32;
constexpr std::string_view kRecordSize("\x00\x00\x10\x00", 4);  // 4096
constexpr char kLastRecord = '\x02';

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

std::string Hmac(std::string_view key, std::string_view text) {
  std::string hash(kHashBytes, '\0');
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), Bytes(text), text.size(),
       Bytes(hash), &size);
  return hash;
}

// RFC 5869 for at most one block of output.
std::string Derive(std::string_view salt, std::string_view input, std::string_view info,
                   std::size_t size) {
  return Hmac(Hmac(salt, input), std::string(info) + '\x01').substr(0, size);
}

// AES-128-GCM; the tag follows the text.
std::optional<std::string> Seal(std::string_view plain, std::string_view key,
                                std::string_view nonce) {
  const std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> context(EVP_CIPHER_CTX_new());
  std::string sealed(plain.size() + kTagBytes, '\0');
  int size = 0;
  int rest = 0;
  if (context == nullptr ||
      EVP_EncryptInit_ex(context.get(), EVP_aes_128_gcm(), nullptr, Bytes(key), Bytes(nonce)) !=
          1 ||
      EVP_EncryptUpdate(context.get(), Bytes(sealed), &size, Bytes(plain),
                        static_cast<int>(plain.size())) != 1 ||
      EVP_EncryptFinal_ex(context.get(), Bytes(sealed) + size, &rest) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kTagBytes),
                          Bytes(sealed) + plain.size()) != 1) {
    return std::nullopt;
  }
  return sealed;
}

}  // namespace

std::optional<std::string> Encrypt(std::string_view plain, const DeviceKeys& device,
                                   const EcKey& sender, std::string_view salt) {
  if (plain.size() > kMaxPlainBytes || device.auth_secret.size() != kAuthSecretBytes ||
      salt.size() != kSaltBytes) {
    return std::nullopt;
  }
  const std::optional<std::string> shared = sender.SharedSecret(device.public_key);
  if (!shared.has_value()) return std::nullopt;
  using namespace std::string_view_literals;
  // RFC 8291 §3.4, then RFC 8188 §2.2 and §2.3; the zero ends each label.
  const std::string input = Derive(
      device.auth_secret, *shared,
      std::string("WebPush: info\0"sv) + device.public_key + sender.public_bytes(), kHashBytes);
  const std::string key = Derive(salt, input, "Content-Encoding: aes128gcm\0"sv, kKeyBytes);
  const std::string nonce = Derive(salt, input, "Content-Encoding: nonce\0"sv, kNonceBytes);
  const std::optional<std::string> sealed = Seal(std::string(plain) + kLastRecord, key, nonce);
  if (!sealed.has_value()) return std::nullopt;
  std::string body(salt);
  body += kRecordSize;
  body += static_cast<char>(kPublicKeyBytes);
  body += sender.public_bytes();
  body += *sealed;
  return body;
}

std::optional<std::string> Encrypt(std::string_view plain, const DeviceKeys& device) {
  const std::optional<EcKey> sender = EcKey::Generate();
  std::string salt(kSaltBytes, '\0');
  if (!sender.has_value() || RAND_bytes(Bytes(salt), static_cast<int>(salt.size())) != 1) {
    return std::nullopt;
  }
  return Encrypt(plain, device, *sender, salt);
}

}  // namespace molva::push_web
