// This server's own identity on disk: first start, restart, rotation, crashes between two files.
#include "federation/identity/own_identity.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::federation {
namespace {

using Catch::Matchers::Contains;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

OwnFacts Facts() { return {"a.example", {"chat.a.example:16061"}, "molva", "admin@a.example"}; }

struct Disk {
  OwnIdentity Open(absl::Time now = kNow, const OwnFacts& facts = Facts()) {
    absl::StatusOr<OwnIdentity> opened = OwnIdentity::Open(path, facts, random, now);
    INFO(opened.status().ToString());
    REQUIRE(opened.ok());
    return *std::move(opened);
  }
  OwnIdentity Rotate(absl::Time now = kNow) {
    absl::StatusOr<OwnIdentity> rotated = OwnIdentity::Rotate(path, random, now);
    REQUIRE(rotated.ok());
    return *std::move(rotated);
  }
  int CountKeys() const {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      count += entry.path().extension() == ".pem" ? 1 : 0;
    }
    return count;
  }

  test::TemporaryFolder folder;
  std::string path = folder / "keys/federation";
  base::SystemRandom random;
};

TEST_CASE("the first start makes a key and a document that later starts keep", "[federation]") {
  Disk disk;
  const OwnIdentity first = disk.Open();
  CHECK(first.domain() == "a.example");
  CHECK(first.document().content().number == 1);
  CHECK(first.document().Verify(kNow).ok());
  const OwnIdentity again = disk.Open(kNow + absl::Hours(1));
  CHECK(again.document().text() == first.document().text());
  CHECK(again.signing_key().public_key() == first.signing_key().public_key());
}

