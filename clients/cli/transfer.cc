#include "clients/cli/transfer.h"

#include <fmt/core.h>

#include <memory>

#include "clients/cli/attachments.h"
#include "clients/cli/progress.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

absl::StatusOr<std::unique_ptr<FileLink>> Open(const Context& context, const Profile& profile) {
  return OpenFileLink({ServerFor(context, profile), ApiKeyOf(context), profile.token});
}

}  // namespace

absl::StatusOr<std::string> UploadFrom(const Context& context, const LoggedIn& mine,
                                       const LocalFile& file) {
  const std::optional<std::int64_t> most = mine.session.Limit("maxFileUploadSize");
  if (!most.has_value()) return absl::UnimplementedError("this server takes no files");
  if (file.bytes > *most) {
    return absl::FailedPreconditionError(fmt::format("{} has {}, the server takes no more than {}",
                                                     file.path, SizeText(file.bytes),
                                                     SizeText(*most)));
  }
  MOLVA_ASSIGN_OR_RETURN(const std::unique_ptr<FileLink> link, Open(context, mine.profile));
  Progress progress(file.path, file.bytes, Progress::Unit::kBytes);
  return link->Upload(file, [&progress](std::int64_t done) { progress.Show(done); });
}

absl::StatusOr<std::int64_t> DownloadTo(const Context& context, const Profile& profile,
                                        const std::string& url, std::int64_t expected_bytes,
                                        NewFile& out) {
  if (!IsFileHere(url)) {
    return absl::InvalidArgumentError(
        fmt::format("the file is not on your server but at {}; fetch it yourself if you trust who "
                    "sent it",
                    url));
  }
  MOLVA_ASSIGN_OR_RETURN(const std::unique_ptr<FileLink> link, Open(context, profile));
  Progress progress(out.path(), expected_bytes, Progress::Unit::kBytes);
  std::int64_t done = 0;
  MOLVA_RETURN_IF_ERROR(link->Download(url, [&](std::string_view bytes) {
    done += static_cast<std::int64_t>(bytes.size());
    progress.Show(done);
    return out.Write(bytes);
  }));
  return done;
}

}  // namespace molva::cli
