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
#include "validation/validator.h"

namespace molva::plugin {

// Owns: the plugin's instance; closes it when it goes.
// Thread, errors: as validation::Validator says.
class ValidatorPlugin final : public validation::Validator {
 public:
  // Opens the plugin with its part of the configuration, a JSON object.
  // Errors: what the plugin says, prefixed with its name.
  static absl::StatusOr<std::unique_ptr<ValidatorPlugin>> Open(const Library& library,
                                                               const std::string& config);
  ~ValidatorPlugin() override;
  ValidatorPlugin(const ValidatorPlugin&) = delete;
  ValidatorPlugin& operator=(const ValidatorPlugin&) = delete;

  std::string_view method() const override { return method_; }
  absl::StatusOr<std::string> Normalise(std::string_view value,
                                        const model::RawJson& params) const override;
  absl::Status Send(const validation::Letter& letter) const override;
  // How the plugin fares, for metrics; outlives this as long as somebody holds it.
  std::shared_ptr<const CallStats> calls() const { return calls_; }

 private:
  explicit ValidatorPlugin(const Library& library);

  const molva_validator_api& api_;
  const std::string method_;
  const std::shared_ptr<CallStats> calls_;  // shared with the metrics
  HostApi host_;
  molva_validator* instance_ = nullptr;
};

}  // namespace molva::plugin
