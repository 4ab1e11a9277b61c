#include "media/upload.h"

#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "base/strings.h"
#include "media/mime.h"
#include "model/fault.h"

namespace molva::media {
namespace {

using model::Fault;

absl::Status Busy() {
  return model::Fail(Fault::kServiceUnavailable, "the threads of the medium are busy");
}

}  // namespace

Upload::Upload(const Parts& parts, TransferGate::Permit permit, std::string declared)
    : parts_(parts),
      permit_(std::move(permit)),
      declared_(std::move(declared)),
      work_(std::make_shared<Work>()) {
  while (file_.id == model::FileId()) {
    file_.id = model::FileId::FromBits(parts_.shard.random().Next64());
  }
  permit_->Name(file_.id);
}

absl::Status Upload::Write(std::string_view bytes) {
  MOLVA_RETURN_IF_ERROR(status_);
  const auto size = static_cast<std::int64_t>(bytes.size());
  if (file_.size_bytes + size > parts_.max_file_bytes) {
    Fail(model::Fail(Fault::kTooLarge, "the file is longer than is allowed"));
  } else if (!permit_->Charge(size, parts_.shard.Now())) {
    Fail(model::Fail(Fault::kPolicyViolation, "the allowance of the day is used up"));
  } else {
    file_.size_bytes += size;
    pending_ += bytes;
    Pump();
  }
  return status_;
}

void Upload::Finish(model::UserId user, store::Done<store::FileRecord> done) {
  MOLVA_CHECK(!is_ending_, "an upload ends once");
  is_ending_ = true;
  file_.user = user;
  done_ = std::move(done);
  if (status_.ok()) return Pump();
  parts_.shard.Post([self = shared_from_this()] {
    if (self->done_ != nullptr) std::exchange(self->done_, nullptr)(self->status_);
  });
}

void Upload::Abandon() {
  done_ = nullptr;
  on_room_ = nullptr;
  if (!is_over_) Fail(absl::CancelledError("the client has gone"));
}

// Runs `work` on the pool and `then` with what it returned, as the one step under way.
template <typename T>
void Upload::Run(absl::AnyInvocable<T()> work, absl::AnyInvocable<void(T)> then) {
  is_busy_ = true;
  const bool is_taken = parts_.pool.Submit(
      [self = shared_from_this(), work = std::move(work), then = std::move(then)]() mutable {
        T result = work();
        runtime::Shard& shard = self->parts_.shard;
        shard.Post(
            [self = std::move(self), then = std::move(then), result = std::move(result)]() mutable {
              self->is_busy_ = false;
              then(std::move(result));
            });
      });
  if (is_taken) return;
  is_busy_ = false;
  Fail(Busy());
}

void Upload::Pump() {
  if (is_busy_ || is_over_) return;
  if (!status_.ok()) return CleanUp();
  if (!is_recorded_) {
    if (pending_.size() >= kSniffedBytes || is_ending_) PutRecord();
  } else if (pending_.size() >= kBlockBytes || (is_ending_ && !pending_.empty()) ||
             work_->writer == nullptr) {
    WriteBlock();
  } else if (is_ending_) {
    Keep();
  }
}

void Upload::PutRecord() {
  file_.mime = DecideMime(pending_, declared_);
  file_.created = parts_.shard.Now();
  is_busy_ = true;
  parts_.store.Write({store::PutFile{file_, store::Expect::kAbsent}},
                     [self = shared_from_this()](const absl::Status& status) {
                       self->is_busy_ = false;
                       self->is_recorded_ = status.ok();
                       self->OnStep(status);
                     });
}

void Upload::WriteBlock() {
  auto step = [&media = parts_.media, work = work_, id = file_.id.ToString(), mime = file_.mime,
               bytes = std::exchange(pending_, {})]() -> absl::Status {
    if (work->writer == nullptr) {
      MOLVA_ASSIGN_OR_RETURN(work->writer, media.Create(id, mime));
    }
    return work->writer->Write(bytes);
  };
  Run<absl::Status>(std::move(step), [this](const absl::Status& status) { OnStep(status); });
  TellRoom();
}

void Upload::Keep() {
  Run<absl::StatusOr<StoredFile>>(
      [work = work_]() -> absl::StatusOr<StoredFile> {
        auto stored = work->writer->Finish();
        work->writer.reset();
        return stored;
      },
      [this](absl::StatusOr<StoredFile> stored) { OnKept(std::move(stored)); });
}

void Upload::OnKept(absl::StatusOr<StoredFile> stored) {
  if (!stored.ok()) return Fail(stored.status());
  file_.location = std::move(stored->location);
  file_.etag = std::move(stored->etag);
  if (!status_.ok()) return CleanUp();
  file_.status = store::FileStatus::kDone;
  is_busy_ = true;
  parts_.store.Write({store::PutFile{file_, store::Expect::kPresent}},
                     [self = shared_from_this()](const absl::Status& status) {
                       self->is_busy_ = false;
                       if (!status.ok()) return self->Fail(status);
                       self->is_over_ = true;
                       self->permit_.reset();
                       if (self->done_ != nullptr) {
                         std::exchange(self->done_, nullptr)(self->file_);
                       }
                     });
}

void Upload::OnStep(const absl::Status& status) {
  if (!status.ok()) return Fail(status);
  Pump();
  TellRoom();
}

void Upload::TellRoom() {
  if (has_room() && on_room_ != nullptr) {
    // Not from inside: whoever waits may be the one that writes.
    parts_.shard.Post([on_room = std::exchange(on_room_, nullptr)]() mutable { on_room(); });
  }
}

void Upload::Fail(const absl::Status& status) {
  if (status_.ok()) {
    status_ = status;
    if (absl::IsInternal(status) || absl::IsUnavailable(status)) {
      base::LogError(
          "a file was not kept",
          {{"file", file_.id.ToString()}, {"error", std::string(base::ToStd(status.message()))}});
    }
  }
  pending_ = std::string();
  if (done_ != nullptr) std::exchange(done_, nullptr)(status_);
  TellRoom();
  if (!is_busy_) CleanUp();
}

// First the bytes go, then the record by which they would be found.
void Upload::CleanUp() {
  if (std::exchange(is_over_, true)) return;
  if (!is_recorded_) return permit_.reset();
  auto remove = [self = shared_from_this()] {
    self->work_->writer.reset();
    absl::Status removed;
    if (!self->file_.location.empty()) removed = self->parts_.media.Remove(self->file_.location);
    runtime::Shard& shard = self->parts_.shard;
    shard.Post([self, removed] {
      if (removed.ok()) return self->EraseRecord();
      self->permit_.reset();  // the collector tries again
    });
  };
  if (!parts_.pool.Submit(std::move(remove))) permit_.reset();
}

void Upload::EraseRecord() {
  parts_.store.Write({store::EraseFile{file_.id}},
                     [self = shared_from_this()](const absl::Status&) {
                       // A record that stays is for the collector.
                       self->permit_.reset();
                     });
}

}  // namespace molva::media
