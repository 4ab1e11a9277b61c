// Contacts by telephone: the C table over the numbering plans and the operator's script.
#include <simdjson.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "molva/declare.hpp"
#include "molva/plugin.hpp"
#include "molva/plugin_config.hpp"
#include "molva/validator_plugin.h"
#include "number.h"
#include "regions.h"
#include "script.h"

struct molva_validator {
  const molva::validator_tel::Region* region = nullptr;  // of numbers without one
  std::optional<molva::validator_tel::Script> script;
};

namespace molva::validator_tel {
namespace {

constexpr std::size_t kMaxParamsBytes = 1024;

// The member countryCode of `params`; empty if there is none.
// Errors: MALFORMED.
Outcome CountryOf(molva_text params, std::string* country) {
  if (params.size == 0) return Done();
  if (params.size > kMaxParamsBytes) return {MOLVA_MALFORMED, "the params are over 1024 bytes"};
  simdjson::dom::parser parser;
  const simdjson::padded_string text(sdk::View(params));
  simdjson::dom::element root;
  simdjson::dom::object object;
  if (parser.parse(text).get(root) != simdjson::SUCCESS || root.get(object) != simdjson::SUCCESS) {
    return {MOLVA_MALFORMED, "the params are no object"};
  }
  simdjson::dom::element value;
  if (object.at_key("countryCode").get(value) != simdjson::SUCCESS) return Done();
  std::string_view code;
  if (value.get(code) != simdjson::SUCCESS) return {MOLVA_MALFORMED, "countryCode is no text"};
  *country = code;
  return Done();
}

molva_code Open(const molva_host*, molva_text text, const molva_sink* why, molva_validator** out) {
  return sdk::GuardedOutcome(why, [&]() -> Outcome {
    auto self = std::make_unique<molva_validator>();
    sdk::Config config(text);
    const std::string script = config.Text("script", "");
    if (!script.starts_with('/') || script.find('\0') != std::string::npos) {
      config.Refuse("script", "must be an absolute path");
    }
    const std::string country = config.Text("default_country", "US");
    self->region = FindRegion(country);
    if (self->region == nullptr) {
      config.Refuse("default_country", "must be a country of ISO 3166-1");
    }
    const std::int64_t deadline = config.Integer("timeout_seconds", 10, 1, 300);
    const std::int64_t at_once = config.Integer("at_once", 4, 1, 256);
    const std::string error = config.Finish();
    if (!error.empty()) return {MOLVA_MALFORMED, error};
    if (::access(script.c_str(), X_OK) != 0) {
      return {MOLVA_MALFORMED, "\"script\" cannot be executed"};
    }
    self->script.emplace(script, std::chrono::seconds(deadline), static_cast<int>(at_once));
    *out = self.release();
    return Done();
  });
}

void Close(molva_validator* self) { std::unique_ptr<molva_validator>(self).reset(); }

molva_code Normalise(molva_validator* self, molva_text value, molva_text params,
                     const molva_sink* normal, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> Outcome {
    std::string country;
    MOLVA_RETURN_UNLESS_OK(CountryOf(params, &country));
    const Region* region = country.empty() ? self->region : FindRegion(country);
    if (region == nullptr) return {MOLVA_MALFORMED, "countryCode is no country"};
    std::string number;
    MOLVA_RETURN_UNLESS_OK(NormaliseNumber(sdk::View(value), *region, &number));
    sdk::Put(normal, number);
    return Done();
  });
}

// What goes into an argument: letters, digits and hyphens of a language tag.
std::string LanguageOf(molva_text text) {
  constexpr std::size_t kMaxBytes = 35;
  std::string language = sdk::Copy(text).substr(0, kMaxBytes);
  std::erase_if(language, [](char c) {
    return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '-');
  });
  return language;
}

molva_code Send(molva_validator* self, const molva_letter* letter, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> Outcome {
    Call call;
    MOLVA_RETURN_UNLESS_OK(NormaliseNumber(sdk::View(letter->to), *self->region, &call.number));
    call.language = LanguageOf(letter->language);
    call.reason = letter->reason == MOLVA_LETTER_RESET ? "reset" : "confirm";
    call.code = sdk::Copy(letter->code);
    return self->script->Run(call);
  });
}

constexpr molva_validator_api kApi = {sizeof(molva_validator_api), 0, Open, Close, Normalise, Send};
constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::TextSetting("script", nullptr, "The program that sends codes."),
    sdk::TextSetting("default_country", "US", "Of numbers without a + and a country."),
    sdk::NumberSetting("timeout_seconds", "10", 1, 300, "For one code."),
    sdk::NumberSetting("at_once", "4", 1, 256, "Programs at a time."),
});
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_VALIDATOR, "tel", "1.0", &kApi, kSettings, "Apache-2.0");

}  // namespace
}  // namespace molva::validator_tel

const molva_plugin* molva_plugin_v1() { return &molva::validator_tel::kPlugin; }
