// The folder of the files: which name stands where, and who has it.
#pragma once

#include <string>
#include <string_view>

#include "descriptor.h"

namespace molva::media_fs {

// An id is the only thing from outside that becomes a part of a path: eleven letters of the URL
// alphabet of base64, so neither a slash nor a dot.
bool IsId(std::string_view id);

// An open folder of files. While it lives no other process can open the same one.
//
// Thread: any, several at once, once it is open.
// Errors: UNAVAILABLE, NOT_FOUND.
class Folder {
 public:
  // Makes `path` (mode 700) and its parents if need be, takes its lock and removes what was being
  // written when the last process ended.
  Outcome Open(const std::string& path);

  // Creates the file that `id` is written into until it is kept.
  // Errors: ALREADY_EXISTS: it is kept, or being written.
  Outcome Begin(const std::string& id, Descriptor* out) const;
  // Gives a written file, whose bytes are on disk, its place; durable when this returns.
  Outcome Keep(const std::string& id) const;
  // Removes what Begin made.
  void Abandon(const std::string& id) const noexcept;

  Outcome OpenFile(const std::string& id, Descriptor* out) const;
  // Durable when this returns. No such file is OK.
  Outcome Remove(const std::string& id) const;

 private:
  Outcome ClearIncoming() const;
  // The folder that `id` is kept in.
  Outcome OpenShelf(const std::string& id, Descriptor* out) const;
  Outcome MakeShelf(const std::string& id, Descriptor* out) const;

  Descriptor folder_;
  Descriptor incoming_;
};

}  // namespace molva::media_fs
