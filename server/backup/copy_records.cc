#include "backup/copy_records.h"

#include <string>
#include <vector>

#include "base/status_macros.h"

namespace molva::backup {
namespace {

// Of one transaction: enough that its commit is cheap, little enough to be held in memory.
constexpr std::size_t kBatchBytes = 1 << 20;

}  // namespace

absl::StatusOr<Progress> CopyRecords(store::RecordSource& from, store::RecordSink& to,
                                     ProgressTold told) {
  Progress progress;
  for (;;) {
    MOLVA_ASSIGN_OR_RETURN(const std::vector<std::string> records, from.Read(kBatchBytes));
    if (records.empty()) return progress;
    MOLVA_RETURN_IF_ERROR(to.Write(records));
    progress.records += records.size();
    for (const std::string& record : records) progress.bytes += record.size();
    told(progress);
  }
}

absl::StatusOr<RecordDigest> DigestRecords(store::RecordSource& from, ProgressTold told) {
  RecordDigest digest;
  for (;;) {
    MOLVA_ASSIGN_OR_RETURN(const std::vector<std::string> records, from.Read(kBatchBytes));
    if (records.empty()) return digest;
    for (const std::string& record : records) digest.Add(record);
    told({digest.records(), digest.bytes()});
  }
}

}  // namespace molva::backup
