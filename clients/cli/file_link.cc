#include "clients/cli/file_link.h"

#include <absl/strings/ascii.h>
#include <fmt/core.h>
#include <sys/stat.h>

#include <array>
#include <utility>

#include "clients/cli/connection.h"

namespace molva::cli {
namespace {

constexpr std::string_view kAnything = "application/octet-stream";
constexpr std::array<std::pair<std::string_view, std::string_view>, 22> kTypes = {
    {{"txt", "text/plain"},        {"md", "text/markdown"},
     {"csv", "text/csv"},          {"html", "text/html"},
     {"json", "application/json"}, {"pdf", "application/pdf"},
     {"zip", "application/zip"},   {"gz", "application/gzip"},
     {"tar", "application/x-tar"}, {"odt", "application/vnd.oasis.opendocument.text"},
     {"png", "image/png"},         {"jpg", "image/jpeg"},
     {"jpeg", "image/jpeg"},       {"gif", "image/gif"},
     {"webp", "image/webp"},       {"svg", "image/svg+xml"},
     {"mp3", "audio/mpeg"},        {"ogg", "audio/ogg"},
     {"wav", "audio/wav"},         {"mp4", "video/mp4"},
     {"webm", "video/webm"},       {"mov", "video/quicktime"}}};

std::string TypeOf(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  if (dot == std::string::npos) return std::string(kAnything);
  const std::string end = absl::AsciiStrToLower(path.substr(dot + 1));
  for (const auto& [extension, type] : kTypes) {
    if (end == extension) return std::string(type);
  }
  return std::string(kAnything);
}

}  // namespace

absl::StatusOr<std::unique_ptr<FileLink>> OpenFileLink(const FileDoor& door) {
  const bool web = door.address.starts_with("ws://") || door.address.starts_with("wss://");
  if (web) return OpenHttpFiles(door);
  return OpenGrpcFiles(door);
}

absl::StatusOr<LocalFile> FindLocalFile(const std::string& path, const std::string& mime) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0) {
    return absl::NotFoundError(fmt::format("there is no file {}", path));
  }
  if (!S_ISREG(facts.st_mode)) {
    return absl::InvalidArgumentError(fmt::format("{} is no file", path));
  }
  return LocalFile{path, mime.empty() ? TypeOf(path) : mime, facts.st_size};
}

absl::Status FileRefusal(int code, std::string_view text) {
  const std::string message = fmt::format("the server says about the file: {} ({})", text, code);
  switch (code) {
    case 401:
      return absl::UnauthenticatedError(message);
    case 403:
      return absl::PermissionDeniedError(message);
    case 404:
      return absl::NotFoundError(message);
    case 501:
      return absl::UnimplementedError(message);
    default:
      return code >= 500 ? absl::UnavailableError(message) : absl::FailedPreconditionError(message);
  }
}

bool IsFileHere(std::string_view url) {
  return url.starts_with("/v0/file/s/") && url.find("..") == std::string_view::npos &&
         url.find_first_of(" \r\n\t?#\\") == std::string_view::npos;
}

}  // namespace molva::cli
