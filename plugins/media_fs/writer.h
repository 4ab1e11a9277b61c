// A file that is being written, and its hash.
#pragma once

#include <sodium.h>

#include <string>
#include <string_view>

#include "descriptor.h"
#include "folder.h"

namespace molva::media_fs {

// Thread:  one at a time.
// Borrows: the folder.
// Errors:  UNAVAILABLE for a disk that refuses or is full.
class Writer {
 public:
  // Takes the file that Folder::Begin made for `id`.
  Writer(const Folder& folder, std::string id, Descriptor file);
  // Removes what was not finished.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  Outcome Write(std::string_view bytes);
  // At most once, and last. OK means durable; then *etag is set.
  Outcome Finish(std::string* etag);
  const std::string& id() const { return id_; }

 private:
  const Folder& folder_;
  const std::string id_;
  Descriptor file_;
  crypto_generichash_state hash_;
  bool is_broken_ = false;  // a write failed: what is on disk is not what was given
  bool is_kept_ = false;
};

}  // namespace molva::media_fs
