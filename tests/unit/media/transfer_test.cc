// Uploads, downloads and the sweeping of files, on a medium and a store that fail.
#include <optional>

#include "media/collector.h"
#include "media/files.h"
#include "model/fault.h"
#include "tests/support/catch.h"
#include "tests/support/memory_store.h"
#include "tests/support/sim_world.h"
#include "tests/unit/media/failing_medium.h"

namespace molva::test {
namespace {

using model::Fault;
using Step = FailingMedium::Step;

constexpr std::int64_t kMaxFileBytes = 4 * 1024 * 1024;
const model::UserId kAnn = model::UserId::FromBits(7);

// Takes nothing.
class FullPool final : public runtime::WorkPool {
 public:
  bool Submit(runtime::Task) override { return false; }
};

// A shard with files.
struct Place {
  explicit Place(const media::TransferGate::Limits& limits = {}) : gate(limits) {}

  media::UploadPtr StartUpload() {
    auto upload = files.StartUpload("ann", "text/plain");
    REQUIRE(upload.ok());
    return *upload;
  }
  // Finishes and waits for the outcome.
  absl::StatusOr<store::FileRecord> Finish(const media::UploadPtr& upload) {
    std::optional<absl::StatusOr<store::FileRecord>> outcome;
    upload->Finish(kAnn, [&](absl::StatusOr<store::FileRecord> file) { outcome = file; });
    world.Settle();
    REQUIRE(outcome.has_value());
    return *outcome;
  }
  store::FileRecord Keep(const std::string& content) {
    const media::UploadPtr upload = StartUpload();
    REQUIRE(upload->Write(content).ok());
    const auto file = Finish(upload);
    REQUIRE(file.ok());
    return *file;
  }
  std::size_t records() {
    return store.disk().With([this](const MemoryDatabase& database) {
      return database.ListUnusedFiles(world.clock().Now() + absl::Hours(1), 1000).size();
    });
  }
  bool IsClean() {
    return records() == 0 && medium.files().empty() && medium.open_writers() == 0 &&
           gate.live() == 0;
  }

