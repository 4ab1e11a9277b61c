#include "auth/scheme_registry.h"

#include <fmt/core.h>

namespace molva::auth {

absl::Status SchemeRegistry::Add(std::unique_ptr<Scheme> scheme) {
  if (FindByOwnName(scheme->name()) != nullptr) {
    return absl::AlreadyExistsError(fmt::format("auth scheme {} is there twice", scheme->name()));
  }
  schemes_.push_back(std::move(scheme));
  return absl::OkStatus();
}

absl::Status SchemeRegistry::Rename(std::string_view logical, std::string_view name) {
  for (const LogicalName& known : logical_names_) {
    if (known.logical != logical) continue;
    return absl::InvalidArgumentError(fmt::format("two auth schemes are called {}", logical));
  }
  if (logical.empty() || (!name.empty() && FindByOwnName(name) == nullptr)) {
    return absl::InvalidArgumentError(fmt::format("no auth scheme {} to be renamed", name));
  }
  logical_names_.push_back({std::string(logical), std::string(name)});
  return absl::OkStatus();
}

const Scheme* SchemeRegistry::Find(std::string_view name) const {
  bool is_renamed = false;
  for (const LogicalName& known : logical_names_) {
    if (known.logical == name) return FindByOwnName(known.name);
    is_renamed |= known.name == name;
  }
  return is_renamed ? nullptr : FindByOwnName(name);
}

const Scheme* SchemeRegistry::FindByOwnName(std::string_view name) const {
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

const Scheme* SchemeRegistry::second() const {
  for (const auto& scheme : schemes_) {
    if (scheme->traits().is_second) return scheme.get();
  }
  return nullptr;
}

absl::Status SchemeRegistry::RequireSecond() {
  if (second() == nullptr) {
    return absl::FailedPreconditionError("a second factor is required, and no scheme is one");
  }
  requires_second_ = true;
  return absl::OkStatus();
}

std::string SchemeRegistry::LogicalNameOf(const Scheme& scheme) const {
  for (const LogicalName& known : logical_names_) {
    if (known.name == scheme.name()) return known.logical;
  }
  return std::string(scheme.name());
}

std::vector<std::string> SchemeRegistry::RecordKeepers() const {
  std::vector<std::string> names;
  for (const std::shared_ptr<Scheme>& scheme : schemes_) {
    if (scheme->traits().keeps_records) names.emplace_back(scheme->name());
  }
  return names;
}

std::vector<const Scheme*> SchemeRegistry::ThoseWhoLetGo() const {
  std::vector<const Scheme*> schemes;
  for (const std::shared_ptr<Scheme>& scheme : schemes_) {
    if (scheme->traits().lets_go) schemes.push_back(scheme.get());
  }
  return schemes;
}

std::vector<std::string> SchemeRegistry::ReservedTagNamespaces() const {
  std::vector<std::string> namespaces;
  for (const auto& scheme : schemes_) {
    if (scheme->traits().owns_tags) namespaces.emplace_back(scheme->name());
    const std::vector<std::string>& more = scheme->namespaces();
    namespaces.insert(namespaces.end(), more.begin(), more.end());
  }
  return namespaces;
}

}  // namespace molva::auth
