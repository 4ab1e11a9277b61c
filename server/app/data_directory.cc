#include "app/data_directory.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/status_macros.h"

namespace molva::app {
namespace {

constexpr mode_t kOwnerOnlyFolder = 0700;
constexpr mode_t kOwnerOnlyFile = 0600;

absl::Status Failed(std::string_view what, const std::string& path) {
  return absl::FailedPreconditionError(
      fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

absl::Status MakeFolder(const std::string& path) {
  std::error_code error;
  if (const auto parent = std::filesystem::path(path).parent_path(); !parent.empty()) {
    std::filesystem::create_directories(parent, error);  // mkdir below tells what went wrong
  }
  if (::mkdir(path.c_str(), kOwnerOnlyFolder) != 0 && errno != EEXIST) return Failed("make", path);
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return Failed("look at", path);
  if (!S_ISDIR(info.st_mode)) {
    return absl::FailedPreconditionError(fmt::format("{} is not a directory", path));
  }
  if ((info.st_mode & 0077) != 0) {
    return absl::FailedPreconditionError(
        fmt::format("others may enter {}, which holds keys: chmod 700 {}", path, path));
  }
  return absl::OkStatus();
}

// A descriptor that is closed when it goes.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }
  bool ok() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

absl::Status SyncFolder(const std::string& path) {
  const File folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.ok() || ::fsync(folder.get()) != 0) return Failed("sync", path);
  return absl::OkStatus();
}

absl::Status WriteNew(const std::string& path, std::string_view bytes) {
  const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kOwnerOnlyFile));
  if (!file.ok()) return Failed("make", path);
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0) return Failed("write", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.get()) != 0) return Failed("sync", path);
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadKey(const std::string& path, std::size_t size_bytes) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok()) return Failed("open", path);
  std::string bytes(size_bytes + 1, '\0');
  const ssize_t got = ::read(file.get(), bytes.data(), bytes.size());
  if (got < 0) return Failed("read", path);
  if (static_cast<std::size_t>(got) != size_bytes) {
    return absl::FailedPreconditionError(
        fmt::format("the key {} is not {} bytes long", path, size_bytes));
  }
  bytes.resize(size_bytes);
  return bytes;
}

}  // namespace

absl::StatusOr<DataDirectory> DataDirectory::Open(const std::string& path) {
  MOLVA_RETURN_IF_ERROR(MakeFolder(path));
  const std::string lock_path = path + "/lock";
  const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerOnlyFile);
  if (lock < 0) return Failed("open", lock_path);
  DataDirectory directory(path, lock);
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return Failed("lock", lock_path);
    return absl::UnavailableError(fmt::format("another node uses the data directory {}", path));
  }
  return directory;
}

DataDirectory::DataDirectory(DataDirectory&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

DataDirectory::~DataDirectory() {
  if (lock_ >= 0) ::close(lock_);
}

std::string DataDirectory::PathOf(std::string_view name) const {
  return fmt::format("{}/{}", path_, name);
}

absl::StatusOr<std::string> DataDirectory::LoadOrMakeKey(std::string_view name,
                                                         std::size_t size_bytes,
                                                         base::Random& random) const {
  const std::string folder = PathOf("keys");
  MOLVA_RETURN_IF_ERROR(MakeFolder(folder));
  const std::string path = fmt::format("{}/{}", folder, name);
  if (::access(path.c_str(), F_OK) == 0) return ReadKey(path, size_bytes);

  std::string bytes(size_bytes, '\0');
  random.Fill(bytes.data(), bytes.size());
  // Under another name until it is complete: a crash leaves no half a key behind.
  const std::string fresh = path + ".new";
  MOLVA_RETURN_IF_ERROR(WriteNew(fresh, bytes));
  if (::rename(fresh.c_str(), path.c_str()) != 0) return Failed("rename", fresh);
  MOLVA_RETURN_IF_ERROR(SyncFolder(folder));
  return bytes;
}

}  // namespace molva::app