TEST_CASE("keys are for their owner alone", "[federation]") {
  Disk disk;
  disk.Open();
  for (const auto& entry : std::filesystem::directory_iterator(disk.path)) {
    struct stat info{};
    REQUIRE(::stat(entry.path().c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
  }
  std::filesystem::permissions(disk.path, std::filesystem::perms(0755));
  const absl::Status status = OwnIdentity::Open(disk.path, Facts(), disk.random, kNow).status();
  CHECK_THAT(std::string(status.message()), Contains("chmod 700"));
}

TEST_CASE("other facts make the next document, signed by the same key", "[federation]") {
  Disk disk;
  const OwnIdentity first = disk.Open();
  OwnFacts moved = Facts();
  moved.endpoints = {"NEW.a.example:443"};
  const OwnIdentity second = disk.Open(kNow, moved);
  CHECK(second.document().content().number == 2);
  CHECK(second.document().content().endpoints == std::vector<std::string>{"new.a.example:443"});
  CHECK(second.document().CheckFollows(first.document(), kNow).ok());
  CHECK(disk.Open(kNow, moved).document().content().number == 2);
}

TEST_CASE("a rotation adds a key that signs from now on, and old and new sign the change",
          "[federation]") {
  Disk disk;
  const OwnIdentity first = disk.Open();
  const OwnIdentity second = disk.Rotate();
  CHECK(second.signing_key().public_key() != first.signing_key().public_key());
  CHECK(second.document().Verify(kNow).ok());
  CHECK(second.document().CheckFollows(first.document(), kNow).ok());
  REQUIRE(second.document().content().keys.size() == 2);
  CHECK(second.document().content().keys[0].not_after == kNow + OwnIdentity::kOverlap);
  CHECK(second.document().content().keys[1].not_after == absl::InfiniteFuture());
  CHECK(disk.Open().document().text() == second.document().text());
}

TEST_CASE("after its overlap the former key is gone from document and disk", "[federation]") {
  Disk disk;
  disk.Open();
  const OwnIdentity second = disk.Rotate();
  CHECK(disk.CountKeys() == 2);
  const absl::Time later = kNow + OwnIdentity::kOverlap + absl::Hours(1);
  const OwnIdentity third = disk.Open(later);
  CHECK(third.document().content().keys.size() == 1);
  CHECK(third.document().CheckFollows(second.document(), later).ok());
  CHECK(third.signing_key().public_key() == second.signing_key().public_key());
  CHECK(disk.CountKeys() == 1);
}

TEST_CASE("rotations are bounded by what a document may hold", "[federation]") {
  Disk disk;
  disk.Open();
  for (std::size_t i = 1; i < KeyDocument::kMaxKeys; ++i) disk.Rotate();
  CHECK(absl::IsResourceExhausted(OwnIdentity::Rotate(disk.path, disk.random, kNow).status()));
  CHECK(disk.Open().document().Verify(kNow).ok());
}

TEST_CASE("a server that never started has nothing to show or to rotate", "[federation]") {
  Disk disk;
  CHECK(absl::IsNotFound(OwnIdentity::Read(disk.path).status()));
  CHECK(absl::IsNotFound(OwnIdentity::Rotate(disk.path, disk.random, kNow).status()));
  CHECK_FALSE(std::filesystem::exists(disk.path));
}

TEST_CASE("a crash after the first key and before the document loses nothing", "[federation]") {
  Disk disk;
  const PublicKey key = disk.Open().signing_key().public_key();
  std::filesystem::remove(disk.path + "/document.json");
  CHECK(disk.Open().signing_key().public_key() == key);
}

TEST_CASE("a crash in a rotation after the key and before the document changes nothing",
          "[federation]") {
  Disk disk;
  const OwnIdentity first = disk.Open();
  const std::string document = disk.path + "/document.json";
  const std::string kept = disk.folder / "kept";
  std::filesystem::copy_file(document, kept);
  disk.Rotate();
  std::filesystem::copy_file(kept, document, std::filesystem::copy_options::overwrite_existing);
  CHECK(disk.Open().document().text() == first.document().text());
}

TEST_CASE("files that do not fit together are named", "[federation]") {
  Disk disk;
  const OwnIdentity first = disk.Open();
  const std::string key_file = disk.path + "/" + first.signing_key().id().ToString() + ".pem";
  const auto problem = [&disk] {
    const absl::Status status = OwnIdentity::Open(disk.path, Facts(), disk.random, kNow).status();
    CHECK(absl::IsFailedPrecondition(status));
    return std::string(status.message());
  };
  SECTION("the key is lost") {
    std::filesystem::remove(key_file);
    CHECK_THAT(problem(), Contains(first.signing_key().id().ToString()));
  }
  SECTION("the key is another one") {
    std::ofstream(key_file) << ServerKey::Generate(disk.random).ToPem();
    CHECK_THAT(problem(), Contains(first.signing_key().id().ToString()));
  }
  SECTION("the document is no document") {
    std::ofstream(disk.path + "/document.json") << "{}";
    CHECK_THAT(problem(), Contains("document.json"));
  }
  SECTION("the document of several keys is lost") {
    disk.Rotate();
    std::filesystem::remove(disk.path + "/document.json");
    CHECK_THAT(problem(), Contains("document.json"));
  }
}

TEST_CASE("facts that no peer would accept are refused before anything is written",
          "[federation]") {
  Disk disk;
  OwnFacts facts = Facts();
  facts.endpoints = {"nowhere"};
  CHECK(
      absl::IsFailedPrecondition(OwnIdentity::Open(disk.path, facts, disk.random, kNow).status()));
  facts = Facts();
  facts.domain = "not a domain";
  CHECK(
      absl::IsFailedPrecondition(OwnIdentity::Open(disk.path, facts, disk.random, kNow).status()));
  CHECK_FALSE(std::filesystem::exists(disk.path));
  facts = Facts();
  facts.contact = "two\nlines";
  CHECK(
      absl::IsFailedPrecondition(OwnIdentity::Open(disk.path, facts, disk.random, kNow).status()));
}

}  // namespace
}  // namespace molva::federation
