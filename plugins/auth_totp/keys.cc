#include "keys.h"

#include <sodium.h>

namespace molva::auth_totp {
namespace {

constexpr int kBase64Variant = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kHashBytes = 16;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// `size` bytes that depend on `key` and `text`.
std::string Digest(std::string_view key, std::string_view text, std::size_t size) {
  std::string digest(size, '\0');
  crypto_generichash(Bytes(digest), digest.size(), Bytes(text), text.size(), Bytes(key),
                     key.size());
  return digest;
}

std::string BytesOf(std::uint64_t number) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(number >> (8 * i) & 0xff);
  return bytes;
}

std::string Hex(std::string_view bytes) {
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), Bytes(bytes), bytes.size());
  text.pop_back();  // the final zero
  return text;
}

}  // namespace

Keys::Keys(std::string_view key) {
  const std::string_view first = key.substr(0, crypto_generichash_KEYBYTES_MAX);
  sealing_ = Digest(first, "molva totp sealing", crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
  hashing_ = Digest(first, "molva totp recovery", crypto_generichash_KEYBYTES);
  signing_ = Digest(first, "molva totp ticket", crypto_auth_KEYBYTES);
}

std::string Keys::Seal(std::uint64_t user, std::string_view secret) const {
  const std::string owner = BytesOf(user);
  std::string nonce(kNonceBytes, '\0');
  randombytes_buf(nonce.data(), nonce.size());
  std::string box(secret.size() + kTagBytes, '\0');
  crypto_aead_xchacha20poly1305_ietf_encrypt(Bytes(box), nullptr, Bytes(secret), secret.size(),
                                             Bytes(std::string_view(owner)), owner.size(), nullptr,
                                             Bytes(nonce), Bytes(std::string_view(sealing_)));
  const std::string all = nonce + box;
  std::string text(sodium_base64_ENCODED_LEN(all.size(), kBase64Variant), '\0');
  sodium_bin2base64(text.data(), text.size(), Bytes(std::string_view(all)), all.size(),
                    kBase64Variant);
  text.pop_back();  // the final zero
  return text;
}

std::optional<std::string> Keys::Open(std::uint64_t user, std::string_view sealed) const {
  std::string all(sealed.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(Bytes(all), all.size(), sealed.data(), sealed.size(), nullptr, &size,
                        nullptr, kBase64Variant) != 0 ||
      size < kNonceBytes + kTagBytes) {
    return std::nullopt;
  }
  all.resize(size);
  const std::string owner = BytesOf(user);
  std::string secret(size - kNonceBytes - kTagBytes, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          Bytes(secret), nullptr, nullptr, Bytes(std::string_view(all)) + kNonceBytes,
          size - kNonceBytes, Bytes(std::string_view(owner)), owner.size(),
          Bytes(std::string_view(all)), Bytes(std::string_view(sealing_))) != 0) {
    return std::nullopt;
  }
  return secret;
}

std::string Keys::HashOf(std::uint64_t user, std::string_view recovery_code) const {
  return Hex(Digest(hashing_, BytesOf(user) + std::string(recovery_code), kHashBytes));
}

std::string Keys::Sign(std::string_view text) const {
  std::string mac(crypto_auth_BYTES, '\0');
  crypto_auth(Bytes(mac), Bytes(text), text.size(), Bytes(signing_));
  return mac;
}

}  // namespace molva::auth_totp
