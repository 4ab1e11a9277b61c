#include "request.h"

#include <optional>

#include "login_common/strict_json.h"

namespace molva::auth_oidc {
namespace {

using login_common::StrictJson;
using Step = Request::Step;

constexpr std::size_t kMaxCodeBytes = 4096;

sdk::Outcome ReadAnswer(const StrictJson& json, Request* request) {
  for (const auto& [name, step] : {std::pair("code", Step::kCode), {"id_token", Step::kIdToken}}) {
    std::optional<std::string> text = json.Text(name);
    if (!text.has_value()) continue;
    request->step = step;
    request->answer = *std::move(text);
  }
  const bool is_one = json.Has("code") != json.Has("id_token");
  request->ticket = json.Text("ticket").value_or("");
  const bool is_code = request->step == Step::kCode;
  if (!is_one || request->answer.empty() || (is_code && request->answer.size() > kMaxCodeBytes)) {
    return {MOLVA_MALFORMED, "a state comes with a ticket, and with a code or an id_token"};
  }
  return sdk::Done();
}

}  // namespace

sdk::Outcome ReadRequest(molva_text secret, Request* request) {
  const std::optional<StrictJson> json = StrictJson::Parse(sdk::View(secret), Request::kMaxBytes);
  if (!json.has_value()) return {MOLVA_MALFORMED, "the secret is no JSON object of a login's step"};
  if (auto state = json->Text("state"); state.has_value()) {
    request->state = *std::move(state);
    return ReadAnswer(*json, request);
  }
  if (auto proof = json->Text("proof"); proof.has_value()) {
    request->step = Step::kProof;
    request->answer = *std::move(proof);
    return sdk::Done();
  }
  if (auto address = json->Text("redirect_uri"); address.has_value()) {
    request->step = Step::kBegin;
    request->redirect_uri = *std::move(address);
    return sdk::Done();
  }
  if (json->Text("want") == "nonce") {
    request->step = Step::kWantNonce;
    return sdk::Done();
  }
  return {MOLVA_MALFORMED, "a step has redirect_uri, want, state or proof"};
}

}  // namespace molva::auth_oidc
