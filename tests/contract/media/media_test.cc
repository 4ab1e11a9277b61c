// What media_fs does in particular.
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "media/media.h"
#include "plugin/library.h"
#include "plugin/media_adapter.h"
#include "tests/contract/media/whole_files.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::test {
namespace {

using plugin::MediaPlugin;

constexpr const char* kId = "abcdefghij_";

absl::StatusOr<std::unique_ptr<MediaPlugin>> TryOpen(const std::string& config) {
  const auto library = plugin::Library::Load(
      plugin::LocatePlugin(MOLVA_PLUGIN_FOLDER, MOLVA_KIND_MEDIA, "fs"), MOLVA_KIND_MEDIA);
  if (!library.ok()) return library.status();
  return MediaPlugin::Open(*library, config);
}

std::unique_ptr<MediaPlugin> Open(const std::string& folder) {
  auto opened = TryOpen("{\"folder\":\"" + folder + "\"}");
  INFO(opened.status().ToString());
  REQUIRE(opened.ok());
  return *std::move(opened);
}

// Every regular file below `folder`.
std::vector<std::string> FilesIn(const std::string& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path().string());
  }
  return paths;
}

TEST_CASE("a configuration that the plugin does not know is refused") {
  for (const char* config : {"[1]", "{", R"({"no_such_setting":1})", R"({"folder":""})", "{}"}) {
    const auto opened = TryOpen(config);
    INFO(config);
    CHECK(absl::IsInvalidArgument(opened.status()));
    CHECK(opened.status().message().find("media fs") == 0);
  }
}

TEST_CASE(
    "media_fs tells other bytes by another etag, and leaves nothing of what is not finished") {
  const TemporaryFolder folder;
  const auto medium = Open(folder / "files");
  {
    CHECK((*medium->Create(kId, "text/plain"))->Write("half").ok());
  }
  CHECK(FilesIn(folder / "files").empty());
  CHECK(Put(*medium, "aaaaaaaaaaa", "hello").etag != Put(*medium, "ccccccccccc", "hellp").etag);
}

TEST_CASE("media_fs takes nothing for an id that could be a path") {
  const TemporaryFolder folder;
  const auto medium = Open(folder / "files");
  std::ofstream(folder / "secret.txt") << "secret";
  for (const std::string& id :
       {std::string(), std::string("../secret.t"), std::string("a/../../b.c"),
        std::string("abcdefghij"), std::string("abcdefghijkl"), std::string("abcdefghij."),
        std::string("abcdefghi\0k", 11), std::string("..........."), std::string(5000, 'a')}) {
    INFO(id);
    CHECK(absl::IsInvalidArgument(medium->Create(id, "text/plain").status()));
    CHECK(absl::IsNotFound(medium->Open(id).status()));
    CHECK(medium->Remove(id).ok());
  }
  CHECK(absl::IsNotFound(medium->Open("incoming/ab").status()));
  CHECK(std::filesystem::exists(folder / "secret.txt"));
}

TEST_CASE("media_fs keeps its files from others, and the folder for itself") {
  const TemporaryFolder folder;
  const auto medium = Open(folder / "deep/files");
  (void)Put(*medium, kId, "hello");
  struct stat found{};
  REQUIRE(::stat((folder / "deep/files").c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0700);
  for (const std::string& path : FilesIn(folder / "deep/files")) {
    REQUIRE(::stat(path.c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0600);
  }
  const auto second = TryOpen("{\"folder\":\"" + (folder / "deep/files") + "\"}");
  CHECK(absl::IsUnavailable(second.status()));
}

TEST_CASE("media_fs has no URL of its own") {
  const TemporaryFolder folder;
  const auto medium = Open(folder / "files");
  const auto url = medium->UrlOf(Put(*medium, kId, "hello").location);
  REQUIRE(url.ok());
  CHECK_FALSE(url->has_value());
}

TEST_CASE("media_fs removes at the start what a process that died was writing") {
  const TemporaryFolder folder;
  (void)Put(*Open(folder / "files"), "kept_______", "kept");
  std::ofstream(folder / "files/incoming/abcdefghijk") << "half";
  const auto medium = Open(folder / "files");
  CHECK(FilesIn(folder / "files").size() == 1);
  CHECK(medium->Open("kept_______").ok());
}

// While it lives, no file of the process grows beyond `bytes`: a disk that is full.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST_CASE("on a full disk media_fs refuses and leaves nothing behind") {
  const TemporaryFolder folder;
  const auto medium = Open(folder / "files");
  absl::Status refused;
  absl::Status finished;
  {
    const FullDisk disk(65536);
    auto writer = medium->Create(kId, "text/plain");
    REQUIRE(writer.ok());
    refused = (*writer)->Write(std::string(100'000, 'x'));
    finished = (*writer)->Finish().status();
  }
  CHECK(absl::IsUnavailable(refused));
  CHECK(absl::IsUnavailable(finished));
  CHECK(FilesIn(folder / "files").empty());
  CHECK(ReadAll(**medium->Open(Put(*medium, kId, "now").location)) == "now");
}

}  // namespace
}  // namespace molva::test
