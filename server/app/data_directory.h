// The directory of the node's own files: made on the first start, held by one process at a time.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "base/random.h"

namespace molva::app {

// An open data directory. While it lives no other process can open the same one.
//
// Thread: one.
class DataDirectory {
 public:
  // Makes `path` (mode 700) and its parents if need be and takes its lock.
  // Errors: kUnavailable if another process has it; kFailedPrecondition if the disk says no or
  //         others may read it.
  static absl::StatusOr<DataDirectory> Open(const std::string& path);
  DataDirectory(DataDirectory&& other) noexcept;
  DataDirectory& operator=(DataDirectory&&) = delete;
  ~DataDirectory();

  // Absolute or relative, as given.
  const std::string& path() const { return path_; }
  std::string PathOf(std::string_view name) const;

  // The bytes of keys/<name>; made from `random` (mode 600, on disk when this returns) if there is
  // no such file yet.
  // Errors: kFailedPrecondition if it cannot be read or written or is not `size_bytes` long.
  absl::StatusOr<std::string> LoadOrMakeKey(std::string_view name, std::size_t size_bytes,
                                            base::Random& random) const;

 private:
  DataDirectory(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  int lock_;  // descriptor of the locked file
};

}  // namespace molva::app
