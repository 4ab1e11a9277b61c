// The files of the node as one shard sees them: what comes in, what goes out, what is known of
// them.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <string>

#include "media/download.h"
#include "media/media.h"
#include "media/transfer_gate.h"
#include "media/upload.h"
#include "model/file_id.h"
#include "runtime/shard.h"
#include "runtime/work_pool.h"
#include "store/store.h"

namespace molva::media {

// What all shards share. Outlives their Files and what the pool still runs.
struct SharedParts {
  Media& media;
  runtime::WorkPool& pool;  // of its own: a medium that hangs holds up nothing else
  TransferGate& gate;
  std::int64_t max_file_bytes;
};

// What a file is called where it is saved: its id, with the usual ending of its type.
std::string FileNameOf(const store::FileRecord& file);

// Thread:  the shard's. Borrows: everything.
class Files {
 public:
  Files(runtime::Shard& shard, store::Store& store, const SharedParts& shared)
      : shard_(shard), store_(store), shared_(shared) {}

  // A file that `user` (Nobody: who has no account yet) sends. `owner` is who is charged: a user or
  // an address. `declared`: the type that the sender says it has.
  // Errors: those of TransferGate::Admit.
  absl::StatusOr<UploadPtr> StartUpload(std::string owner, std::string declared);
  // A file that can be served, or kNotFound as a Fault.
  void Find(model::FileId id, store::Done<store::FileRecord> done);
  // Where a client may fetch the bytes itself; nullopt: by StartDownload.
  void FindUrl(const store::FileRecord& file, store::Done<std::optional<std::string>> done);
  // The bytes from `offset` on, `length` of them. `owner` is who is charged, as above.
  // Errors: those of TransferGate::Admit.
  absl::StatusOr<DownloadPtr> StartDownload(std::string owner, const store::FileRecord& file,
                                            std::int64_t offset, std::int64_t length);

  std::int64_t max_file_bytes() const { return shared_.max_file_bytes; }

 private:
  runtime::Shard& shard_;
  store::Store& store_;
  const SharedParts& shared_;
};

}  // namespace molva::media
