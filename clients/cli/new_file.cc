#include "clients/cli/new_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace molva::cli {

absl::StatusOr<NewFile> NewFile::Open(const std::string& path) {
  if (path.empty()) return NewFile(path, stdout);
  // What others wrote to the user is for him alone.
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) {
    return absl::FailedPreconditionError(
        errno == EEXIST ? fmt::format("{} exists already; name another file", path)
                        : fmt::format("cannot write {}: {}", path, std::strerror(errno)));
  }
  return NewFile(path, ::fdopen(fd, "w"));
}

NewFile::NewFile(NewFile&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, nullptr)) {}

NewFile::~NewFile() {
  if (file_ == nullptr || path_.empty()) return;
  std::fclose(file_);
  ::unlink(path_.c_str());
}

absl::Status NewFile::Failed() const {
  return absl::FailedPreconditionError(fmt::format(
      "cannot write {}: {}", path_.empty() ? "the output" : path_, std::strerror(errno)));
}

absl::Status NewFile::Write(std::string_view bytes) {
  return std::fwrite(bytes.data(), 1, bytes.size(), file_) == bytes.size() ? absl::OkStatus()
                                                                           : Failed();
}

absl::Status NewFile::Close() {
  if (std::fflush(file_) != 0) return Failed();
  if (!path_.empty() && std::fclose(std::exchange(file_, nullptr)) != 0) return Failed();
  return absl::OkStatus();
}

}  // namespace molva::cli
