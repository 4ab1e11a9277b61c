#include "federation/identity/key_folder.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "base/status_macros.h"

namespace molva::federation {
namespace {

constexpr mode_t kOwnerOnlyFolder = 0700;
constexpr mode_t kOwnerOnlyFile = 0600;
constexpr mode_t kForOthers = 0077;

absl::Status Failed(std::string_view what, const std::string& path) {
  return absl::FailedPreconditionError(
      fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

// A descriptor that is closed when it goes.
class File {
 public:
  File(const std::string& path, int flags)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, kOwnerOnlyFile)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }
  bool ok() const { return descriptor_ >= 0; }
  int Release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

absl::Status CheckPrivate(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return Failed("look at", path);
  if (!S_ISDIR(info.st_mode)) {
    return absl::FailedPreconditionError(fmt::format("{} is not a directory", path));
  }
  if ((info.st_mode & kForOthers) != 0) {
    return absl::FailedPreconditionError(
        fmt::format("others may enter {}, which holds keys: chmod 700 {}", path, path));
  }
  return absl::OkStatus();
}

// Makes the missing ones of the way to `path`; none of them is for others.
absl::Status MakeFolders(const std::filesystem::path& path) {
  if (path.empty() || ::access(path.c_str(), F_OK) == 0) return absl::OkStatus();
  MOLVA_RETURN_IF_ERROR(MakeFolders(path.parent_path()));
  if (::mkdir(path.c_str(), kOwnerOnlyFolder) != 0 && errno != EEXIST) {
    return Failed("make", path.string());
  }
  return absl::OkStatus();
}

absl::Status WriteAll(const std::string& path, std::string_view bytes) {
  const File file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file.ok()) return Failed("make", path);
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0) return Failed("write", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.get()) != 0) return Failed("sync", path);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<KeyFolder> KeyFolder::Open(const std::string& path) {
  MOLVA_RETURN_IF_ERROR(MakeFolders(path));
  MOLVA_RETURN_IF_ERROR(CheckPrivate(path));
  const std::string lock_path = path + "/lock";
  File lock(lock_path, O_RDWR | O_CREAT);
  if (!lock.ok()) return Failed("open", lock_path);
  while (::flock(lock.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return Failed("lock", lock_path);
  }
  return KeyFolder(path, lock.Release());
}

KeyFolder::KeyFolder(KeyFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

KeyFolder::~KeyFolder() {
  if (lock_ >= 0) ::close(lock_);
}

std::string KeyFolder::PathOf(std::string_view name) const {
  return fmt::format("{}/{}", path_, name);
}

absl::StatusOr<std::optional<std::string>> KeyFolder::Read(std::string_view name) const {
  const std::string path = PathOf(name);
  const File file(path, O_RDONLY);
  if (!file.ok()) {
    if (errno == ENOENT) return std::nullopt;
    return Failed("open", path);
  }
  std::string bytes(kMaxFileBytes + 1, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + size, bytes.size() - size);
    if (got < 0) return Failed("read", path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > kMaxFileBytes) {
    return absl::FailedPreconditionError(fmt::format("{} is over {} bytes", path, kMaxFileBytes));
  }
  bytes.resize(size);
  return bytes;
}

absl::Status KeyFolder::Write(std::string_view name, std::string_view bytes) const {
  const std::string path = PathOf(name);
  const std::string fresh = path + ".new";
  MOLVA_RETURN_IF_ERROR(WriteAll(fresh, bytes));
  if (::rename(fresh.c_str(), path.c_str()) != 0) return Failed("rename", fresh);
  return Sync();
}

absl::Status KeyFolder::Remove(std::string_view name) const {
  const std::string path = PathOf(name);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return Failed("remove", path);
  return Sync();
}

std::vector<std::string> KeyFolder::List(std::string_view ending) const {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path_, error)) {
    std::string name = entry.path().filename().string();
    if (name.ends_with(ending)) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

absl::Status KeyFolder::Sync() const {
  const File folder(path_, O_RDONLY | O_DIRECTORY);
  if (!folder.ok() || ::fsync(folder.get()) != 0) return Failed("sync", path_);
  return absl::OkStatus();
}

}  // namespace molva::federation
