#include "plugin/validator_adapter.h"

#include <fmt/core.h>

#include <array>

#include "model/fault.h"
#include "molva/plugin.hpp"

namespace molva::plugin {
namespace {

constexpr std::size_t kMaxContactBytes = 256;

enum class ValidatorCall { kOpen, kNormalise, kSend };
constexpr std::array<std::string_view, 3> kValidatorCalls = {"open", "normalise", "send"};

}  // namespace

ValidatorPlugin::ValidatorPlugin(const Library& library)
    : api_(library.validator_api()),
      method_(library.name()),
      calls_(std::make_shared<CallStats>(library.Label(), kValidatorCalls)),
      host_(fmt::format("validator {}", method_)) {}

absl::StatusOr<std::unique_ptr<ValidatorPlugin>> ValidatorPlugin::Open(const Library& library,
                                                                       const std::string& config) {
  std::unique_ptr<ValidatorPlugin> plugin(new ValidatorPlugin(library));
  sdk::Collector why;
  molva_validator* instance = nullptr;
  CallTimer timer(*plugin->calls_, ValidatorCall::kOpen);
  const molva_code code = timer.Answered(
      plugin->api_.open(plugin->host_.table(), sdk::Text(config), why.sink(), &instance));
  if (code != MOLVA_OK) {
    return StatusOf(code, fmt::format("{}: {}", plugin->host_.plugin_name(), why.First()));
  }
  if (instance == nullptr) {
    return absl::InternalError(
        fmt::format("{}: opened, but gave no instance", plugin->host_.plugin_name()));
  }
  plugin->instance_ = instance;
  return plugin;
}

ValidatorPlugin::~ValidatorPlugin() {
  if (instance_ != nullptr) api_.close(instance_);
}

absl::StatusOr<std::string> ValidatorPlugin::Normalise(std::string_view value,
                                                       const model::RawJson& params) const {
  sdk::Collector normal(kMaxContactBytes);
  sdk::Collector why;
  CallTimer timer(*calls_, ValidatorCall::kNormalise);
  const molva_code code = timer.Answered(api_.normalise(
      instance_, sdk::Text(value), sdk::Text(params.text), normal.sink(), why.sink()));
  if (code != MOLVA_OK) return RefusalOf(code, why.First());
  if (normal.First().empty() || normal.overflowed()) {
    return model::Fail(model::Fault::kInternalError, "validator plugin gave no usable contact");
  }
  return normal.First();
}

absl::Status ValidatorPlugin::Send(const validation::Letter& letter) const {
  auto text = sdk::Sized<molva_letter>();
  text.reason =
      letter.reason == validation::Reason::kReset ? MOLVA_LETTER_RESET : MOLVA_LETTER_CONFIRM;
  text.to = sdk::Text(letter.to);
  text.code = sdk::Text(letter.code);
  text.language = sdk::Text(letter.language);
  text.token = sdk::Text(letter.token);
  text.scheme = sdk::Text(letter.scheme);
  text.login = sdk::Text(letter.login);
  sdk::Collector why;
  CallTimer timer(*calls_, ValidatorCall::kSend);
  const molva_code code = timer.Answered(api_.send(instance_, &text, why.sink()));
  return code == MOLVA_OK ? absl::OkStatus() : RefusalOf(code, why.First());
}

}  // namespace molva::plugin
