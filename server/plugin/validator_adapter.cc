#include "plugin/validator_adapter.h"

#include <absl/time/clock.h>
#include <fmt/core.h>

#include <array>
#include <variant>

#include "base/status_macros.h"
#include "model/fault.h"
#include "molva/plugin.hpp"
#include "plugin/open_instance.h"

namespace molva::plugin {
namespace {

constexpr std::size_t kMaxContactBytes = 256;

enum class ValidatorCall { kOpen, kNormalise, kSend };
constexpr std::array<std::string_view, 3> kValidatorCalls = {"open", "normalise", "send"};

constexpr runtime::CallGate::Track kSendTrack = 0;
constexpr runtime::CallGate::Track kNormaliseTrack = 1;

// Of a shard that asks for the form of a contact: a plugin that takes longer is not one that takes
// microseconds.
constexpr absl::Duration kPatienceOfShards = absl::Milliseconds(250);

molva_letter ToC(const validation::Letter& letter) {
  auto text = sdk::Sized<molva_letter>();
  text.reason =
      letter.reason == validation::Reason::kReset ? MOLVA_LETTER_RESET : MOLVA_LETTER_CONFIRM;
  text.to = sdk::Text(letter.to);
  text.code = sdk::Text(letter.code);
  text.language = sdk::Text(letter.language);
  text.token = sdk::Text(letter.token);
  text.scheme = sdk::Text(letter.scheme);
  text.login = sdk::Text(letter.login);
  return text;
}

}  // namespace

struct ValidatorPlugin::Held {
  explicit Held(const Library& library)
      : api(library.validator_api()),
        calls(std::make_shared<CallStats>(library.Label(), kValidatorCalls)),
        host(fmt::format("validator {}", library.name())) {}
  ~Held() {
    if (instance != nullptr) api.close(instance);
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  absl::StatusOr<std::string> Normalise(const std::string& value, const std::string& params) const;
  absl::Status Send(const validation::Letter& letter) const;

  const molva_validator_api& api;
  const std::shared_ptr<CallStats> calls;  // shared with the metrics
  HostApi host;
  molva_validator* instance = nullptr;
};

ValidatorPlugin::ValidatorPlugin(const Library& library, const runtime::CallRules& rules)
    : method_(library.name()),
      held_(std::make_shared<Held>(library)),
      gate_(std::make_shared<runtime::CallGate>(library.Label(), rules)) {}

absl::StatusOr<std::unique_ptr<ValidatorPlugin>> ValidatorPlugin::Open(
    const Library& library, const std::string& config, const runtime::CallRules& rules) {
  std::unique_ptr<ValidatorPlugin> plugin(new ValidatorPlugin(library, rules));
  Held& held = *plugin->held_;
  MOLVA_ASSIGN_OR_RETURN(
      molva_validator* const instance,
      OpenInstance<molva_validator>(held.host, [&](const molva_sink* why, molva_validator** out) {
        CallTimer timer(*held.calls, ValidatorCall::kOpen);
        return timer.Answered(held.api.open(held.host.table(), sdk::Text(config), why, out));
      }));
  held.instance = instance;
  return plugin;
}

ValidatorPlugin::~ValidatorPlugin() { gate_->Stop(absl::Now() + kPartingTime); }

std::shared_ptr<const CallStats> ValidatorPlugin::calls() const { return held_->calls; }

absl::StatusOr<std::string> ValidatorPlugin::Normalise(std::string_view value,
                                                       const model::RawJson& params) const {
  return gate_->Wait<std::string>(
      kNormaliseTrack,
      [held = held_, value = std::string(value), params = params.text] {
        return held->Normalise(value, params);
      },
      kPatienceOfShards);
}

absl::Status ValidatorPlugin::Send(const validation::Letter& letter) const {
  return gate_
      ->Wait<std::monostate>(kSendTrack,
                             [held = held_, letter]() -> absl::StatusOr<std::monostate> {
                               MOLVA_RETURN_IF_ERROR(held->Send(letter));
                               return std::monostate();
                             })
      .status();
}

absl::StatusOr<std::string> ValidatorPlugin::Held::Normalise(const std::string& value,
                                                             const std::string& params) const {
  sdk::Collector normal(kMaxContactBytes);
  sdk::Collector why;
  CallTimer timer(*calls, ValidatorCall::kNormalise);
  const molva_code code = timer.Answered(
      api.normalise(instance, sdk::Text(value), sdk::Text(params), normal.sink(), why.sink()));
  if (code != MOLVA_OK) return RefusalOf(code, why.First());
  if (normal.First().empty() || normal.overflowed()) {
    return model::Fail(model::Fault::kInternalError, "validator plugin gave no usable contact");
  }
  return normal.First();
}

absl::Status ValidatorPlugin::Held::Send(const validation::Letter& letter) const {
  const molva_letter text = ToC(letter);
  sdk::Collector why;
  CallTimer timer(*calls, ValidatorCall::kSend);
  const molva_code code = timer.Answered(api.send(instance, &text, why.sink()));
  return code == MOLVA_OK ? absl::OkStatus() : RefusalOf(code, why.First());
}

}  // namespace molva::plugin
