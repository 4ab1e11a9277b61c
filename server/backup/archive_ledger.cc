// Which part may come where, and what was counted.
#include "backup/archive_stream.h"
#include "base/status_macros.h"
#include "base/strings.h"

namespace molva::backup {
namespace {

absl::Status Misplaced(std::string_view what) { return absl::DataLossError(base::ToAbsl(what)); }

}  // namespace

absl::Status ArchiveLedger::Enter(const ArchivePart& part) {
  return std::visit([this](const auto& one) { return Step(one); }, part);
}

absl::Status ArchiveLedger::Open() {
  if (stage_ != Stage::kKeys && stage_ != Stage::kContents) {
    return Misplaced("a part where none of its kind may be");
  }
  stage_ = Stage::kContents;
  return absl::OkStatus();
}

absl::Status ArchiveLedger::Step(const ArchiveHeader& /*header*/) {
  if (stage_ != Stage::kStart) return Misplaced("a second header");
  stage_ = Stage::kKeys;
  return absl::OkStatus();
}

absl::Status ArchiveLedger::Step(const KeyFile& /*key*/) {
  if (stage_ != Stage::kKeys) return Misplaced("a key where none may be");
  ++counts_.keys;
  return absl::OkStatus();
}

absl::Status ArchiveLedger::Step(const RecordBatch& batch) {
  MOLVA_RETURN_IF_ERROR(Open());
  for (const std::string& record : batch.records) records_.Add(record);
  counts_.records = records_.records();
  counts_.record_sum = records_.ToText();
  return absl::OkStatus();
}

absl::Status ArchiveLedger::Step(const FileStart& /*file*/) {
  MOLVA_RETURN_IF_ERROR(Open());
  stage_ = Stage::kInFile;
  file_ = Hasher();
  return absl::OkStatus();
}

absl::Status ArchiveLedger::Step(const FileBlock& block) {
  if (stage_ != Stage::kInFile) return Misplaced("bytes of no file");
  file_.Add(block.bytes);
  counts_.file_bytes += block.bytes.size();
  return absl::OkStatus();
}

absl::Status ArchiveLedger::Step(const FileEnd& end) {
  if (stage_ != Stage::kInFile) return Misplaced("the end of no file");
  if (file_.Finish() != end.hash) return Misplaced("a file has not the sum that it had");
  stage_ = Stage::kContents;
  ++counts_.files;
  return absl::OkStatus();
}

absl::Status ArchiveLedger::Step(const AbsentFile& file) {
  MOLVA_RETURN_IF_ERROR(Open());
  ++(file.why == Absence::kCollected ? counts_.collected : counts_.missing);
  return absl::OkStatus();
}

absl::Status ArchiveLedger::Step(const ArchiveEnd& end) {
  MOLVA_RETURN_IF_ERROR(Open());
  if (end != counts_) return Misplaced("it does not have what it says it has");
  stage_ = Stage::kEnded;
  return absl::OkStatus();
}

}  // namespace molva::backup
