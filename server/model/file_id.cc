#include "model/file_id.h"

#include "base/strings.h"

namespace molva::model {
namespace {

constexpr std::size_t kIdLetters = 11;
constexpr std::size_t kMaxAttachments = 64;

}  // namespace

std::optional<FileId> FileId::Parse(std::string_view text) {
  const std::optional<std::uint64_t> bits = base::DecodeId(text);
  if (!bits.has_value() || *bits == 0) return std::nullopt;
  return FileId(*bits);
}

std::string FileId::ToString() const { return base::EncodeId(bits_); }

std::optional<FileId> FileIdOfUrl(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  if (url.starts_with(kFileUrl)) url.remove_prefix(kFileUrl.size());
  if (url.size() > kIdLetters && url[kIdLetters] != '.') return std::nullopt;
  if (url.find('/') != std::string_view::npos) return std::nullopt;
  return FileId::Parse(url.substr(0, kIdLetters));
}

std::vector<FileId> FilesOf(const std::vector<std::string>& attachments) {
  std::vector<FileId> files;
  for (const std::string& url : attachments) {
    if (files.size() == kMaxAttachments) break;
    if (const std::optional<FileId> file = FileIdOfUrl(url)) files.push_back(*file);
  }
  return files;
}

}  // namespace molva::model
