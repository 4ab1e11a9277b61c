#include "transport/http/static_files.h"

#include <fmt/core.h>
#include <openssl/sha.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/strings.h"
#include "transport/http/response_writer.h"

namespace molva::transport {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kIndex = "index.html";
constexpr std::size_t kEtagBytes = 12;

struct Kind {
  std::string_view extension;
  std::string_view type;
};
constexpr Kind kKinds[] = {
    {".html", "text/html; charset=utf-8"},
    {".htm", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".txt", "text/plain; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".wasm", "application/wasm"},
    {".xml", "application/xml"},
    {".pdf", "application/pdf"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".gif", "image/gif"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff", "font/woff"},
    {".woff2", "font/woff2"},
    {".ttf", "font/ttf"},
    {".mp3", "audio/mpeg"},
    {".m4a", "audio/mp4"},
    {".ogg", "audio/ogg"},
    {".mp4", "video/mp4"},
    {".webm", "video/webm"},
};

std::string_view TypeOf(const fs::path& path) {
  const std::string extension = base::AsciiLower(path.extension().string());
  for (const Kind& kind : kKinds) {
    if (kind.extension == extension) return kind.type;
  }
  return "application/octet-stream";
}

std::string EtagOf(std::string_view content) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest.data());
  std::string etag = "\"";
  for (std::size_t i = 0; i < kEtagBytes; ++i) etag += fmt::format("{:02x}", digest[i]);
  return etag + "\"";
}

// Whether one of the tags of If-None-Match is `etag`. Weak ones compare the same here.
bool NamesTag(std::string_view header, std::string_view etag) {
  for (std::string_view word : base::SplitWords(header, ',')) {
    word = base::TrimAscii(word);
    if (word.starts_with("W/")) word.remove_prefix(2);
    if (word == "*" || word == etag) return true;
  }
  return false;
}

absl::Status Refuse(const fs::path& path, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("cannot serve {}: {}", path.string(), why));
}

}  // namespace

absl::StatusOr<std::shared_ptr<const StaticFiles>> StaticFiles::Load(const std::string& folder,
                                                                     std::int64_t max_bytes) {
  std::shared_ptr<StaticFiles> loaded(new StaticFiles);
  std::error_code error;
  fs::recursive_directory_iterator walk(folder, error);
  if (error) return Refuse(folder, error.message());
  std::int64_t total = 0;
  for (; walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    if (error) return Refuse(folder, error.message());
    const fs::path& path = walk->path();
    const fs::file_status status = walk->symlink_status(error);
    if (error) return Refuse(path, error.message());
    if (path.filename().string().starts_with('.')) {
      if (fs::is_directory(status)) walk.disable_recursion_pending();
      continue;
    }
    if (!fs::is_regular_file(status)) continue;
    total += static_cast<std::int64_t>(walk->file_size(error));
    if (error) return Refuse(path, error.message());
    if (total > max_bytes) {
      return absl::ResourceExhaustedError(
          fmt::format("the files of {} are over {} bytes together", folder, max_bytes));
    }
    std::ifstream stream(path, std::ios::binary);
    File file;
    file.content.assign(std::istreambuf_iterator<char>(stream), {});
    if (!stream) return Refuse(path, "cannot be read");
    file.etag = EtagOf(file.content);
    file.type = TypeOf(path);
    const std::string name = "/" + path.lexically_relative(folder).generic_string();
    if (path.filename() == kIndex) {
      loaded->files_.insert_or_assign(name.substr(0, name.size() - kIndex.size()), file);
    }
    loaded->files_.insert_or_assign(name, std::move(file));
  }
  if (error) return Refuse(folder, error.message());
  return loaded;
}

const StaticFiles::File* StaticFiles::Find(const std::string& path) const {
  const auto at = files_.find(std::string_view(path));
  return at == files_.end() ? nullptr : &at->second;
}

HttpResponse StaticFiles::Answer(const HttpRequest& request) const {
  const std::string path = DecodePercent(request.path);
  const File* const file = Find(path);
  if (file == nullptr) {
    if (Find(path + "/") == nullptr) return MakeFaultResponse(model::Fault::kNotFound);
    HttpResponse elsewhere = MakeStatusResponse(301);
    elsewhere.headers.emplace_back("Location", request.path + "/");
    return elsewhere;
  }
  HttpResponse response;
  response.content_type = file->type;
  response.headers = {{"ETag", file->etag},
                      {"Cache-Control", "no-cache"},
                      {"Referrer-Policy", "origin"},
                      {"X-Frame-Options", "SAMEORIGIN"}};
  if (NamesTag(request.Header("if-none-match"), file->etag)) {
    response.status = 304;
  } else {
    response.body = file->content;
  }
  return response;
}

}  // namespace molva::transport
