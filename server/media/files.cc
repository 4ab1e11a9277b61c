#include "media/files.h"

#include <utility>

#include "base/status_macros.h"
#include "media/mime.h"
#include "model/fault.h"

namespace molva::media {

using model::Fail;
using model::Fault;

std::string FileNameOf(const store::FileRecord& file) {
  return file.id.ToString().append(ExtensionOf(file.mime));
}

absl::StatusOr<UploadPtr> Files::StartUpload(std::string owner, std::string declared) {
  MOLVA_ASSIGN_OR_RETURN(TransferGate::Permit permit,
                         shared_.gate.Admit(std::move(owner), shard_.Now()));
  return std::make_shared<Upload>(
      Upload::Parts{shard_, store_, shared_.media, shared_.pool, shared_.max_file_bytes},
      std::move(permit), std::move(declared));
}

void Files::Find(model::FileId id, store::Done<store::FileRecord> done) {
  store_.FindFile(
      id, [done = std::move(done)](absl::StatusOr<std::optional<store::FileRecord>> found) mutable {
        if (!found.ok()) return done(found.status());
        if (!found->has_value() || (*found)->status != store::FileStatus::kDone) {
          return done(Fail(Fault::kNotFound, "no such file"));
        }
        done(**std::move(found));
      });
}

void Files::FindUrl(const store::FileRecord& file, store::Done<std::optional<std::string>> done) {
  auto shared = std::make_shared<store::Done<std::optional<std::string>>>(std::move(done));
  const bool is_taken = shared_.pool.Submit(
      [&shard = shard_, &media = shared_.media, location = file.location, shared] {
        auto url = media.UrlOf(location);
        shard.Post([shared, url = std::move(url)] { (*shared)(url); });
      });
  if (is_taken) return;
  shard_.Post([shared] {
    (*shared)(Fail(Fault::kServiceUnavailable, "the threads of the medium are busy"));
  });
}

absl::StatusOr<DownloadPtr> Files::StartDownload(std::string owner, const store::FileRecord& file,
                                                 std::int64_t offset, std::int64_t length) {
  MOLVA_ASSIGN_OR_RETURN(TransferGate::Permit permit,
                         shared_.gate.Admit(std::move(owner), shard_.Now()));
  return std::make_shared<Download>(Download::Parts{shard_, shared_.media, shared_.pool},
                                    std::move(permit), file.location, offset, length);
}

}  // namespace molva::media
