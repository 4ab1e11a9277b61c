#include "plugin/store_versions.h"

#include <fmt/format.h>

#include <utility>

#include "molva/plugin.hpp"

namespace molva::plugin {
namespace {

// More than anybody will ever have.
constexpr std::size_t kMostVersions = 10'000;

absl::Status WhyNot(const HostApi& host, molva_code code, const sdk::Collector& why) {
  return StatusOf(code, fmt::format("{}: {}", host.plugin_name(), why.First()));
}

void KeepVersion(void* context, const molva_version* version) {
  auto& known = *static_cast<std::vector<StoreVersion>*>(context);
  if (known.size() >= kMostVersions) return;
  StoreVersion& kept = known.emplace_back();
  kept.number = version->number;
  kept.what = sdk::Copy(version->what);
  kept.lost = sdk::Copy(version->lost);
  if (version->applied != MOLVA_NO_TIME) kept.applied = absl::FromUnixMillis(version->applied);
  kept.is_long = (version->flags & MOLVA_VERSION_LONG) != 0;
  kept.is_final = (version->flags & MOLVA_VERSION_FINAL) != 0;
}

bool MakesSense(const StoreVersions& versions) {
  for (std::size_t i = 0; i < versions.known.size(); ++i) {
    if (versions.known[i].number != static_cast<std::int64_t>(i + 1)) return false;
  }
  return !versions.known.empty() && versions.current >= 0;
}

}  // namespace

StoreMigrator::StoreMigrator(const Library& library, std::string config)
    : api_(&library.store_api()),
      config_(std::move(config)),
      host_(std::make_unique<HostApi>(fmt::format("store {}", library.name()))) {}

absl::StatusOr<StoreMigrator> StoreMigrator::Make(const Library& library, std::string config) {
  StoreMigrator made(library, std::move(config));
  const molva_store_api& api = *made.api_;
  if (MOLVA_HAS(&api, migrate) && api.versions != nullptr && api.migrate != nullptr) return made;
  return absl::UnimplementedError(
      fmt::format("{}: this store has no versions to look after", made.host_->plugin_name()));
}

absl::StatusOr<StoreVersions> StoreMigrator::Read() {
  StoreVersions read;
  const molva_version_sink sink{&read.known, &KeepVersion};
  sdk::Collector why;
  const molva_code code =
      api_->versions(host_->table(), sdk::Text(config_), &sink, &read.current, why.sink());
  if (code != MOLVA_OK) return WhyNot(*host_, code, why);
  if (!MakesSense(read)) {
    return absl::InternalError(
        fmt::format("{}: its versions are not 1, 2 and so on", host_->plugin_name()));
  }
  return read;
}

absl::Status StoreMigrator::StepTo(std::int64_t to) {
  sdk::Collector why;
  const molva_code code = api_->migrate(host_->table(), sdk::Text(config_), to, why.sink());
  return code == MOLVA_OK ? absl::OkStatus() : WhyNot(*host_, code, why);
}

}  // namespace molva::plugin
