// The folder of the server's own keys: whole files or none, readable by the owner alone.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace molva::federation {

// An open folder. While it lives others who open it wait: a node that reads its keys again and
// `molvad key rotate` do not meet halfway.
//
// Thread: one. Blocks on the disk.
// Errors: kFailedPrecondition if the disk says no, naming the file.
class KeyFolder {
 public:
  static constexpr std::size_t kMaxFileBytes = 128 * 1024;

  // Makes `path` (mode 700) and its parents if need be.
  // Errors: also if others may enter it.
  static absl::StatusOr<KeyFolder> Open(const std::string& path);
  KeyFolder(KeyFolder&& other) noexcept;
  KeyFolder& operator=(KeyFolder&&) = delete;
  ~KeyFolder();

  // Nullopt if there is no such file.
  absl::StatusOr<std::optional<std::string>> Read(std::string_view name) const;
  // When this returns OK the file is on disk (mode 600); a crash before leaves the former one.
  absl::Status Write(std::string_view name, std::string_view bytes) const;
  absl::Status Remove(std::string_view name) const;
  // The names that end so, sorted.
  std::vector<std::string> List(std::string_view ending) const;

 private:
  KeyFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::string PathOf(std::string_view name) const;
  absl::Status Sync() const;

  std::string path_;
  int lock_;  // descriptor of the locked file
};

}  // namespace molva::federation
