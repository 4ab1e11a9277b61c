#include "folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <vector>

namespace molva::media_fs {
namespace {

constexpr std::size_t kIdLetters = 11;
constexpr std::size_t kShelfLetters = 2;
constexpr const char* kIncoming = "incoming";
constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

bool IsIdLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

std::string ShelfOf(const std::string& id) { return id.substr(0, kShelfLetters); }

Outcome Sync(const Descriptor& folder, const std::string& what) {
  return ::fsync(folder.get()) == 0 ? Done() : SystemFailure("write " + what + " to disk");
}

// Makes `name` in `parent` unless it is there, and opens it.
Outcome MakeFolder(const Descriptor& parent, const std::string& name, Descriptor* out) {
  if (::mkdirat(parent.get(), name.c_str(), 0700) == 0) {
    MOLVA_RETURN_UNLESS_OK(Sync(parent, "the folder " + name));
  } else if (errno != EEXIST) {
    return SystemFailure("make the folder " + name);
  }
  *out = Descriptor(::openat(parent.get(), name.c_str(), kFolderFlags));
  return out->is_open() ? Done() : SystemFailure("open the folder " + name);
}

}  // namespace

bool IsId(std::string_view id) {
  return id.size() == kIdLetters && std::all_of(id.begin(), id.end(), IsIdLetter);
}

Outcome Folder::Open(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  std::error_code error;
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  if (error) return {MOLVA_UNAVAILABLE, "cannot make " + parent.string() + ": " + error.message()};
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return SystemFailure("make " + path);
  folder_ = Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder_.is_open()) return SystemFailure("open " + path);
  if (::flock(folder_.get(), LOCK_EX | LOCK_NB) != 0) {
    return {MOLVA_UNAVAILABLE, "another process uses the folder " + path};
  }
  if (::faccessat(folder_.get(), ".", W_OK | X_OK, AT_EACCESS) != 0) {
    return SystemFailure("write into " + path);
  }
  MOLVA_RETURN_UNLESS_OK(MakeFolder(folder_, kIncoming, &incoming_));
  return ClearIncoming();
}

Outcome Folder::ClearIncoming() const {
  // The stream takes a descriptor of its own.
  const int fd = ::openat(incoming_.get(), ".", kFolderFlags);
  DIR* stream = fd < 0 ? nullptr : ::fdopendir(fd);
  if (stream == nullptr) {
    const Outcome failure = SystemFailure("list unfinished files");
    if (fd >= 0) ::close(fd);
    return failure;
  }
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(stream)) names.emplace_back(entry->d_name);
  ::closedir(stream);
  for (const std::string& name : names) {
    if (name == "." || name == "..") continue;
    if (::unlinkat(incoming_.get(), name.c_str(), 0) != 0) {
      return SystemFailure("remove the unfinished file " + name);
    }
  }
  return Done();
}

Outcome Folder::OpenShelf(const std::string& id, Descriptor* out) const {
  *out = Descriptor(::openat(folder_.get(), ShelfOf(id).c_str(), kFolderFlags));
  return out->is_open() ? Done() : LookupFailure("open the folder of " + id);
}

Outcome Folder::MakeShelf(const std::string& id, Descriptor* out) const {
  return MakeFolder(folder_, ShelfOf(id), out);
}

Outcome Folder::Begin(const std::string& id, Descriptor* out) const {
  // First the new name, then the look at the kept ones: of two who begin the same, none can keep
  // his file between the two steps of the other.
  *out = Descriptor(
      ::openat(incoming_.get(), id.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!out->is_open()) {
    if (errno == EEXIST) return {MOLVA_ALREADY_EXISTS, "file " + id + " is being written"};
    return SystemFailure("create file " + id);
  }
  const std::string kept = ShelfOf(id) + "/" + id;
  if (::faccessat(folder_.get(), kept.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
    Abandon(id);
    return {MOLVA_ALREADY_EXISTS, "there is a file " + id};
  }
  return Done();
}

Outcome Folder::Keep(const std::string& id) const {
  Descriptor shelf;
  MOLVA_RETURN_UNLESS_OK(MakeShelf(id, &shelf));
  if (::renameat(incoming_.get(), id.c_str(), shelf.get(), id.c_str()) != 0) {
    return SystemFailure("keep file " + id);
  }
  const Outcome synced = Sync(shelf, "file " + id);
  if (!synced.ok()) ::unlinkat(shelf.get(), id.c_str(), 0);
  return synced;
}

void Folder::Abandon(const std::string& id) const noexcept {
  ::unlinkat(incoming_.get(), id.c_str(), 0);  // if the disk refuses, the next start removes it
}

Outcome Folder::OpenFile(const std::string& id, Descriptor* out) const {
  const std::string kept = ShelfOf(id) + "/" + id;
  *out = Descriptor(::openat(folder_.get(), kept.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  return out->is_open() ? Done() : LookupFailure("open file " + id);
}

Outcome Folder::Remove(const std::string& id) const {
  Descriptor shelf;
  Outcome opened = OpenShelf(id, &shelf);
  if (opened.code == MOLVA_NOT_FOUND) return Done();
  MOLVA_RETURN_UNLESS_OK(std::move(opened));
  if (::unlinkat(shelf.get(), id.c_str(), 0) != 0) {
    return errno == ENOENT ? Done() : SystemFailure("remove file " + id);
  }
  return Sync(shelf, "the end of file " + id);
}

}  // namespace molva::media_fs
