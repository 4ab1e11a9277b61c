// A file that the program writes for the user.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

namespace molva::cli {

// Owns the file, which only the user may read. One that is not closed is taken away again: half a
// file must not look like a whole one.
class NewFile {
 public:
  // `path` empty: standard output. Errors: kFailedPrecondition if it is there already.
  static absl::StatusOr<NewFile> Open(const std::string& path);
  ~NewFile();
  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  NewFile(const NewFile&) = delete;

  absl::Status Write(std::string_view bytes);
  absl::Status Close();
  const std::string& path() const { return path_; }

 private:
  NewFile(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}
  absl::Status Failed() const;

  std::string path_;
  std::FILE* file_;
};

}  // namespace molva::cli
