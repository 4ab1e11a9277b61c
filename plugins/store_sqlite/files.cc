#include "files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace molva::store_sqlite {
namespace {

Outcome SystemFailure(const char* what, const std::string& path) {
  return {MOLVA_UNAVAILABLE, std::string(what) + " " + path + ": " + std::strerror(errno)};
}

}  // namespace

DatabaseFiles::~DatabaseFiles() {
  if (lock_fd_ >= 0) ::close(lock_fd_);
}

Outcome DatabaseFiles::Open(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (!folder.empty() && ::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return SystemFailure("cannot make the directory", folder.string());
  }
  const std::string lock_path = path + ".lock";
  lock_fd_ = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_fd_ < 0) return SystemFailure("cannot open", lock_path);
  if (::flock(lock_fd_, LOCK_EX | LOCK_NB) != 0) {
    return {MOLVA_UNAVAILABLE, "another process uses the database " + path};
  }
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return SystemFailure("cannot open", path);
  ::close(fd);
  return Done();
}

}  // namespace molva::store_sqlite
