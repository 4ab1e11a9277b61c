// Keys as authenticators write them.
#include <map>

#include "authenticator_data.h"
#include "cbor.h"

namespace molva::auth_passkey {
namespace {

using login_common::PublicKey;

// Labels, kinds, curves and algorithms: RFC 9053, RFC 8812, as IANA lists them.
constexpr std::int64_t kKind = 1;
constexpr std::int64_t kAlgorithm = 3;
constexpr std::int64_t kKindOkp = 1;
constexpr std::int64_t kKindEc = 2;
constexpr std::int64_t kKindRsa = 3;
constexpr std::int64_t kEs256 = -7;
constexpr std::int64_t kEdDsa = -8;
constexpr std::int64_t kRs256 = -257;
constexpr std::int64_t kCurveP256 = 1;
constexpr std::int64_t kCurveEd25519 = 6;
constexpr std::uint64_t kMostMembers = 8;

// The members of a key: whole numbers apart from bytes.
struct Members {
  std::map<std::int64_t, std::int64_t> numbers;
  std::map<std::int64_t, std::string_view> bytes;

  bool Is(std::int64_t label, std::int64_t number) const {
    const auto found = numbers.find(label);
    return found != numbers.end() && found->second == number;
  }
  std::string_view BytesAt(std::int64_t label) const {
    const auto found = bytes.find(label);
    return found == bytes.end() ? std::string_view() : found->second;
  }
};

bool TakeMember(Cbor& cbor, Members& members) {
  const std::optional<std::int64_t> label = cbor.TakeInteger();
  if (!label.has_value() || members.numbers.contains(*label) || members.bytes.contains(*label)) {
    return false;
  }
  Cbor number = cbor;
  if (const auto value = number.TakeInteger(); value.has_value()) {
    cbor = number;
    return members.numbers.emplace(*label, *value).second;
  }
  const std::optional<std::string_view> value = cbor.TakeBytes();
  return value.has_value() && members.bytes.emplace(*label, *value).second;
}

std::optional<Members> ReadMembers(std::string_view bytes) {
  Cbor cbor(bytes);
  const std::optional<std::uint64_t> count = cbor.TakeMap();
  if (!count.has_value() || *count > kMostMembers) return std::nullopt;
  Members members;
  for (std::uint64_t i = 0; i < *count; ++i) {
    if (!TakeMember(cbor, members)) return std::nullopt;
  }
  if (!cbor.rest().empty()) return std::nullopt;
  return members;
}

}  // namespace

std::optional<PublicKey> ReadCoseKey(std::string_view bytes) {
  const std::optional<Members> key = ReadMembers(bytes);
  if (!key.has_value()) return std::nullopt;
  if (key->Is(kKind, kKindEc) && key->Is(kAlgorithm, kEs256) && key->Is(-1, kCurveP256)) {
    return PublicKey::P256(key->BytesAt(-2), key->BytesAt(-3));
  }
  if (key->Is(kKind, kKindOkp) && key->Is(kAlgorithm, kEdDsa) && key->Is(-1, kCurveEd25519)) {
    return PublicKey::Ed25519(key->BytesAt(-2));
  }
  if (key->Is(kKind, kKindRsa) && key->Is(kAlgorithm, kRs256)) {
    return PublicKey::Rsa(key->BytesAt(-1), key->BytesAt(-2));
  }
  return std::nullopt;
}

}  // namespace molva::auth_passkey
