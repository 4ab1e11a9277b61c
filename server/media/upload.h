// One file on its way in.
#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "media/media.h"
#include "media/transfer_gate.h"
#include "model/user_id.h"
#include "runtime/shard.h"
#include "runtime/work_pool.h"
#include "store/store.h"

namespace molva::media {

// Takes the bytes as they come and writes them block by block. The record is `started` before the
// first byte is on disk and `done` after the last: what a dying process leaves is found by its
// record.
//
// Thread:  the shard's; blocks are written on the pool, one at a time.
// Owns:    at most two blocks and what was taken in one Write.
// Borrows: the parts.
class Upload : public std::enable_shared_from_this<Upload> {
 public:
  static constexpr std::size_t kBlockBytes = 256 * 1024;

  struct Parts {
    runtime::Shard& shard;
    store::Store& store;
    Media& media;
    runtime::WorkPool& pool;
    std::int64_t max_file_bytes;
  };

  Upload(const Parts& parts, TransferGate::Permit permit, std::string declared);

  // Takes `bytes`. After an error nothing more is taken.
  // Errors: kTooLarge, kPolicyViolation (the allowance of the day), and what the medium said of
  //         earlier bytes, as Faults.
  absl::Status Write(std::string_view bytes);
  // Whether to go on writing; if not, `on_room` is called when there is room again, or an error.
  bool has_room() const { return pending_.size() < kBlockBytes || !status_.ok(); }
  void OnRoom(absl::AnyInvocable<void()> on_room) { on_room_ = std::move(on_room); }
  // No more comes. Calls `done` with the record once all is durable. At most once.
  void Finish(model::UserId user, store::Done<store::FileRecord> done);
  // Nobody waits any more; what there is of the file goes. Does nothing after `done` was called.
  void Abandon();

 private:
  // What only the pool touches, one task at a time.
  struct Work {
    std::unique_ptr<FileWriter> writer;
  };

  void Pump();
  void PutRecord();
  void WriteBlock();
  void Keep();
  void OnKept(absl::StatusOr<StoredFile> stored);
  void OnStep(const absl::Status& status);
  void Fail(const absl::Status& status);
  void CleanUp();
  void EraseRecord();
  void TellRoom();
  template <typename T>
  void Run(absl::AnyInvocable<T()> work, absl::AnyInvocable<void(T)> then);

  const Parts parts_;
  // Until the record is done or gone.
  std::optional<TransferGate::Permit> permit_;
  const std::string declared_;
  const std::shared_ptr<Work> work_;  // shared with the task that runs
  store::FileRecord file_;
  std::string pending_;
  absl::AnyInvocable<void()> on_room_;
  store::Done<store::FileRecord> done_;
  absl::Status status_;
  bool is_recorded_ = false;
  bool is_busy_ = false;  // one step is under way
  bool is_ending_ = false;
  bool is_over_ = false;
};

// Shared by the client's connection and the step under way.
using UploadPtr = std::shared_ptr<Upload>;

}  // namespace molva::media
