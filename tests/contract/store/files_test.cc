// Files: their records, what links to them, and what nothing links to any more.
#include "tests/contract/store/harness.h"

namespace molva::test {
namespace {

using namespace store;  // the changes, named in every line
using model::FileId;

constexpr FileId kPhoto = FileId::FromBits(0xfedcba9876543211);
constexpr FileId kSong = FileId::FromBits(5);

FileRecord MakeFile(FileId id, int created = 1) {
  FileRecord file;
  file.id = id;
  file.status = FileStatus::kDone;
  file.user = kBob;
  file.mime = "image/png";
  file.location = "ab/cd";
  file.etag = "tag";
  file.size_bytes = std::int64_t{5} << 32;
  file.created = At(created);
  return file;
}

std::vector<FileId> Unused(StoreHarness& h, int before = 100) {
  std::vector<FileId> ids;
  for (const FileRecord& file : h.UnusedFiles(At(before))) ids.push_back(file.id);
  return ids;
}

TEST_CASE("the record of a file comes back as written, after a restart too") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  FileRecord started = MakeFile(kPhoto);
  started.status = FileStatus::kStarted;
  started.location.clear();
  h.MustWrite({PutFile{started, Expect::kAbsent}});
  CHECK(h.File(kPhoto)->status == FileStatus::kStarted);
  CHECK(h.File(kPhoto)->location.empty());
  h.MustWrite({PutFile{MakeFile(kPhoto), Expect::kPresent}});
  h.Reopen();
  const auto file = h.File(kPhoto);
  REQUIRE(file.has_value());
  CHECK(file->id == kPhoto);
  CHECK(file->status == FileStatus::kDone);
  CHECK(file->user == kBob);
  CHECK(file->mime == "image/png");
  CHECK(file->location == "ab/cd");
  CHECK(file->etag == "tag");
  CHECK(file->size_bytes == std::int64_t{5} << 32);
  CHECK(file->created == At(1));
  CHECK_FALSE(h.File(kSong).has_value());
  h.MustWrite({EraseFile{kPhoto}});
  CHECK_FALSE(h.File(kPhoto).has_value());
}

TEST_CASE("what a file must be before holds the batch") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  CHECK(absl::IsNotFound(
      h.Write({PutValue{"mark", "x"}, PutFile{MakeFile(kPhoto), Expect::kPresent}})));
  CHECK_FALSE(h.Value("mark").has_value());
  h.MustWrite({PutFile{MakeFile(kPhoto), Expect::kAbsent}});
  CHECK(absl::IsAlreadyExists(h.Write({PutFile{MakeFile(kPhoto), Expect::kAbsent}})));
}

TEST_CASE("files that nothing links to are listed, oldest first, up to a time") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({PutFile{MakeFile(kPhoto, 2)}, PutFile{MakeFile(kSong, 1)},
               PutFile{MakeFile(FileId::FromBits(6), 9)}});
  CHECK(Unused(h, 9) == std::vector<FileId>{kSong, kPhoto});
  CHECK(h.UnusedFiles(At(100), 1).size() == 1);
  h.MustWrite({LinkFiles{std::nullopt, kAnn, 0, {kSong}}});
  CHECK(Unused(h, 9) == std::vector<FileId>{kPhoto});
  h.MustWrite({PutFile{MakeFile(kSong, 1)}});
  CHECK(Unused(h, 9) == std::vector<FileId>{kPhoto});
}

TEST_CASE("a card keeps exactly the files it was given last") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({PutUser{MakeUser(kAnn)}, PutTopic{MakeTopic(kGroup)}, PutFile{MakeFile(kPhoto, 2)},
               PutFile{MakeFile(kSong, 1)}});
  h.MustWrite({LinkFiles{std::nullopt, kAnn, 0, {kPhoto, kPhoto}},
               LinkFiles{kGroup, {}, 0, {kPhoto, kSong}}});
  h.MustWrite({LinkFiles{kGroup, {}, 0, {kSong}}});
  CHECK(Unused(h).empty());
  h.MustWrite({LinkFiles{std::nullopt, kAnn, 0, {kSong}}});
  CHECK(Unused(h) == std::vector<FileId>{kPhoto});
  h.MustWrite({LinkFiles{std::nullopt, kAnn, 0, {}}, LinkFiles{kGroup, {}, 0, {}}});
  CHECK(Unused(h) == std::vector<FileId>{kSong, kPhoto});
}

TEST_CASE("messages, topics and users take their links along when they are erased for good") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({PutUser{MakeUser(kAnn)}, PutTopic{MakeTopic(kGroup)}, PutFile{MakeFile(kPhoto)},
               AppendMessage{MakeMessage(kGroup, 1), 0}, LinkFiles{kGroup, {}, 1, {kPhoto}},
               AppendMessage{MakeMessage(kGroup, 2), 0}, LinkFiles{kGroup, {}, 2, {kPhoto}}});
  SECTION("messages") {
    h.MustWrite({PutDeletion{MakeDeletion(kGroup, kAnn, 1, {{1, 3}})}});
    CHECK(Unused(h).empty());
    h.MustWrite({PutDeletion{MakeDeletion(kGroup, {}, 1, {{1, 2}})}});
    CHECK(Unused(h).empty());
    h.MustWrite({PutDeletion{MakeDeletion(kGroup, {}, 2, {{2, 3}})}});
    CHECK(Unused(h) == std::vector<FileId>{kPhoto});
  }
  SECTION("topics") {
    h.MustWrite({LinkFiles{kGroup, {}, 0, {kPhoto}}, EraseTopic{kGroup, false}});
    CHECK(Unused(h).empty());
    h.MustWrite({EraseTopic{kGroup, true}});
    CHECK(Unused(h) == std::vector<FileId>{kPhoto});
  }
  SECTION("users") {
    h.MustWrite({LinkFiles{std::nullopt, kAnn, 0, {kPhoto}}, EraseTopic{kGroup, true}});
    CHECK(Unused(h).empty());
    h.MustWrite({EraseUser{kAnn}});
    CHECK(Unused(h) == std::vector<FileId>{kPhoto});
  }
}

TEST_CASE("a file is condemned only while nothing links to it, and then cannot be linked") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  FileRecord started = MakeFile(FileId::FromBits(6), 2);
  started.status = FileStatus::kStarted;
  h.MustWrite({PutFile{MakeFile(kPhoto)}, PutFile{MakeFile(kSong)}, PutFile{started},
               LinkFiles{std::nullopt, kAnn, 0, {kPhoto, started.id, FileId::FromBits(7)}}});
  h.MustWrite({CondemnFile{kPhoto}, CondemnFile{kSong}, CondemnFile{FileId::FromBits(7)}});
  CHECK(h.File(kPhoto)->status == FileStatus::kDone);
  CHECK(h.File(kSong)->status == FileStatus::kCondemned);
  CHECK_FALSE(h.File(FileId::FromBits(7)).has_value());
  CHECK(Unused(h) == std::vector<FileId>{kSong, started.id});
  h.MustWrite({LinkFiles{kGroup, {}, 0, {kSong}}});
  CHECK(Unused(h) == std::vector<FileId>{kSong, started.id});
}

TEST_CASE("of a batch that fails no link stays") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({PutFile{MakeFile(kPhoto)}});
  CHECK(absl::IsAborted(h.Write(
      {LinkFiles{std::nullopt, kAnn, 0, {kPhoto}}, AppendMessage{MakeMessage(kGroup, 1), 0}})));
  CHECK(Unused(h) == std::vector<FileId>{kPhoto});
}

}  // namespace
}  // namespace molva::test
