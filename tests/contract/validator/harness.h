// Opens validators and says what came of it.
#pragma once

#include <memory>
#include <string>

#include "model/fault.h"
#include "plugin/validator_adapter.h"
#include "tests/support/catch.h"

namespace molva::test {

absl::StatusOr<std::unique_ptr<plugin::ValidatorPlugin>> TryOpen(const std::string& name,
                                                                 const std::string& config);
std::unique_ptr<plugin::ValidatorPlugin> Open(const std::string& name, const std::string& config);

// The normal form, or the fault in its place.
inline std::string Normal(const plugin::ValidatorPlugin& validator, const std::string& value,
                          const std::string& params = {}) {
  const auto normal = validator.Normalise(value, {params});
  if (normal.ok()) return *normal;
  return std::string(model::RowOf(model::FaultOf(normal.status())).text);
}

inline validation::Letter LetterTo(const std::string& to) {
  validation::Letter letter;
  letter.to = to;
  letter.code = "123456";
  letter.language = "en-GB";
  letter.token = "ab+/==";
  return letter;
}

}  // namespace molva::test
