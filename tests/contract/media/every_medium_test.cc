// What every media plugin must do.
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "media/media.h"
#include "plugin/library.h"
#include "plugin/media_adapter.h"
#include "tests/contract/candidates.h"
#include "tests/contract/media/whole_files.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::test {
namespace {

using plugin::MediaPlugin;

constexpr const char* kId = "abcdefghij_";

std::unique_ptr<MediaPlugin> Open(const Candidate& candidate, const TemporaryFolder& folder) {
  const auto library = plugin::Library::Load(candidate.library, MOLVA_KIND_MEDIA);
  INFO(library.status().message());
  REQUIRE(library.ok());
  auto opened = MediaPlugin::Open(*library, InFolder(candidate.config, folder / ""));
  INFO(opened.status().message());
  REQUIRE(opened.ok());
  return *std::move(opened);
}

TEST_CASE("a file is read back as it was written, whole and in parts") {
  const Candidate candidate = GENERATE(from_range(Candidates()));
  const TemporaryFolder folder;
  MOLVA_SAYS(
      "media_plugin.h",
      "Reads up to `size` bytes at `offset` into `to` and sets *got; zero: the file ends there.");
  const auto medium = Open(candidate, folder);
  std::string bytes;
  for (int i = 0; i < 300'000; ++i) bytes.push_back(static_cast<char>(i * 7));
  auto writer = medium->Create(kId, "application/octet-stream");
  REQUIRE(writer.ok());
  for (std::size_t at = 0; at < bytes.size(); at += 70'000) {
    REQUIRE((*writer)->Write(std::string_view(bytes).substr(at, 70'000)).ok());
  }
  const auto stored = (*writer)->Finish();
  REQUIRE(stored.ok());
  auto reader = medium->Open(stored->location);
  REQUIRE(reader.ok());
  CHECK(ReadAll(**reader) == bytes);
  std::vector<char> part(10);
  REQUIRE(*(*reader)->ReadAt(299'995, part) == 5);
  CHECK(std::string(part.data(), 5) == bytes.substr(299'995));
  CHECK(*(*reader)->ReadAt(300'000, part) == 0);
  CHECK(*(*reader)->ReadAt(1'000'000'000'000, part) == 0);
  CHECK(absl::IsInvalidArgument((*reader)->ReadAt(-1, part).status()));
  CHECK(*(*reader)->ReadAt(0, {}) == 0);
}

TEST_CASE("an empty file is a file") {
  const Candidate candidate = GENERATE(from_range(Candidates()));
  const TemporaryFolder folder;
  const auto medium = Open(candidate, folder);
  const auto stored = Put(*medium, kId, "");
  auto reader = medium->Open(stored.location);
  REQUIRE(reader.ok());
  CHECK(ReadAll(**reader).empty());
}

TEST_CASE("the same bytes have the same etag, however they were written") {
  const Candidate candidate = GENERATE(from_range(Candidates()));
  const TemporaryFolder folder;
  MOLVA_SAYS("media_plugin.h", "the same bytes have the same");
  const auto medium = Open(candidate, folder);
  const auto one = Put(*medium, "aaaaaaaaaaa", "hello");
  auto writer = medium->Create("bbbbbbbbbbb", "image/png");
  REQUIRE(writer.ok());
  REQUIRE((*writer)->Write("hel").ok());
  REQUIRE((*writer)->Write("").ok());
  REQUIRE((*writer)->Write("lo").ok());
  const auto two = (*writer)->Finish();
  REQUIRE(two.ok());
  CHECK(one.etag == two->etag);
  CHECK(one.location != two->location);
}

TEST_CASE("what was not finished is not there, and its id is free again") {
  const Candidate candidate = GENERATE(from_range(Candidates()));
  const TemporaryFolder folder;
  MOLVA_SAYS("media_plugin.h", "Without a finish that was OK nothing is left of the file.");
  const auto medium = Open(candidate, folder);
  {
    auto writer = medium->Create(kId, "text/plain");
    REQUIRE(writer.ok());
    REQUIRE((*writer)->Write("half").ok());
    CHECK(absl::IsAlreadyExists(medium->Create(kId, "text/plain").status()));
    CHECK(absl::IsNotFound(medium->Open(kId).status()));
  }
  const auto stored = Put(*medium, kId, "whole");
  CHECK(absl::IsAlreadyExists(medium->Create(kId, "text/plain").status()));
  CHECK(ReadAll(**medium->Open(stored.location)) == "whole");
}

TEST_CASE("a removed file is gone, twice is once, and who reads it reads on") {
  const Candidate candidate = GENERATE(from_range(Candidates()));
  const TemporaryFolder folder;
  MOLVA_SAYS("media_plugin.h",
             "Removes a file; one that is not there any more is MOLVA_OK. Who reads it reads on.");
  const auto medium = Open(candidate, folder);
  const auto stored = Put(*medium, kId, "hello");
  auto reader = medium->Open(stored.location);
  REQUIRE(reader.ok());
  CHECK(medium->Remove(stored.location).ok());
  CHECK(medium->Remove(stored.location).ok());
  CHECK(absl::IsNotFound(medium->Open(stored.location).status()));
  CHECK(ReadAll(**reader) == "hello");
  CHECK(medium->Remove("zzzzzzzzzzz").ok());
}

TEST_CASE("what was finished is there after the medium was closed and opened") {
  const Candidate candidate = GENERATE(from_range(Candidates()));
  const TemporaryFolder folder;
  MOLVA_SAYS("media_plugin.h", "MOLVA_OK means durable.");
  const auto stored = Put(*Open(candidate, folder), kId, "hello");
  CHECK(ReadAll(**Open(candidate, folder)->Open(stored.location)) == "hello");
}

TEST_CASE("what is no id, and what is no location, is refused") {
  const Candidate candidate = GENERATE(from_range(Candidates()));
  const TemporaryFolder folder;
  const auto medium = Open(candidate, folder);
  for (const std::string& id : {std::string(), std::string("../secret.t"), std::string(5000, 'a'),
                                std::string("abcdefghi\0k", 11), std::string("\xff\xfe")}) {
    INFO(id.substr(0, 40));
    MOLVA_SAYS("media_plugin.h", "NOT_FOUND: no such file.");
    CHECK_FALSE(medium->Open(id).ok());
    CHECK_FALSE(absl::IsInternal(medium->Open(id).status()));
    CHECK(absl::IsNotFound(medium->Open("nosuchfile_").status()));
    CHECK_FALSE(absl::IsInternal(medium->Remove(id)));
    CHECK_FALSE(absl::IsInternal(medium->UrlOf(id).status()));
  }
}

TEST_CASE("several threads write, read and remove at once") {
  const Candidate candidate = GENERATE(from_range(Candidates()));
  const TemporaryFolder folder;
  MOLVA_SAYS("media_plugin.h", "all functions may be called from several threads at once");
  const auto medium = Open(candidate, folder);
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 25; ++round) {
        const std::string id = "thread" + std::to_string(i) + "_" + std::to_string(100 + round);
        auto writer = medium->Create(id, "text/plain");
        if (!writer.ok() || !(*writer)->Write(id).ok()) continue;
        const auto stored = (*writer)->Finish();
        if (!stored.ok()) continue;
        auto reader = medium->Open(stored->location);
        std::vector<char> bytes(id.size());
        if (!reader.ok() || (*reader)->ReadAt(0, bytes).value_or(0) != id.size()) continue;
        if (std::string(bytes.begin(), bytes.end()) == id && medium->Remove(id).ok()) ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(good == 100);
}

}  // namespace
}  // namespace molva::test
