// Reads a push message as a browser does.
#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <memory>
#include <string>
#include <string_view>

#include "plugins/push_web/ec_key.h"
#include "tests/support/catch.h"

namespace molva::test {

// One device: its key and its secret.
struct PushReader {
  push_web::EcKey key;
  std::string auth_secret;

  // The text in `body`, which is RFC 8188 with the parameters of RFC 8291; "" if it is not for this
  // device.
  std::string Read(std::string_view body) const {
    constexpr std::size_t kHead = 16 + 4 + 1 + 65;
    constexpr std::size_t kTag = 16;
    if (body.size() < kHead + kTag + 1 || body[20] != 65) return {};
    const std::string salt(body.substr(0, 16));
    const std::string sender(body.substr(21, 65));
    const auto shared = key.SharedSecret(sender);
    if (!shared.has_value()) return {};
    const std::string info = std::string("WebPush: info") + '\0' + key.public_bytes() + sender;
    const std::string input = Expand(Hmac(auth_secret, *shared), info, 32);
    const std::string random = Hmac(salt, input);
    const std::string cipher_key =
        Expand(random, std::string("Content-Encoding: aes128gcm") + '\0', 16);
    const std::string nonce = Expand(random, std::string("Content-Encoding: nonce") + '\0', 12);
    std::string text = Open(body.substr(kHead), cipher_key, nonce);
    while (text.ends_with('\0')) text.pop_back();
    if (!text.ends_with('\x02')) return {};
    text.pop_back();
    return text;
  }

 private:
  static std::string Hmac(const std::string& hmac_key, const std::string& text) {
    std::string hash(32, '\0');
    HMAC(EVP_sha256(), hmac_key.data(), static_cast<int>(hmac_key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(hash.data()), nullptr);
    return hash;
  }
  static std::string Expand(const std::string& prk, const std::string& info, std::size_t size) {
    return Hmac(prk, info + '\x01').substr(0, size);
  }
  static std::string Open(std::string_view sealed, std::string cipher_key, std::string nonce) {
    const auto bytes = [](auto& text) { return reinterpret_cast<unsigned char*>(text.data()); };
    const std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> context(EVP_CIPHER_CTX_new(),
                                                                             EVP_CIPHER_CTX_free);
    std::string text(sealed.substr(0, sealed.size() - 16));
    std::string tag(sealed.substr(sealed.size() - 16));
    int size = 0;
    EVP_DecryptInit_ex(context.get(), EVP_aes_128_gcm(), nullptr, bytes(cipher_key), bytes(nonce));
    EVP_DecryptUpdate(context.get(), bytes(text), &size, bytes(text),
                      static_cast<int>(text.size()));
    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, 16, tag.data());
    return EVP_DecryptFinal_ex(context.get(), bytes(text) + size, &size) == 1 ? text
                                                                              : std::string();
  }
};

}  // namespace molva::test
