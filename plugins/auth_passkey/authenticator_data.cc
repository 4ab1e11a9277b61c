#include "authenticator_data.h"

#include "cbor.h"

namespace molva::auth_passkey {
namespace {

constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kHeadBytes = kHashBytes + 1 + 4;
constexpr std::size_t kModelBytes = 16;

// Flags: WebAuthn §6.1.
constexpr unsigned kPresent = 1;
constexpr unsigned kVerified = 4;
constexpr unsigned kMayBeSaved = 8;
constexpr unsigned kIsSaved = 16;
constexpr unsigned kHasCredential = 64;
constexpr unsigned kHasExtensions = 128;

unsigned ByteAt(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

// Takes a credential and its key from the front of `rest`.
std::optional<AuthenticatorData::Credential> TakeCredential(std::string_view& rest) {
  if (rest.size() < kModelBytes + 2) return std::nullopt;
  rest.remove_prefix(kModelBytes);
  const std::size_t size = ByteAt(rest, 0) << 8 | ByteAt(rest, 1);
  rest.remove_prefix(2);
  if (size == 0 || size > AuthenticatorData::kMaxIdBytes || size > rest.size()) return std::nullopt;
  AuthenticatorData::Credential credential{std::string(rest.substr(0, size)), {}};
  rest.remove_prefix(size);
  Cbor key(rest);
  if (!key.Skip()) return std::nullopt;
  credential.key = rest.substr(0, rest.size() - key.rest().size());
  rest = key.rest();
  if (!ReadCoseKey(credential.key).has_value()) return std::nullopt;
  return credential;
}

}  // namespace

std::optional<AuthenticatorData> AuthenticatorData::Parse(std::string_view bytes) {
  if (bytes.size() < kHeadBytes || bytes.size() > kMaxBytes) return std::nullopt;
  const unsigned flags = ByteAt(bytes, kHashBytes);
  AuthenticatorData data;
  data.relying_party_hash = bytes.substr(0, kHashBytes);
  data.is_present = (flags & kPresent) != 0;
  data.is_verified = (flags & kVerified) != 0;
  if ((flags & kIsSaved) != 0 && (flags & kMayBeSaved) == 0) return std::nullopt;
  for (std::size_t i = 1; i <= 4; ++i)
    data.counter = data.counter << 8 | ByteAt(bytes, kHashBytes + i);
  std::string_view rest = bytes.substr(kHeadBytes);
  if ((flags & kHasCredential) != 0) {
    data.credential = TakeCredential(rest);
    if (!data.credential.has_value()) return std::nullopt;
  }
  if ((flags & kHasExtensions) != 0) {
    Cbor extensions(rest);
    Cbor whole(rest);
    if (!extensions.TakeMap().has_value() || !whole.Skip()) return std::nullopt;
    rest = whole.rest();
  }
  if (!rest.empty()) return std::nullopt;
  return data;
}

std::optional<std::string> ReadAttestation(std::string_view bytes) {
  Cbor cbor(bytes);
  if (cbor.TakeMap() != 3) return std::nullopt;
  std::optional<std::string> data;
  bool has_format = false;
  bool has_statement = false;
  for (int i = 0; i < 3; ++i) {
    const std::optional<std::string_view> name = cbor.TakeText();
    if (name == "fmt" && !has_format && cbor.TakeText() == "none") {
      has_format = true;
    } else if (name == "attStmt" && !has_statement && cbor.TakeMap() == 0) {
      has_statement = true;
    } else if (name == "authData" && !data.has_value()) {
      const std::optional<std::string_view> found = cbor.TakeBytes();
      if (!found.has_value()) return std::nullopt;
      data = std::string(*found);
    } else {
      return std::nullopt;
    }
  }
  return cbor.rest().empty() ? data : std::nullopt;
}

}  // namespace molva::auth_passkey
