#include "app/migrate_command.h"

#include <absl/time/time.h>
#include <fmt/core.h>

#include <cstdio>
#include <optional>
#include <string>

#include "app/data_directory.h"
#include "app/open_plugin.h"
#include "app/open_store.h"
#include "base/status_macros.h"
#include "base/strings.h"
#include "config/json_text.h"
#include "plugin/store_versions.h"

namespace molva::app {
namespace {

using plugin::StoreMigrator;
using plugin::StoreVersion;
using plugin::StoreVersions;

absl::StatusOr<StoreMigrator> MakeMigrator(const config::Config& config) {
  MOLVA_RETURN_IF_ERROR(CheckNodeExists(config));
  MOLVA_ASSIGN_OR_RETURN(const ReadyPlugin ready,
                         LoadPlugin(config, MOLVA_KIND_STORE, config.Text("store.plugin"),
                                    StoreConfigJson(config, config.Text("node.data"))));
  return StoreMigrator::Make(ready.library, ready.config);
}

const StoreVersion& VersionOf(const StoreVersions& versions, std::int64_t number) {
  return versions.known[static_cast<std::size_t>(number - 1)];
}

// What going back to `to` loses, one line each.
std::string LossesTo(const StoreVersions& versions, std::int64_t to) {
  std::string losses;
  for (std::int64_t number = versions.current; number > to; --number) {
    const StoreVersion& left = VersionOf(versions, number);
    if (!left.lost.empty()) losses += fmt::format("\n  version {}: {}", number, left.lost);
  }
  return losses;
}

absl::StatusOr<std::int64_t> GoalOf(const StoreVersions& versions, const Migration& migration) {
  if (versions.current > versions.newest()) {
    return absl::FailedPreconditionError(
        fmt::format("the store has version {}, this molvad knows up to {}: the molvad that wrote "
                    "it can go back",
                    versions.current, versions.newest()));
  }
  const bool is_up = migration.action == MigrateAction::kUp;
  const std::int64_t to = migration.to.value_or(versions.newest());
  if (to > versions.newest()) {
    return absl::InvalidArgumentError(
        fmt::format("there is no version {}; the newest is {}", to, versions.newest()));
  }
  if (is_up ? to < versions.current : to > versions.current) {
    return absl::InvalidArgumentError(fmt::format("version {} is {} the store's, which is {}", to,
                                                  is_up ? "below" : "above", versions.current));
  }
  const std::string losses = is_up ? "" : LossesTo(versions, to);
  if (losses.empty() || migration.may_lose) return to;
  return absl::FailedPreconditionError(
      fmt::format("version {} cannot hold everything. Make a backup (molvad backup); then say "
                  "--yes to lose:{}",
                  to, losses));
}

// Goes there; each step is told of when it begins.
absl::Status GoTo(StoreMigrator& migrator, const StoreVersions& versions, std::int64_t to) {
  for (std::int64_t at = versions.current; at != to;) {
    const std::int64_t next = at < to ? at + 1 : at - 1;
    fmt::print(stderr, "version {} to {}: {}{}\n", at, next, at < to ? "" : "without ",
               VersionOf(versions, at < to ? next : at).what);
    MOLVA_RETURN_IF_ERROR(migrator.StepTo(next));
    at = next;
  }
  return absl::OkStatus();
}

std::string TimeText(const StoreVersion& version) {
  return version.applied.has_value()
             ? absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", *version.applied, absl::UTCTimeZone())
             : std::string();
}

void PrintStatusJson(const std::string& store, const StoreVersions& versions) {
  fmt::print("{{\"store\":{},\"current\":{},\"newest\":{},\"versions\":[", config::QuoteJson(store),
             versions.current, versions.newest());
  for (const StoreVersion& one : versions.known) {
    const std::string time = TimeText(one);
    fmt::print(
        "{}{{\"number\":{},\"what\":{},\"is_applied\":{},\"applied\":{},\"is_long\":{},"
        "\"is_final\":{},\"lost\":{}}}",
        one.number == 1 ? "" : ",", one.number, config::QuoteJson(one.what),
        one.number <= versions.current, time.empty() ? "null" : config::QuoteJson(time),
        one.is_long, one.is_final, config::QuoteJson(one.lost));
  }
  fmt::print("]}}\n");
}

void PrintStatusText(const std::string& store, const StoreVersions& versions) {
  fmt::print("store {}: version {} of {}\n", store, versions.current, versions.newest());
  for (const StoreVersion& one : versions.known) {
    const bool is_applied = one.number <= versions.current;
    const std::string time = TimeText(one);
    fmt::print("{:>4}  {:<22} {}{}\n", one.number,
               !is_applied    ? "to come"
               : time.empty() ? "applied"
                              : time,
               one.what, !is_applied && one.is_long ? " (may take long)" : "");
  }
}

// Prints how the store stands.
absl::Status Report(const config::Config& config, StoreMigrator& migrator, Output output) {
  MOLVA_ASSIGN_OR_RETURN(const StoreVersions versions, migrator.Read());
  const std::string& store = config.Text("store.plugin");
  if (output == Output::kJson) {
    PrintStatusJson(store, versions);
  } else {
    PrintStatusText(store, versions);
  }
  return absl::OkStatus();
}

absl::Status Migrate(const config::Config& config, const Migration& migration, Output output) {
  MOLVA_ASSIGN_OR_RETURN(StoreMigrator migrator, MakeMigrator(config));
  if (migration.action != MigrateAction::kStatus) {
    MOLVA_ASSIGN_OR_RETURN(const DataDirectory lock, DataDirectory::Open(config.Text("node.data")));
    MOLVA_ASSIGN_OR_RETURN(const StoreVersions versions, migrator.Read());
    MOLVA_ASSIGN_OR_RETURN(const std::int64_t to, GoalOf(versions, migration));
    MOLVA_RETURN_IF_ERROR(GoTo(migrator, versions, to));
  }
  return Report(config, migrator, output);
}

}  // namespace

int RunMigrate(const config::Config& config, const Migration& migration, Output output) {
  const absl::Status done = Migrate(config, migration, output);
  if (done.ok()) return kExitGood;
  fmt::print(stderr, "molvad: {}\n", base::ToStd(done.message()));
  return kExitFailed;
}

}  // namespace molva::app
