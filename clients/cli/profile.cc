#include "clients/cli/profile.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "clients/cli/json_text.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

namespace fs = std::filesystem;

absl::Status CannotWrite(const fs::path& path) {
  return absl::FailedPreconditionError(
      fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)));
}

absl::StatusOr<fs::path> Folder() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  if (config != nullptr && *config == '/') return fs::path(config) / "molva";
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') {
    return absl::FailedPreconditionError("neither XDG_CONFIG_HOME nor HOME is set");
  }
  return fs::path(home) / ".config" / "molva";
}

absl::StatusOr<fs::path> PathOf(const std::string& name) {
  const bool plain = !name.empty() && name.size() <= 64 && name[0] != '.' &&
                     name.find_first_not_of(
                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                         "0123456789._-") == std::string::npos;
  if (!plain) {
    return absl::InvalidArgumentError(
        fmt::format("'{}' is no name for a profile: letters, digits, . _ and - only", name));
  }
  MOLVA_ASSIGN_OR_RETURN(const fs::path folder, Folder());
  return folder / (name + ".json");
}

}  // namespace

absl::StatusOr<std::optional<Profile>> LoadProfile(const std::string& name) {
  MOLVA_ASSIGN_OR_RETURN(const fs::path path, PathOf(name));
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0) return std::nullopt;
  if ((facts.st_mode & 0077) != 0) {
    return absl::FailedPreconditionError(
        fmt::format("others may read {}; run: chmod 600 {}", path.string(), path.string()));
  }
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  auto values = ParseTexts(text.str());
  if (!values.ok()) {
    return absl::FailedPreconditionError(
        fmt::format("{} is damaged; log in again after: molva logout", path.string()));
  }
  return Profile{(*values)["server"], (*values)["login"], (*values)["user"], (*values)["token"],
                 (*values)["expires"]};
}

absl::Status SaveProfile(const std::string& name, const Profile& profile) {
  MOLVA_ASSIGN_OR_RETURN(const fs::path path, PathOf(name));
  std::error_code error;
  if (fs::create_directories(path.parent_path(), error)) {
    fs::permissions(path.parent_path(), fs::perms::owner_all, error);
  }
  const fs::path fresh = path.string() + fmt::format(".{}", ::getpid());
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return CannotWrite(fresh);
  const std::string text = JsonObject()
                               .Text("server", profile.server)
                               .Text("login", profile.login)
                               .Text("user", profile.user)
                               .Text("token", profile.token)
                               .Text("expires", profile.expires)
                               .Line() +
                           "\n";
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (::close(fd) != 0 || !written || ::rename(fresh.c_str(), path.c_str()) != 0) {
    const absl::Status status = CannotWrite(path);
    ::unlink(fresh.c_str());
    return status;
  }
  return absl::OkStatus();
}

absl::Status ForgetProfile(const std::string& name) {
  MOLVA_ASSIGN_OR_RETURN(const fs::path path, PathOf(name));
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return CannotWrite(path);
  return absl::OkStatus();
}

}  // namespace molva::cli
