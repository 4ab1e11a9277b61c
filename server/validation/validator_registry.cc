#include "validation/validator_registry.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace molva::validation {

absl::Status ValidatorRegistry::Add(std::unique_ptr<Validator> validator, Rules rules) {
  for (const Method& method : methods_) {
    if (method.validator->method() != validator->method()) continue;
    return absl::AlreadyExistsError(
        fmt::format("there are two validators of {}", validator->method()));
  }
  methods_.push_back({std::move(validator), std::move(rules)});
  return absl::OkStatus();
}

const Method* ValidatorRegistry::Find(std::string_view method) const {
  for (const Method& known : methods_) {
    if (known.validator->method() != method) continue;
    return known.rules.required_for.empty() ? nullptr : &known;
  }
  return nullptr;
}

std::vector<std::string> ValidatorRegistry::Required(model::AuthLevel level) const {
  std::vector<std::string> names;
  for (const Method& method : methods_) {
    const std::vector<model::AuthLevel>& levels = method.rules.required_for;
    if (std::find(levels.begin(), levels.end(), level) != levels.end()) {
      names.emplace_back(method.validator->method());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> ValidatorRegistry::ReservedTagNamespaces() const {
  std::vector<std::string> names;
  for (const Method& method : methods_) names.emplace_back(method.validator->method());
  return names;
}

}  // namespace molva::validation
