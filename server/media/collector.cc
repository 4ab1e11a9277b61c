#include "media/collector.h"

#include <utility>

#include "base/log.h"
#include "base/strings.h"

namespace molva::media {

using store::FileStatus;

void Collector::Start() {
  if (!is_stopped_) List(&Collector::Condemn);
}

void Collector::Stop() {
  is_stopped_ = true;
  shard_.CancelTimer(std::exchange(timer_, runtime::TimerId::kNone));
}

void Collector::Rest() {
  if (is_stopped_) return;
  timer_ = shard_.StartTimer(rules_.period, [self = shared_from_this()] {
    self->timer_ = runtime::TimerId::kNone;
    self->Start();
  });
}

void Collector::List(void (Collector::*next)(Records)) {
  // Those that are being written stand among the unused.
  const int limit = rules_.block + shared_.gate.live();
  store_.ListUnusedFiles(shard_.Now() - rules_.grace, limit,
                         [self = shared_from_this(), next](absl::StatusOr<Records> files) {
                           if (files.ok()) return (self.get()->*next)(*std::move(files));
                           base::LogWarning(
                               "unused files are not listed",
                               {{"error", std::string(base::ToStd(files.status().message()))}});
                           self->Rest();
                         });
}

void Collector::Condemn(Records files) {
  store::Batch batch;
  bool has_condemned = false;
  for (const store::FileRecord& file : files) {
    has_condemned = has_condemned || file.status == FileStatus::kCondemned;
    if (file.status == FileStatus::kCondemned || shared_.gate.IsLive(file.id)) continue;
    batch.emplace_back(store::CondemnFile{file.id});
  }
  if (batch.empty()) return has_condemned ? Remove(std::move(files)) : Rest();
  store_.Write(std::move(batch), [self = shared_from_this()](const absl::Status& status) {
    if (!status.ok()) return self->Rest();
    self->List(&Collector::Remove);
  });
}

void Collector::Remove(Records files) {
  std::erase_if(
      files, [](const store::FileRecord& file) { return file.status != FileStatus::kCondemned; });
  if (files.empty()) return Rest();
  const bool is_taken = shared_.pool.Submit([self = shared_from_this(), files = std::move(files)] {
    std::vector<model::FileId> removed;
    for (const store::FileRecord& file : files) {
      // Of an upload that nobody heard the end of, the medium knows the id.
      const absl::Status status =
          self->shared_.media.Remove(file.location.empty() ? file.id.ToString() : file.location);
      if (status.ok()) {
        removed.push_back(file.id);
      } else {
        base::LogWarning(
            "a file is not removed",
            {{"file", file.id.ToString()}, {"error", std::string(base::ToStd(status.message()))}});
      }
    }
    runtime::Shard& shard = self->shard_;
    shard.Post([self, removed = std::move(removed)] { self->Erase(removed); });
  });
  if (!is_taken) Rest();
}

void Collector::Erase(const std::vector<model::FileId>& removed) {
  if (removed.empty()) return Rest();
  store::Batch batch;
  for (const model::FileId id : removed) batch.emplace_back(store::EraseFile{id});
  store_.Write(std::move(batch),
               [self = shared_from_this(), count = removed.size()](const absl::Status& status) {
                 if (!status.ok()) return self->Rest();
                 self->removed_ += count;
                 self->Start();
               });
}

}  // namespace molva::media
