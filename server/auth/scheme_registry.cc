#include "auth/scheme_registry.h"

#include <fmt/core.h>

namespace molva::auth {

absl::Status SchemeRegistry::Add(std::unique_ptr<Scheme> scheme) {
  if (Find(scheme->name()) != nullptr) {
    return absl::AlreadyExistsError(fmt::format("auth scheme {} is there twice", scheme->name()));
  }
  schemes_.push_back(std::move(scheme));
  return absl::OkStatus();
}

const Scheme* SchemeRegistry::Find(std::string_view name) const {
  for (const auto& scheme : schemes_) {
    if (scheme->name() == name) return scheme.get();
  }
  return nullptr;
}

const Scheme* SchemeRegistry::issuer() const {
  for (const auto& scheme : schemes_) {
    if (scheme->traits().issues) return scheme.get();
  }
  return nullptr;
}

std::vector<std::string> SchemeRegistry::ReservedTagNamespaces() const {
  std::vector<std::string> namespaces;
  for (const auto& scheme : schemes_) {
    if (scheme->traits().owns_tags) namespaces.emplace_back(scheme->name());
  }
  return namespaces;
}

}  // namespace molva::auth
