// Where the bytes of files are kept. plugin::MediaPlugin is the implementation.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace molva::media {

// Bytes that are whole and durable.
struct StoredFile {
  std::string location;  // how the medium finds them again; at most 1024 bytes
  std::string etag;      // without quotes; the same bytes have the same
};

// A file that is being written. Destroyed before Finish: nothing of it is left.
class FileWriter {
 public:
  virtual ~FileWriter() = default;
  virtual absl::Status Write(std::string_view bytes) = 0;
  // At most once, and last. OK means durable.
  virtual absl::StatusOr<StoredFile> Finish() = 0;
};

class FileReader {
 public:
  virtual ~FileReader() = default;
  // Reads up to to.size() bytes at `offset`; zero: the file ends there.
  virtual absl::StatusOr<std::size_t> ReadAt(std::int64_t offset, std::span<char> to) = 0;
};

// Thread:  any, several at once; one writer or reader is used by one thread at a time. Everything
//          may block: never called on a shard or a transport's loop.
// Errors:  kUnavailable: not now (disk full, service away). kNotFound: no such location.
class Media {
 public:
  virtual ~Media() = default;
  // `id`: eleven letters of the URL alphabet of base64, new. `mime`: as it will be served.
  virtual absl::StatusOr<std::unique_ptr<FileWriter>> Create(const std::string& id,
                                                             const std::string& mime) = 0;
  virtual absl::StatusOr<std::unique_ptr<FileReader>> Open(const std::string& location) = 0;
  // Where a client may fetch the bytes itself for a short while; nullopt: here only.
  virtual absl::StatusOr<std::optional<std::string>> UrlOf(const std::string& location) = 0;
  // What is not there any more is removed already: OK. `location` may also be an id that was given
  // to Create, when nobody heard how that ended.
  virtual absl::Status Remove(const std::string& location) = 0;
};

}  // namespace molva::media
