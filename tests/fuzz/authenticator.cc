// What authenticators and browsers say, as anybody could write it, and records of passkeys.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "auth_passkey/authenticator_data.h"
#include "auth_passkey/cbor.h"
#include "auth_passkey/passkeys.h"
#include "auth_passkey/request.h"
#include "base/check.h"

namespace molva::auth_passkey {
namespace {

void TakeData(std::string_view bytes) {
  const std::optional<AuthenticatorData> data = AuthenticatorData::Parse(bytes);
  if (!data.has_value()) return;
  MOLVA_CHECK(bytes.starts_with(data->relying_party_hash), "the hash of another domain");
  if (!data->credential.has_value()) return;
  const AuthenticatorData::Credential& credential = *data->credential;
  MOLVA_CHECK(!credential.id.empty() && credential.id.size() <= AuthenticatorData::kMaxIdBytes,
              "an id of a length that is none");
  MOLVA_CHECK(ReadCoseKey(credential.key).has_value(), "a key that is none");
}

void TakeCbor(std::string_view bytes) {
  Cbor cbor(bytes);
  if (!cbor.Skip()) return;
  MOLVA_CHECK(bytes.ends_with(cbor.rest()) && cbor.rest().size() < bytes.size(),
              "not what is left");
}

void TakeRecord(std::string_view text) {
  const std::optional<std::vector<Passkey>> keys = ReadPasskeys(text);
  if (!keys.has_value()) return;
  const auto again = ReadPasskeys(WritePasskeys(*keys));
  MOLVA_CHECK(again.has_value() && again->size() == keys->size(), "a record that changes");
}

void TakeRequest(std::string_view text) {
  Request request;
  const sdk::Outcome outcome = ReadRequest(sdk::Text(text), &request);
  MOLVA_CHECK(outcome.ok() || outcome.code == MOLVA_MALFORMED, "an error of another kind");
}

}  // namespace
}  // namespace molva::auth_passkey

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  molva::auth_passkey::TakeData(bytes);
  molva::auth_passkey::TakeCbor(bytes);
  molva::auth_passkey::TakeRecord(bytes);
  molva::auth_passkey::TakeRequest(bytes);
  if (const auto attested = molva::auth_passkey::ReadAttestation(bytes); attested.has_value()) {
    molva::auth_passkey::TakeData(*attested);
  }
  (void)molva::auth_passkey::ReadCoseKey(bytes);  // what comes of it is looked at above
  return 0;
}
