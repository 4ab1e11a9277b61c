#include "request.h"

#include <algorithm>
#include <optional>

#include "authenticator_data.h"
#include "login_common/base64_url.h"
#include "login_common/strict_json.h"

namespace molva::auth_passkey {
namespace {

using login_common::StrictJson;
using Step = Request::Step;

constexpr std::size_t kUserBytes = 8;
constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kMaxClientDataBytes = 4096;

sdk::Outcome Bad(const char* why) { return {MOLVA_MALFORMED, why}; }

// Empty if it is not there, is no text, or is not in base64 of URLs.
std::string BytesIn(simdjson::dom::object object, std::string_view key) {
  std::string_view text;
  if (object.at_key(key).get(text) != simdjson::SUCCESS) return {};
  return login_common::DecodeBase64Url(text).value_or("");
}

// Of 8 bytes, lowest first: what a user handle is, and what stands behind "usr". Zero for others.
std::uint64_t UserOf(std::string_view bytes) {
  if (bytes.size() != kUserBytes) return 0;
  std::uint64_t user = 0;
  for (std::size_t i = kUserBytes; i-- > 0;) {
    user = user << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return user;
}

bool IsShown(const std::string& text, std::size_t max_bytes) {
  return text.size() <= max_bytes && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

sdk::Outcome ReadWanted(const StrictJson& json, const std::string& wanted, Request* request) {
  if (wanted == "get") {
    request->step = Step::kGet;
    const std::string user = json.Text("user").value_or("");
    if (user.empty()) return sdk::Done();
    if (user.starts_with("usr")) {
      request->user = UserOf(login_common::DecodeBase64Url(user.substr(3)).value_or(""));
    }
    return request->user != 0 ? sdk::Done() : Bad("\"user\" is the id of a user, as usr…");
  }
  if (wanted == "create") {
    request->step = Step::kCreate;
    request->name = json.Text("name").value_or("");
    return IsShown(request->name, kMaxNameBytes) ? sdk::Done()
                                                 : Bad("\"name\" is a line of up to 64 bytes");
  }
  if (wanted == "list") {
    request->step = Step::kList;
    return sdk::Done();
  }
  if (wanted != "remove") return Bad("\"want\" is get, create, list or remove");
  request->step = Step::kRemove;
  request->id = BytesIn(json.root(), "id");
  return request->id.empty() ? Bad("\"id\" is that of a passkey, as listed") : sdk::Done();
}

sdk::Outcome ReadClientData(simdjson::dom::object response, Request* request) {
  request->client_data_json = BytesIn(response, "clientDataJSON");
  const auto data = StrictJson::Parse(request->client_data_json, kMaxClientDataBytes);
  if (!data.has_value()) return Bad("\"clientDataJSON\" is what the browser gave");
  ClientData& client_data = request->client_data;
  client_data.type = data->Text("type").value_or("");
  client_data.challenge = BytesIn(data->root(), "challenge");
  client_data.origin = data->Text("origin").value_or("");
  client_data.is_cross_origin = data->IsTrue("crossOrigin");
  return sdk::Done();
}

sdk::Outcome TakeMade(const StrictJson& json, simdjson::dom::object response, Request* request) {
  request->step = Step::kAttestation;
  request->attestation = BytesIn(response, "attestationObject");
  request->name = json.Text("label").value_or("");
  return IsShown(request->name, Request::kMaxLabelBytes)
             ? sdk::Done()
             : Bad("\"label\" is a line of up to 64 bytes");
}

sdk::Outcome TakeSigned(simdjson::dom::object response, Request* request) {
  request->step = Step::kAssertion;
  request->authenticator_data = BytesIn(response, "authenticatorData");
  request->signature = BytesIn(response, "signature");
  std::string_view handle;
  if (response.at_key("userHandle").get(handle) != simdjson::SUCCESS) return sdk::Done();
  request->user = UserOf(BytesIn(response, "userHandle"));
  return request->user != 0 ? sdk::Done() : Bad("\"userHandle\" is not one of this node");
}

sdk::Outcome ReadAnswer(const StrictJson& json, simdjson::dom::object response, Request* request) {
  MOLVA_RETURN_UNLESS_OK(ReadClientData(response, request));
  request->id = BytesIn(json.root(), "id");
  if (request->id.empty() || request->id.size() > AuthenticatorData::kMaxIdBytes) {
    return Bad("\"id\" is that of the credential");
  }
  std::string_view text;
  const bool is_made = response.at_key("attestationObject").get(text) == simdjson::SUCCESS;
  return is_made ? TakeMade(json, response, request) : TakeSigned(response, request);
}

}  // namespace

sdk::Outcome ReadRequest(molva_text secret, Request* request) {
  const std::optional<StrictJson> json = StrictJson::Parse(sdk::View(secret), Request::kMaxBytes);
  if (!json.has_value()) return Bad("the secret is no JSON object of up to 16 KiB");
  if (const auto wanted = json->Text("want"); wanted.has_value()) {
    return ReadWanted(*json, *wanted, request);
  }
  simdjson::dom::object response;
  if (json->root().at_key("response").get(response) == simdjson::SUCCESS) {
    return ReadAnswer(*json, response, request);
  }
  return Bad("a step has want, or what the browser gave (response)");
}

}  // namespace molva::auth_passkey
