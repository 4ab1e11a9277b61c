// What the operator has blocked and allowed while the node ran, beside the configuration.
#pragma once

#include <absl/status/status.h>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

#include "federation/peer/domain_rules.h"

namespace molva::app {

// Two lists of patterns; none stands in both. A plain value.
//
// Text form: a line for each, "block PATTERN" or "allow PATTERN".
struct OperatorLists {
  static constexpr std::size_t kMaxPatterns = 10'000;

  // Passes over lines it does not know.
  static OperatorLists Parse(std::string_view text);
  std::string ToText() const;

  // Errors: kResourceExhausted over kMaxPatterns; nothing has changed then.
  absl::Status Block(const std::string& pattern);
  absl::Status Allow(const std::string& pattern);
  // `configured` together with these. A block goes before any allowance; an allowance matters only
  // where the configuration has a list of its own.
  federation::DomainRules Join(federation::DomainRules configured) const;

  std::set<std::string> blocked;
  std::set<std::string> allowed;
};

}  // namespace molva::app
