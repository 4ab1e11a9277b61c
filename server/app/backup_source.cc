#include "app/backup_source.h"

#include <absl/time/clock.h>

namespace molva::app {

std::string KeyFolderOf(const DataDirectory& data) { return data.PathOf("keys"); }

backup::BackupSource BackupSourceOf(plugin::StorePlugin& store, media::Media* media,
                                    const DataDirectory& data) {
  return {[&store](std::string_view behind) { return store.StartExport(behind); }, media,
          KeyFolderOf(data), MOLVA_VERSION, absl::Now()};
}

}  // namespace molva::app
