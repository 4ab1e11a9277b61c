#include "login_common/stamps.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

namespace molva::login_common {
namespace {

constexpr std::size_t kNonceBytes = 16;
constexpr std::size_t kBodyBytes = kNonceBytes + 8 + 8 + 1;
constexpr std::size_t kHashBytes = 32;
constexpr std::string_view kSigning = "stamp";

unsigned char* BytesOf(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* BytesOf(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void AppendNumber(std::string& out, std::uint64_t number) {
  for (int i = 0; i < 8; ++i) out += static_cast<char>(number >> (8 * i) & 0xff);
}

std::uint64_t NumberAt(std::string_view bytes, std::size_t at) {
  std::uint64_t number = 0;
  for (std::size_t i = 8; i-- > 0;) {
    number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  }
  return number;
}

}  // namespace

bool AreSame(std::string_view one, std::string_view other) {
  return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

std::string Sha256(std::string_view text) {
  std::string hash(kHashBytes, '\0');
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), BytesOf(hash), &size, EVP_sha256(), nullptr) != 1) {
    return {};  // equals no hash
  }
  return hash;
}

std::string RandomBytes(std::size_t size) {
  std::string bytes(size, '\0');
  if (RAND_bytes(BytesOf(bytes), static_cast<int>(size)) != 1) return {};
  return bytes;
}

Stamps::Stamps(std::int64_t lifetime_millis, std::size_t most_spent)
    : lifetime_millis_(lifetime_millis), most_spent_(most_spent), key_(RandomBytes(kHashBytes)) {}

std::string Stamps::Derive(std::string_view label, std::string_view bytes) const {
  const std::string text = std::string(label) + '\0' + std::string(bytes);
  std::string hash(kHashBytes, '\0');
  unsigned size = 0;
  if (key_.empty() || HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), BytesOf(text),
                           text.size(), BytesOf(hash), &size) == nullptr) {
    return {};  // Read takes no signature that is empty
  }
  return hash;
}

std::optional<std::string> Stamps::Make(char purpose, std::uint64_t subject,
                                        std::int64_t now) const {
  std::string bytes = RandomBytes(kNonceBytes);
  if (bytes.empty() || key_.empty()) return std::nullopt;
  AppendNumber(bytes, static_cast<std::uint64_t>(now + lifetime_millis_));
  AppendNumber(bytes, subject);
  bytes += purpose;
  return bytes + Derive(kSigning, bytes);
}

std::optional<Stamps::Stamp> Stamps::Read(char purpose, std::string_view bytes) const {
  if (bytes.size() != kBodyBytes + kHashBytes) return std::nullopt;
  const std::string_view body = bytes.substr(0, kBodyBytes);
  if (!AreSame(Derive(kSigning, body), bytes.substr(kBodyBytes)) || body.back() != purpose) {
    return std::nullopt;
  }
  return Stamp{.subject = NumberAt(body, kNonceBytes + 8),
               .expires = static_cast<std::int64_t>(NumberAt(body, kNonceBytes)),
               .nonce = std::string(body.substr(0, kNonceBytes))};
}

Stamps::Spent Stamps::Spend(const Stamp& stamp, std::int64_t now) {
  const std::lock_guard lock(mutex_);
  while (!spent_.empty() && spent_.begin()->first <= now) spent_.erase(spent_.begin());
  if (spent_.contains({stamp.expires, stamp.nonce})) return Spent::kAgain;
  if (spent_.size() >= most_spent_) return Spent::kTooMany;
  spent_.emplace(stamp.expires, stamp.nonce);
  return Spent::kFirst;
}

}  // namespace molva::login_common
