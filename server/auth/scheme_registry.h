// The schemes that a node offers.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/scheme.h"

namespace molva::auth {

// Filled at start, then read by all shards and pool threads; it must outlive them.
class SchemeRegistry {
 public:
  // Errors: kAlreadyExists for a second scheme of that name.
  absl::Status Add(std::unique_ptr<Scheme> scheme);

  // nullptr for a scheme that is not offered.
  const Scheme* Find(std::string_view name) const;
  // The first scheme that issues tokens; nullptr if none does.
  const Scheme* issuer() const;
  std::vector<std::string> ReservedTagNamespaces() const;

 private:
  std::vector<std::unique_ptr<Scheme>> schemes_;  // few: searched in order
};

}  // namespace molva::auth
