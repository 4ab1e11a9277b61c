// A validator plugin as validation::Validator.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <memory>
#include <string>
#include <string_view>

#include "molva/validator_plugin.h"
#include "plugin/call_stats.h"
#include "plugin/host_api.h"
#include "plugin/library.h"
#include "runtime/call_gate.h"
#include "validation/validator.h"

namespace molva::plugin {

// Owns: the plugin's instance; closes it when it goes, or when the last call has returned that was
//       given up.
// Thread, errors: as validation::Validator says; kServiceUnavailable from one that does not answer.
class ValidatorPlugin final : public validation::Validator {
 public:
  // Opens the plugin with its part of the configuration, a JSON object.
  // Errors: what the plugin says, prefixed with its name.
  static absl::StatusOr<std::unique_ptr<ValidatorPlugin>> Open(
      const Library& library, const std::string& config, const runtime::CallRules& rules = {});
  ~ValidatorPlugin() override;
  ValidatorPlugin(const ValidatorPlugin&) = delete;
  ValidatorPlugin& operator=(const ValidatorPlugin&) = delete;

  std::string_view method() const override { return method_; }
  absl::StatusOr<std::string> Normalise(std::string_view value,
                                        const model::RawJson& params) const override;
  absl::Status Send(const validation::Letter& letter) const override;
  // How the plugin fares, for metrics; outlives this as long as somebody holds it.
  std::shared_ptr<const CallStats> calls() const;
  std::shared_ptr<runtime::CallGate> shared_gate() const { return gate_; }

 private:
  // What calls touch.
  struct Held;
  ValidatorPlugin(const Library& library, const runtime::CallRules& rules);

  const std::string method_;
  const std::shared_ptr<Held> held_;               // with the calls
  const std::shared_ptr<runtime::CallGate> gate_;  // shared with the metrics
};

}  // namespace molva::plugin
