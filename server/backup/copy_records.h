// Moves records from one store to another, and looks afterwards whether both have the same.
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>

#include "backup/record_digest.h"
#include "store/copies.h"

namespace molva::backup {

// How far it has come, told after each batch.
struct Progress {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
};
using ProgressTold = absl::FunctionRef<void(const Progress&)>;

// Everything that `from` gives goes into `to`, which the caller finishes then. Blocks.
// Errors: what either of them says; `to` can go on later with what it has.
absl::StatusOr<Progress> CopyRecords(store::RecordSource& from, store::RecordSink& to,
                                     ProgressTold told);

// Reads everything that `from` gives. Blocks.
absl::StatusOr<RecordDigest> DigestRecords(store::RecordSource& from, ProgressTold told);

}  // namespace molva::backup
