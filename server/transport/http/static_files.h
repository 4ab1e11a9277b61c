// A folder of files, as a web application, served from memory.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/string_map.h"
#include "transport/http/http_service.h"

namespace molva::transport {

// The files are read once, before anybody asks: no request waits for the disk, and none can reach
// a file that was not there. Names that begin with a dot, symbolic links and what is no regular
// file are left out.
//
// A directory shows its index.html; without the slash at the end it is sent there. What has not
// changed (by ETag) is answered 304.
//
// Thread: any; immutable. Source: docs/protocol transports §9.
class StaticFiles {
 public:
  // Errors: kInvalidArgument if `folder` is no directory or a file cannot be read,
  //         kResourceExhausted if the files together are over `max_bytes`; both name it.
  static absl::StatusOr<std::shared_ptr<const StaticFiles>> Load(const std::string& folder,
                                                                 std::int64_t max_bytes);

  HttpResponse Answer(const HttpRequest& request) const;
  std::size_t size() const { return files_.size(); }

 private:
  struct File {
    std::string content;
    std::string etag;  // quoted
    std::string_view type;
  };

  StaticFiles() = default;
  const File* Find(const std::string& path) const;

  base::StringMap<File> files_;  // by path: "/a.js"; "/sub/" is the index of a directory
};

}  // namespace molva::transport