  SimWorld world{1};
  SimShard& shard = world.AddShard(0);
  MemoryStore store{shard};
  FailingMedium medium;
  media::TransferGate gate;
  const media::SharedParts shared{medium, world, gate, kMaxFileBytes};
  media::Files files{shard, store, shared};
};

TEST_CASE("a file that was kept has its record, its bytes and no permit", "[media]") {
  Place place;
  const std::string content(700'000, 'x');
  const store::FileRecord file = place.Keep(content);
  CHECK(file.status == store::FileStatus::kDone);
  CHECK(file.size_bytes == 700'000);
  CHECK(file.user == kAnn);
  CHECK(file.mime == "text/plain; charset=utf-8");
  CHECK(place.medium.files().at(file.location) == content);
  CHECK(place.records() == 1);
  CHECK(place.gate.live() == 0);
}

TEST_CASE("whichever step of the medium fails, nothing of an upload is left", "[media]") {
  const Step step = GENERATE(Step::kCreate, Step::kWrite, Step::kFinish);
  Place place;
  const media::UploadPtr upload = place.StartUpload();
  SECTION("from the start") {
    place.medium.FailAt(step);
    REQUIRE(upload->Write(std::string(600'000, 'x')).ok());
  }
  SECTION("later, before the end") {
    REQUIRE(upload->Write(std::string(600'000, 'x')).ok());
    place.world.Settle();
    place.medium.FailAt(step);
    if (step == Step::kCreate) return;  // it is behind us
    REQUIRE(upload->Write(std::string(100, 'x')).ok());
  }
  const auto outcome = place.Finish(upload);
  CHECK(model::FaultOf(outcome.status()) == Fault::kServiceUnavailable);
  place.world.Settle();
  CHECK(place.IsClean());
}

TEST_CASE("after the medium has failed the sender is told at his next bytes", "[media]") {
  Place place;
  place.medium.FailAt(Step::kWrite);
  const media::UploadPtr upload = place.StartUpload();
  REQUIRE(upload->Write(std::string(media::Upload::kBlockBytes * 2, 'x')).ok());
  CHECK_FALSE(upload->has_room());
  bool has_room = false;
  upload->OnRoom([&] { has_room = true; });
  place.world.Settle();
  CHECK(has_room);
  CHECK_FALSE(upload->Write("x").ok());
  CHECK(place.IsClean());
}

TEST_CASE("a sender is held back until the medium has written what he sent", "[media]") {
  Place place;
  const media::UploadPtr upload = place.StartUpload();
  REQUIRE(upload->Write(std::string(media::Upload::kBlockBytes, 'x')).ok());
  CHECK_FALSE(upload->has_room());
  bool has_room = false;
  upload->OnRoom([&] { has_room = true; });
  CHECK_FALSE(has_room);
  place.world.Settle();
  CHECK(has_room);
  CHECK(upload->has_room());
  CHECK(place.medium.written_bytes() == media::Upload::kBlockBytes);
  upload->Abandon();
  place.world.Settle();
  CHECK(place.IsClean());
}

TEST_CASE("whichever write of the store fails, nobody gets the file and it goes", "[media]") {
  Place place;
  const media::UploadPtr upload = place.StartUpload();
  SECTION("that of the record") {
    place.store.disk().FailNextWrites(1);
    REQUIRE(upload->Write(std::string(600, 'x')).ok());
    place.world.Settle();
  }
  SECTION("that says that it is done") {
    REQUIRE(upload->Write(std::string(600, 'x')).ok());
    place.world.Settle();
    place.store.disk().FailNextWrites(1);
  }
  CHECK_FALSE(place.Finish(upload).ok());
  place.world.Settle();
  CHECK(place.IsClean());
}

TEST_CASE("an upload that is abandoned at any moment leaves nothing", "[media]") {
  Place place;
  const media::UploadPtr upload = place.StartUpload();
  SECTION("before anything came") {}
  SECTION("before the record is there") { REQUIRE(upload->Write(std::string(600, 'x')).ok()); }
  SECTION("between two blocks") {
    REQUIRE(upload->Write(std::string(600'000, 'x')).ok());
    place.world.Settle();
  }
  SECTION("while it ends") {
    REQUIRE(upload->Write(std::string(600'000, 'x')).ok());
    place.world.Settle();
    upload->Finish(kAnn, [](const auto&) { FAIL("nobody waits for that"); });
  }
  upload->Abandon();
  place.world.Settle();
  CHECK(place.IsClean());
}

TEST_CASE("a pool that takes no work refuses the file, not the process", "[media]") {
  Place place;
  FullPool full;
  const media::SharedParts shared{place.medium, full, place.gate, kMaxFileBytes};
  media::Files files(place.shard, place.store, shared);
  const auto upload = files.StartUpload("ann", "");
  REQUIRE(upload.ok());
  REQUIRE((*upload)->Write(std::string(600, 'x')).ok());
  CHECK(model::FaultOf(place.Finish(*upload).status()) == Fault::kServiceUnavailable);
  const auto download = files.StartDownload("ann", store::FileRecord{}, 0, 10);
  REQUIRE(download.ok());
  absl::Status status;
  (*download)->Next([&](const absl::StatusOr<std::string>& block) { status = block.status(); });
  place.world.Settle();
  CHECK(model::FaultOf(status) == Fault::kServiceUnavailable);
}

TEST_CASE("too long and over the allowance are refused, and what came goes", "[media]") {
  media::TransferGate::Limits limits;
  limits.bytes_per_day = kMaxFileBytes / 2;
  Place place(limits);
  const media::UploadPtr upload = place.StartUpload();
  REQUIRE(upload->Write(std::string(600'000, 'x')).ok());
  place.world.Settle();
  const Fault fault = GENERATE(Fault::kTooLarge, Fault::kPolicyViolation);
  const std::size_t more = fault == Fault::kTooLarge ? kMaxFileBytes : kMaxFileBytes / 2;
  CHECK(model::FaultOf(upload->Write(std::string(more, 'x'))) == fault);
  place.world.Settle();
  CHECK(place.IsClean());
}

TEST_CASE("a download gives the bytes in blocks, or says that it cannot", "[media]") {
  Place place;
  const std::string content = std::string(300'000, 'a') + std::string(300'000, 'b');
  const store::FileRecord file = place.Keep(content);
  auto download = place.files.StartDownload("ann", file, 100, file.size_bytes - 100);
  REQUIRE(download.ok());
  const auto next = [&] {
    std::optional<absl::StatusOr<std::string>> got;
    (*download)->Next([&](absl::StatusOr<std::string> block) { got = std::move(block); });
    place.world.Settle();
    REQUIRE(got.has_value());
    return *got;
  };
  SECTION("all of them") {
    std::string got;
    while ((*download)->left() > 0) {
      const auto block = next();
      REQUIRE(block.ok());
      REQUIRE_FALSE(block->empty());
      REQUIRE(static_cast<std::int64_t>(block->size()) <= media::Download::kBlockBytes);
      got += *block;
    }
    CHECK(got == content.substr(100));
  }
  SECTION("the medium does not open it") {
    place.medium.FailAt(Step::kOpen);
    CHECK(next().status().code() == absl::StatusCode::kUnavailable);
  }
  SECTION("the medium fails on the way") {
    REQUIRE(next().ok());
    place.medium.FailAt(Step::kRead);
    CHECK(next().status().code() == absl::StatusCode::kUnavailable);
  }
  SECTION("it is shorter than its record says") {
    REQUIRE(next().ok());
    place.medium.files().at(file.location).resize(1000);
    CHECK(next().status().code() == absl::StatusCode::kDataLoss);
  }
  CHECK(place.gate.live() == 1);
  download->reset();
  CHECK(place.gate.live() == 0);
}

TEST_CASE("what nothing refers to goes, as soon as the medium lets it", "[media]") {
  Place place;
  media::Collector::Rules rules;
  rules.period = absl::Minutes(1);
  rules.grace = absl::Hours(1);
  rules.block = 2;
  for (int i = 0; i < 5; ++i) place.Keep(std::to_string(i));
  const auto collector =
      std::make_shared<media::Collector>(place.shard, place.store, place.shared, rules);
  collector->Start();
  place.world.Advance(absl::Minutes(30));
  CHECK(place.records() == 5);

  SECTION("the medium is well") {
    place.world.Advance(absl::Minutes(40));
    CHECK(place.IsClean());
    CHECK(collector->removed_files() == 5);
  }
  SECTION("the medium fails for a while") {
    place.medium.FailAt(Step::kRemove);
    place.world.Advance(absl::Minutes(40));
    CHECK(place.records() == 5);
    CHECK(place.medium.files().size() == 5);
    place.medium.FailAt(Step::kNone);
    place.world.Advance(absl::Minutes(10));
    CHECK(place.IsClean());
  }
  SECTION("the store fails now and then") {
    for (int i = 0; i < 10; ++i) {
      place.store.disk().FailNextWrites(1);
      place.world.Advance(absl::Minutes(10));
    }
    CHECK(place.IsClean());
  }
  SECTION("what is still being written stays") {
    const media::UploadPtr upload = place.StartUpload();
    REQUIRE(upload->Write(std::string(600'000, 'x')).ok());
    place.world.Advance(absl::Hours(3));
    CHECK(place.records() == 1);
    CHECK(place.Finish(upload).ok());
    CHECK(place.medium.files().size() == 1);
  }
  collector->Stop();
  place.world.Advance(absl::Minutes(2));
}

}  // namespace
}  // namespace molva::test
