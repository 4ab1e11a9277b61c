// Files on their way to a server and back.
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace molva::cli {

// A file of the user's.
struct LocalFile {
  std::string path;
  std::string mime;
  std::int64_t bytes = 0;
};

// Where files are, and who asks for them.
struct FileDoor {
  std::string address;  // as of Connect()
  std::string api_key;
  std::string token;  // base64
};

// So many bytes have gone.
using TransferProgress = absl::FunctionRef<void(std::int64_t done)>;
// Takes the next bytes. An error ends the transfer, and is its result.
using TransferSink = absl::FunctionRef<absl::Status(std::string_view bytes)>;

// One file at a time.
//
// Cost:   memory for one piece, whatever the size of the file.
// Errors: kUnavailable if the server cannot be reached or goes away, kUnauthenticated,
//         kPermissionDenied, kNotFound and kFailedPrecondition as it refuses.
class FileLink {
 public:
  virtual ~FileLink() = default;
  // The URL that stands for it in messages.
  virtual absl::StatusOr<std::string> Upload(const LocalFile& file, TransferProgress progress) = 0;
  virtual absl::Status Download(const std::string& url, TransferSink sink) = 0;
};

// Over gRPC or HTTP, as the address says.
absl::StatusOr<std::unique_ptr<FileLink>> OpenFileLink(const FileDoor& door);
absl::StatusOr<std::unique_ptr<FileLink>> OpenGrpcFiles(const FileDoor& door);
std::unique_ptr<FileLink> OpenHttpFiles(const FileDoor& door);

// A file as it can be sent. `mime` empty: by the end of its name.
// Errors: kNotFound if there is none, kInvalidArgument for what is no file.
absl::StatusOr<LocalFile> FindLocalFile(const std::string& path, const std::string& mime);
// What a server says by a code about a file.
absl::Status FileRefusal(int code, std::string_view text);
// Whether `url` is that of a file on the server itself: no other is asked for it.
bool IsFileHere(std::string_view url);

}  // namespace molva::cli
