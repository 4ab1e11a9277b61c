#include "backup/write_backup.h"

#include <vector>

#include "backup/file_record.h"
#include "backup/key_folder.h"
#include "base/status_macros.h"

namespace molva::backup {
namespace {

constexpr std::size_t kBatchBytesOfBackup = 1 << 20;
constexpr std::size_t kBlockBytes = 256 * 1024;

class BackupRun {
 public:
  BackupRun(const BackupSource& source, ByteSink& sink, ProgressTold told)
      : source_(source), writer_(sink), told_(told) {}

  absl::StatusOr<ArchiveEnd> Run();

 private:
  absl::Status WriteKeys();
  absl::Status WriteFilesOf(const std::vector<std::string>& records);
  absl::Status WriteFile(const FileOfRecord& file);
  absl::Status WriteBytes(media::FileReader& reader);
  // Whether the store still says that it has the file.
  absl::StatusOr<bool> IsKept(const FileOfRecord& file);
  void Tell() { told_({writer_.counts().records, record_bytes_ + writer_.counts().file_bytes}); }

  const BackupSource& source_;
  ArchiveWriter writer_;
  ProgressTold told_;
  std::uint64_t record_bytes_ = 0;
};

absl::StatusOr<ArchiveEnd> BackupRun::Run() {
  MOLVA_ASSIGN_OR_RETURN(const auto records, source_.start_export(""));
  MOLVA_RETURN_IF_ERROR(
      writer_.Write(ArchiveHeader{source_.node_version, absl::ToUnixSeconds(source_.now)}));
  MOLVA_RETURN_IF_ERROR(WriteKeys());
  for (;;) {
    RecordBatch batch;
    MOLVA_ASSIGN_OR_RETURN(batch.records, records->Read(kBatchBytesOfBackup));
    if (batch.records.empty()) break;
    for (const std::string& record : batch.records) record_bytes_ += record.size();
    const ArchivePart part(std::move(batch));
    MOLVA_RETURN_IF_ERROR(writer_.Write(part));
    Tell();
    MOLVA_RETURN_IF_ERROR(WriteFilesOf(std::get<RecordBatch>(part).records));
  }
  const ArchiveEnd end = writer_.counts();
  MOLVA_RETURN_IF_ERROR(writer_.Write(end));
  return end;
}

absl::Status BackupRun::WriteKeys() {
  MOLVA_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListKeys(source_.keys));
  for (const std::string& name : names) {
    MOLVA_ASSIGN_OR_RETURN(std::string bytes, ReadKeyFile(source_.keys, name));
    MOLVA_RETURN_IF_ERROR(writer_.Write(KeyFile{name, std::move(bytes)}));
  }
  return absl::OkStatus();
}

absl::Status BackupRun::WriteFilesOf(const std::vector<std::string>& records) {
  if (source_.media == nullptr) return absl::OkStatus();
  for (const std::string& record : records) {
    const std::optional<FileOfRecord> file = ReadFileRecord(record);
    if (!file.has_value() || file->status != store::FileStatus::kDone) continue;
    MOLVA_RETURN_IF_ERROR(WriteFile(*file));
    Tell();
  }
  return absl::OkStatus();
}

absl::Status BackupRun::WriteFile(const FileOfRecord& file) {
  const auto reader = source_.media->Open(file.location);
  if (absl::IsNotFound(reader.status())) {
    MOLVA_ASSIGN_OR_RETURN(const bool is_kept, IsKept(file));
    return writer_.Write(AbsentFile{file.id, is_kept ? Absence::kMissing : Absence::kCollected});
  }
  MOLVA_RETURN_IF_ERROR(reader.status());
  MOLVA_RETURN_IF_ERROR(writer_.Write(FileStart{file.id, file.location, file.mime}));
  return WriteBytes(**reader);
}

absl::Status BackupRun::WriteBytes(media::FileReader& reader) {
  Hasher hasher;
  std::int64_t offset = 0;
  for (;;) {
    FileBlock block{std::string(kBlockBytes, '\0')};
    MOLVA_ASSIGN_OR_RETURN(const std::size_t got, reader.ReadAt(offset, block.bytes));
    if (got == 0) return writer_.Write(FileEnd{hasher.Finish()});
    block.bytes.resize(got);
    hasher.Add(block.bytes);
    offset += static_cast<std::int64_t>(got);
    MOLVA_RETURN_IF_ERROR(writer_.Write(std::move(block)));
    Tell();
  }
}

absl::StatusOr<bool> BackupRun::IsKept(const FileOfRecord& file) {
  const std::optional<std::string> place = PlaceBefore(file.id);
  if (!place.has_value()) return true;
  MOLVA_ASSIGN_OR_RETURN(const auto now, source_.start_export(*place));
  MOLVA_ASSIGN_OR_RETURN(const std::vector<std::string> records, now->Read(1));
  if (records.empty()) return false;
  const std::optional<FileOfRecord> found = ReadFileRecord(records.front());
  return found.has_value() && found->id == file.id && found->status == store::FileStatus::kDone;
}

}  // namespace

absl::StatusOr<ArchiveEnd> WriteBackup(const BackupSource& source, ByteSink& sink,
                                       ProgressTold told) {
  return BackupRun(source, sink, told).Run();
}

}  // namespace molva::backup
