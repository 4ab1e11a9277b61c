// The node's own folder: private, held by one process, with keys that are made once.
#include "app/data_directory.h"

#include <sys/stat.h>

#include <fstream>
#include <string>

#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::app {
namespace {

mode_t ModeOf(const std::string& path) {
  struct stat info{};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 0777;
}

TEST_CASE("a data directory is made with its parents and closed to others", "[app]") {
  const test::TemporaryFolder folder;
  const auto data = DataDirectory::Open(folder / "a/b");
  REQUIRE(data.ok());
  CHECK(ModeOf(folder / "a/b") == 0700);
}

TEST_CASE("a data directory that others may enter is refused", "[app]") {
  const test::TemporaryFolder folder;
  REQUIRE(::mkdir((folder / "open").c_str(), 0755) == 0);
  REQUIRE(::chmod((folder / "open").c_str(), 0755) == 0);
  CHECK(absl::IsFailedPrecondition(DataDirectory::Open(folder / "open").status()));
}

TEST_CASE("two nodes cannot have one data directory", "[app]") {
  const test::TemporaryFolder folder;
  {
    const auto first = DataDirectory::Open(folder / "d");
    REQUIRE(first.ok());
    CHECK(absl::IsUnavailable(DataDirectory::Open(folder / "d").status()));
  }
  CHECK(DataDirectory::Open(folder / "d").ok());
}

TEST_CASE("a key is made once, for its owner alone, and stays the same", "[app]") {
  const test::TemporaryFolder folder;
  const auto data = DataDirectory::Open(folder / "d");
  REQUIRE(data.ok());
  base::SystemRandom random;
  const auto made = data->LoadOrMakeKey("token", 32, random);
  REQUIRE(made.ok());
  CHECK(made->size() == 32);
  CHECK(ModeOf(folder / "d/keys/token") == 0600);
  const auto again = data->LoadOrMakeKey("token", 32, random);
  REQUIRE(again.ok());
  CHECK(*again == *made);
}

TEST_CASE("a key of the wrong length is refused, not replaced", "[app]") {
  const test::TemporaryFolder folder;
  const auto data = DataDirectory::Open(folder / "d");
  REQUIRE(data.ok());
  REQUIRE(::mkdir((folder / "d/keys").c_str(), 0700) == 0);
  std::ofstream(folder / "d/keys/token") << "short";
  base::SystemRandom random;
  CHECK(absl::IsFailedPrecondition(data->LoadOrMakeKey("token", 32, random).status()));
}

}  // namespace
}  // namespace molva::app
