#include "backup/key_folder.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "backup/archive_file.h"
#include "base/status_macros.h"

namespace molva::backup {
namespace {

constexpr mode_t kPrivateFolder = 0700;

absl::Status KeyFailure(std::string_view what, const std::string& path) {
  return absl::FailedPreconditionError(
      fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

absl::Status MakePrivate(const std::string& folder) {
  if (::mkdir(folder.c_str(), kPrivateFolder) == 0 || errno == EEXIST) return absl::OkStatus();
  return KeyFailure("make", folder);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ListKeys(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> names;
  std::error_code error;
  if (!fs::exists(folder, error)) return names;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    if (!at->is_regular_file(error) || at->path().extension() == ".new") continue;
    const std::string name = at->path().lexically_relative(folder).string();
    if (!IsKeyName(name)) {
      return absl::FailedPreconditionError(
          fmt::format("{} is no name of a key: take it out of there", at->path().string()));
    }
    names.push_back(name);
  }
  if (error) {
    return absl::FailedPreconditionError(
        fmt::format("cannot list {}: {}", folder, error.message()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<std::string> ReadKeyFile(const std::string& folder, const std::string& name) {
  const std::string path = fmt::format("{}/{}", folder, name);
  MOLVA_ASSIGN_OR_RETURN(const auto file, FileSource::Open(path));
  std::string bytes(kMaxKeyBytes + 1, '\0');
  std::size_t size = 0;
  for (std::size_t got = 1; got != 0 && size < bytes.size(); size += got) {
    MOLVA_ASSIGN_OR_RETURN(got, file->Read(std::span(bytes).subspan(size)));
  }
  if (size > kMaxKeyBytes) {
    return absl::FailedPreconditionError(fmt::format("{} is too long for a key", path));
  }
  bytes.resize(size);
  return bytes;
}

absl::Status WriteKeyFile(const std::string& folder, const KeyFile& key) {
  const std::string path = fmt::format("{}/{}", folder, key.name);
  if (::access(path.c_str(), F_OK) == 0) {
    MOLVA_ASSIGN_OR_RETURN(const std::string there, ReadKeyFile(folder, key.name));
    if (there == key.bytes) return absl::OkStatus();
    return absl::AlreadyExistsError(
        fmt::format("{} is there and is another key: restore into an empty data directory", path));
  }
  const std::string parent = std::filesystem::path(path).parent_path().string();
  MOLVA_RETURN_IF_ERROR(MakePrivate(folder));
  MOLVA_RETURN_IF_ERROR(MakePrivate(parent));
  MOLVA_ASSIGN_OR_RETURN(const auto file, NewFile::Make(path));
  MOLVA_RETURN_IF_ERROR(file->Write(key.bytes));
  MOLVA_RETURN_IF_ERROR(file->Finish());
  MOLVA_RETURN_IF_ERROR(SyncFolder(folder));
  return SyncFolder(folder + "/..");
}

}  // namespace molva::backup
