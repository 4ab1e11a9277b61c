// The records of files, which a backup must understand to find their bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/file_id.h"
#include "store/records.h"

namespace molva::backup {

struct FileOfRecord {
  model::FileId id;
  store::FileStatus status = store::FileStatus::kStarted;
  std::string mime;
  std::string location;
};

// nullopt: the record is none of a file. Source: docs/backup.md, the form of records.
std::optional<FileOfRecord> ReadFileRecord(std::string_view record);
// The place right before the record of the file; nullopt: no record of a file is before it.
std::optional<std::string> PlaceBefore(model::FileId id);

}  // namespace molva::backup
