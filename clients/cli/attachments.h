// Files in messages.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace molva::cli {

// A file that a message carries. Source: docs/protocol messages §9, Drafty entities.
struct Attachment {
  std::string name;  // as its sender calls it; "" if he does not
  std::string mime;
  std::int64_t bytes = 0;  // as its sender says
  std::string url;         // where it is, or
  std::string data;        // the file itself, in base64
};

// Those in a content of JSON, in their order.
std::vector<Attachment> FindAttachments(std::string_view content);
// The content that has one file and, before it, a text.
std::string ContentWithFile(std::string_view text, const Attachment& file);
// A name for a file here, of what a stranger called his: no folders, no control characters, not
// hidden, not longer than a file system takes.
std::string SafeFileName(std::string_view name, std::string_view otherwise);
// "12 bytes", "3.4 KiB".
std::string SizeText(std::int64_t bytes);

}  // namespace molva::cli
