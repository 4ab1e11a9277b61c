// Files on disk that archives and keys are read from and written to.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "backup/archive_stream.h"

namespace molva::backup {

// Thread: its owner's. Errors: kFailedPrecondition, with the path and what the system says.
class FileSource final : public ByteSource {
 public:
  static absl::StatusOr<std::unique_ptr<FileSource>> Open(const std::string& path);
  ~FileSource() override;
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  absl::StatusOr<std::size_t> Read(std::span<char> to) override;

 private:
  FileSource(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  const std::string path_;
  const int descriptor_;
};

// What was renamed or made in the folder is on disk when it returns. Errors: as above.
absl::Status SyncFolder(const std::string& folder);

// A new file of mode 600. It has another name, which ends in .new, until it is whole and on disk;
// destroyed before that, nothing of it is left.
//
// Thread: its owner's. Errors: as above; kAlreadyExists: there is such a file.
class NewFile final : public ByteSink {
 public:
  static absl::StatusOr<std::unique_ptr<NewFile>> Make(const std::string& path);
  ~NewFile() override;
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  absl::Status Write(std::string_view bytes) override;
  // All of it is on disk, still under the other name.
  absl::Status Sync();
  const std::string& fresh_path() const { return fresh_path_; }
  // Last. Syncs first.
  absl::Status Finish();

 private:
  NewFile(std::string path, int descriptor)
      : path_(std::move(path)), fresh_path_(FreshPathOf(path_)), descriptor_(descriptor) {}
  static std::string FreshPathOf(const std::string& path) { return path + ".new"; }

  const std::string path_;
  const std::string fresh_path_;
  const int descriptor_;
  bool is_kept_ = false;
};

}  // namespace molva::backup
