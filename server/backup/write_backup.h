// Everything that a node has, as an archive.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "backup/archive_stream.h"
#include "backup/copy_records.h"
#include "media/media.h"
#include "store/copies.h"

namespace molva::backup {

// What a backup is made of. The store is open; others may write to it meanwhile.
struct BackupSource {
  // As StorePlugin::StartExport.
  std::function<absl::StatusOr<std::unique_ptr<store::RecordSource>>(std::string_view behind)>
      start_export;
  media::Media* media = nullptr;  // nullptr: the node keeps no files
  std::string keys;               // their folder, which need not exist
  std::string node_version;
  absl::Time now;
};

// Writes the archive: the keys, then the store as it was when this began, each finished file behind
// its record. Blocks.
//
// Memory: one batch of records, or one block of a file.
// Errors: those of the store, the medium, the disk and the sink; whatever was written is no archive
//         then. That the medium does not have a file is none: the archive says so (ArchiveEnd).
absl::StatusOr<ArchiveEnd> WriteBackup(const BackupSource& source, ByteSink& sink,
                                       ProgressTold told);

}  // namespace molva::backup
