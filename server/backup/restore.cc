#include "backup/restore.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "backup/key_folder.h"
#include "base/status_macros.h"
#include "base/strings.h"

namespace molva::backup {
namespace {

class RestoreRun {
 public:
  RestoreRun(ByteSource& archive, const RestoreTarget& target, ProgressTold told)
      : reader_(archive), target_(target), told_(told) {}

  absl::Status Run(const Verified& verified);

 private:
  absl::Status Take(const ArchiveHeader& /*header*/) { return absl::OkStatus(); }
  absl::Status Take(const KeyFile& key) { return WriteKeyFile(target_.keys, key); }
  absl::Status Take(RecordBatch& batch);
  absl::Status Take(const FileStart& file);
  absl::Status Take(const FileBlock& block);
  absl::Status Take(const FileEnd& end);
  absl::Status Take(const AbsentFile& /*file*/) { return absl::OkStatus(); }
  absl::Status Take(const ArchiveEnd& /*end*/) { return WriteWaiting(); }

  // The records that wait until the files behind them are there.
  absl::Status WriteWaiting();
  absl::Status CheckStore(const Verified& verified);

  ArchiveReader reader_;
  const RestoreTarget& target_;
  ProgressTold told_;
  std::unique_ptr<store::RecordSink> sink_;
  std::string place_;  // where an earlier run came to; empty: behind that
  RecordBatch waiting_;
  std::optional<FileStart> file_;
  std::unique_ptr<media::FileWriter> writer_;
  Progress progress_;
};

absl::Status RestoreRun::Run(const Verified& verified) {
  if (target_.media == nullptr && verified.end.files > 0) {
    return absl::FailedPreconditionError(
        fmt::format("the archive has {} files, but this node keeps none: set media.plugin",
                    verified.end.files));
  }
  MOLVA_ASSIGN_OR_RETURN(sink_, target_.start_import(&place_));
  for (bool has_ended = false; !has_ended;) {
    MOLVA_ASSIGN_OR_RETURN(ArchivePart part, reader_.Next());
    has_ended = std::holds_alternative<ArchiveEnd>(part);
    MOLVA_RETURN_IF_ERROR(std::visit([this](auto& one) { return Take(one); }, part));
    progress_.bytes = reader_.offset();
    told_(progress_);
  }
  if (!place_.empty() || reader_.hash() != verified.hash) {
    return absl::FailedPreconditionError(
        "what was restored here before is of another archive: begin with an empty store");
  }
  MOLVA_RETURN_IF_ERROR(CheckStore(verified));
  return sink_->Finish();
}

absl::Status RestoreRun::Take(RecordBatch& batch) {
  MOLVA_RETURN_IF_ERROR(WriteWaiting());
  progress_.records += batch.records.size();
  if (place_.empty()) {
    waiting_ = std::move(batch);
  } else if (std::string_view(batch.records.back()).starts_with(place_)) {
    place_.clear();
  }
  return absl::OkStatus();
}

absl::Status RestoreRun::WriteWaiting() {
  if (waiting_.records.empty()) return absl::OkStatus();
  return sink_->Write(std::exchange(waiting_, {}).records);
}

absl::Status RestoreRun::Take(const FileStart& file) {
  if (waiting_.records.empty()) return absl::OkStatus();  // an earlier run has written it
  const std::string id = file.id.ToString();
  MOLVA_RETURN_IF_ERROR(target_.media->Remove(id));  // what an earlier run has left
  MOLVA_ASSIGN_OR_RETURN(writer_, target_.media->Create(id, file.mime));
  file_ = file;
  return absl::OkStatus();
}

absl::Status RestoreRun::Take(const FileBlock& block) {
  return writer_ == nullptr ? absl::OkStatus() : writer_->Write(block.bytes);
}

absl::Status RestoreRun::Take(const FileEnd& /*end*/) {
  if (writer_ == nullptr) return absl::OkStatus();
  const auto writer = std::move(writer_);
  MOLVA_ASSIGN_OR_RETURN(const media::StoredFile stored, writer->Finish());
  if (stored.location == file_->location) return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("the medium keeps the file {} elsewhere than the one it comes from: restore with "
                  "the media plugin of the backup",
                  file_->id.ToString()));
}

absl::Status RestoreRun::CheckStore(const Verified& verified) {
  MOLVA_ASSIGN_OR_RETURN(const auto source, target_.start_export(""));
  MOLVA_ASSIGN_OR_RETURN(const RecordDigest digest, DigestRecords(*source, [](const Progress&) {}));
  if (digest.ToText() == verified.end.record_sum && digest.records() == verified.end.records) {
    return absl::OkStatus();
  }
  return absl::DataLossError(fmt::format(
      "the store has {} records with the sum {}, the archive {} with {}: begin with an "
      "empty store",
      digest.records(), digest.ToText(), verified.end.records, verified.end.record_sum));
}

}  // namespace

absl::StatusOr<Verified> VerifyArchive(ByteSource& archive, ProgressTold told) {
  ArchiveReader reader(archive);
  Verified verified;
  Progress progress;
  for (;;) {
    MOLVA_ASSIGN_OR_RETURN(ArchivePart part, reader.Next());
    if (auto* header = std::get_if<ArchiveHeader>(&part)) verified.header = std::move(*header);
    if (const auto* batch = std::get_if<RecordBatch>(&part)) {
      progress.records += batch->records.size();
    }
    progress.bytes = reader.offset();
    told(progress);
    if (const auto* end = std::get_if<ArchiveEnd>(&part)) {
      verified.end = *end;
      verified.hash = reader.hash();
      return verified;
    }
  }
}

absl::Status RestoreArchive(ByteSource& archive, const Verified& verified,
                            const RestoreTarget& target, ProgressTold told) {
  return RestoreRun(archive, target, told).Run(verified);
}

}  // namespace molva::backup
