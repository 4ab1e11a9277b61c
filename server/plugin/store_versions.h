// The versions of a storage plugin's own form, and the steps between them.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "molva/store_plugin.h"
#include "plugin/host_api.h"
#include "plugin/library.h"

namespace molva::plugin {

struct StoreVersion {
  std::int64_t number = 0;
  std::string what;                   // it has brought
  std::string lost;                   // when going back; empty: nothing
  std::optional<absl::Time> applied;  // nullopt: it was not, or nobody noted when
  bool is_long = false;               // a start does not do it by itself
  bool is_final = false;              // there is no way back
};

struct StoreVersions {
  std::int64_t current = 0;         // 0: the store is empty
  std::vector<StoreVersion> known;  // by number, without gaps
  std::int64_t newest() const { return static_cast<std::int64_t>(known.size()); }
};

// Of a store that is not open here.
//
// Thread: one. Blocks. Borrows: the library.
class StoreMigrator {
 public:
  // `config`: the plugin's part of the configuration, a JSON object.
  // Errors: kUnimplemented if the plugin's form has no versions.
  static absl::StatusOr<StoreMigrator> Make(const Library& library, std::string config);

  // Errors: what the plugin says; kInternal if what it says makes no sense.
  absl::StatusOr<StoreVersions> Read();
  // Makes the store one of version `to`, the next one or the one before.
  absl::Status StepTo(std::int64_t to);

 private:
  StoreMigrator(const Library& library, std::string config);

  const molva_store_api* api_;
  std::string config_;
  std::unique_ptr<HostApi> host_;  // stays in place
};

}  // namespace molva::plugin
