// Reads archives: to see whether they are whole, and into an empty node.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "backup/archive_stream.h"
#include "backup/copy_records.h"
#include "media/media.h"
#include "store/copies.h"

namespace molva::backup {

// An archive that is whole.
struct Verified {
  ArchiveHeader header;
  ArchiveEnd end;
  std::string hash;  // of the archive
};

// Reads all of it. Blocks. Errors: those of ArchiveReader.
absl::StatusOr<Verified> VerifyArchive(ByteSource& archive, ProgressTold told);

// Where an archive goes. Nobody else uses any of it.
struct RestoreTarget {
  // As those of StorePlugin.
  std::function<absl::StatusOr<std::unique_ptr<store::RecordSink>>(std::string* place)>
      start_import;
  std::function<absl::StatusOr<std::unique_ptr<store::RecordSource>>(std::string_view behind)>
      start_export;
  media::Media* media = nullptr;  // nullptr: the node keeps no files
  std::string keys;               // their folder
};

// Fills a node whose store is empty, or goes on with that: from its first step to its last no node
// serves with the store. Files and keys are there before records that need them; the last step is
// taken when the store has been read again and has what `verified` says. Blocks.
//
// Memory: one part.
// Errors: kAlreadyExists: the store or the folder of keys has something that is not of this
//         archive; kFailedPrecondition: what was restored before is of another archive, or the
//         archive has files and the node keeps none; those of all parts.
absl::Status RestoreArchive(ByteSource& archive, const Verified& verified,
                            const RestoreTarget& target, ProgressTold told);

}  // namespace molva::backup
