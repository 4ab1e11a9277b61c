#include "backup/archive_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "base/status_macros.h"

namespace molva::backup {
namespace {

constexpr mode_t kPrivateFile = 0600;

absl::Status FileFailure(std::string_view what, const std::string& path) {
  return absl::FailedPreconditionError(
      fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

absl::Status CheckFree(const std::string& path) {
  if (::access(path.c_str(), F_OK) != 0) return absl::OkStatus();
  return absl::AlreadyExistsError(fmt::format("{} is there already: name another file", path));
}

}  // namespace

absl::StatusOr<std::unique_ptr<FileSource>> FileSource::Open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return FileFailure("open", path);
  return std::unique_ptr<FileSource>(new FileSource(path, descriptor));
}

absl::Status SyncFolder(const std::string& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return FileFailure("open", folder);
  const bool is_synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return is_synced ? absl::OkStatus() : FileFailure("sync", folder);
}

FileSource::~FileSource() { ::close(descriptor_); }

absl::StatusOr<std::size_t> FileSource::Read(std::span<char> to) {
  ssize_t got = 0;
  do {
    got = ::read(descriptor_, to.data(), to.size());
  } while (got < 0 && errno == EINTR);
  if (got < 0) return FileFailure("read", path_);
  return static_cast<std::size_t>(got);
}

absl::StatusOr<std::unique_ptr<NewFile>> NewFile::Make(const std::string& path) {
  MOLVA_RETURN_IF_ERROR(CheckFree(path));
  const std::string fresh = FreshPathOf(path);
  const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, kPrivateFile);
  if (descriptor < 0) return FileFailure("make", fresh);
  // What a killed process has left is written over; what another one writes is not.
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor);
    return absl::UnavailableError(fmt::format("another process writes {}", fresh));
  }
  std::unique_ptr<NewFile> file(new NewFile(path, descriptor));
  if (::fchmod(descriptor, kPrivateFile) != 0 || ::ftruncate(descriptor, 0) != 0) {
    return FileFailure("empty", fresh);
  }
  return file;
}

NewFile::~NewFile() {
  if (!is_kept_) ::unlink(fresh_path_.c_str());
  ::close(descriptor_);
}

absl::Status NewFile::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FileFailure("write", fresh_path_);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status NewFile::Sync() {
  return ::fsync(descriptor_) == 0 ? absl::OkStatus() : FileFailure("sync", fresh_path_);
}

absl::Status NewFile::Finish() {
  MOLVA_RETURN_IF_ERROR(Sync());
  MOLVA_RETURN_IF_ERROR(CheckFree(path_));
  if (std::rename(fresh_path_.c_str(), path_.c_str()) != 0) {
    return FileFailure("rename", fresh_path_);
  }
  is_kept_ = true;
  std::string folder = std::filesystem::path(path_).parent_path().string();
  if (folder.empty()) folder = ".";
  return SyncFolder(folder);
}

}  // namespace molva::backup
