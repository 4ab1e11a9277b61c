// Backups of files that come and go while the archive is written.
#include "backup/write_backup.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backup/fields.h"
#include "backup/file_record.h"
#include "backup/restore.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::backup {
namespace {

constexpr auto kStarted = store::FileStatus::kStarted;
constexpr auto kDone = store::FileStatus::kDone;
constexpr auto kCondemned = store::FileStatus::kCondemned;

// Everything that is needed of a store, as a list.
using Records = std::vector<std::string>;

class ListSource final : public store::RecordSource {
 public:
  explicit ListSource(Records records) : records_(std::move(records)) {}
  absl::StatusOr<Records> Read(std::size_t /*max_bytes*/) override {
    return std::exchange(records_, {});
  }

 private:
  Records records_;
};

class TextReader final : public media::FileReader {
 public:
  explicit TextReader(std::string text) : text_(std::move(text)) {}
  absl::StatusOr<std::size_t> ReadAt(std::int64_t offset, std::span<char> to) override {
    const auto at = static_cast<std::size_t>(offset);
    const std::size_t size = std::min(to.size(), text_.size() - at);
    std::copy_n(text_.data() + at, size, to.data());
    return size;
  }

 private:
  const std::string text_;
};

// Files by location, to be read alone.
class Shelf final : public media::Media {
 public:
  explicit Shelf(std::map<std::string, std::string> files) : files_(std::move(files)) {}
  absl::StatusOr<std::unique_ptr<media::FileWriter>> Create(const std::string& id,
                                                            const std::string&) override {
    return absl::PermissionDeniedError(id);
  }
  absl::StatusOr<std::unique_ptr<media::FileReader>> Open(const std::string& location) override {
    const auto found = files_.find(location);
    if (found == files_.end()) return absl::NotFoundError(location);
    return std::make_unique<TextReader>(found->second);
  }
  absl::StatusOr<std::optional<std::string>> UrlOf(const std::string&) override {
    return std::nullopt;
  }
  absl::Status Remove(const std::string& location) override {
    return absl::PermissionDeniedError(location);
  }

 private:
  const std::map<std::string, std::string> files_;
};

class Bytes final : public ByteSink, public ByteSource {
 public:
  absl::Status Write(std::string_view bytes) override {
    text_ += bytes;
    return absl::OkStatus();
  }
  absl::StatusOr<std::size_t> Read(std::span<char> to) override {
    const std::size_t size = std::min(to.size(), text_.size() - at_);
    std::copy_n(text_.data() + at_, size, to.data());
    at_ += size;
    return size;
  }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

void AppendNumber(std::int64_t number, std::string& record) {
  AppendInteger(std::uint8_t{1}, record);
  AppendInteger(number, record);
}

std::string RecordOf(std::uint64_t id, store::FileStatus status, std::string_view location) {
  std::string record;
  AppendText<std::uint8_t>("file", record);
  AppendNumber(static_cast<std::int64_t>(id), record);
  AppendNumber(static_cast<std::int64_t>(status), record);
  AppendNumber(1, record);
  for (const std::string_view text : {std::string_view("text/plain"), location}) {
    AppendInteger(std::uint8_t{2}, record);
    AppendText<std::uint32_t>(text, record);
  }
  return record;
}

// The backup of a store that had `before` when it began, and has `now` behind any place.
ArchiveEnd BackupOf(Records before, Records now, Shelf& shelf, Bytes& bytes) {
  const test::TemporaryFolder folder;
  const BackupSource source{
      [&](std::string_view behind) -> absl::StatusOr<std::unique_ptr<store::RecordSource>> {
        return std::make_unique<ListSource>(behind.empty() ? before : now);
      },
      &shelf, folder / "keys", "1", absl::UnixEpoch()};
  const auto written = WriteBackup(source, bytes, [](const Progress&) {});
  INFO(written.status().ToString());
  REQUIRE(written.ok());
  return *written;
}

TEST_CASE("files that are whole are in the archive, others are not looked for", "[backup]") {
  Shelf shelf({{"one", "bytes"}, {"two", std::string(600'000, 'x')}, {"three", ""}});
  Bytes bytes;
  const ArchiveEnd end =
      BackupOf({RecordOf(1, kDone, "one"), RecordOf(2, kDone, "two"), RecordOf(3, kDone, "three"),
                RecordOf(4, kStarted, ""), RecordOf(5, kCondemned, "gone"), "\5value"},
               {}, shelf, bytes);
  CHECK(end.records == 6);
  CHECK(end.files == 3);
  CHECK(end.file_bytes == 600'005);
  CHECK(end.collected + end.missing == 0);
  const auto verified = VerifyArchive(bytes, [](const Progress&) {});
  REQUIRE(verified.ok());
  CHECK(verified->end == end);
}

TEST_CASE("a file that was removed meanwhile is no loss, one that is still wanted is", "[backup]") {
  Shelf shelf({});
  const std::string record = RecordOf(7, kDone, "gone");
  const std::vector<std::pair<Records, Absence>> cases = {
      {{}, Absence::kCollected},
      {{"\4lane"}, Absence::kCollected},
      {{RecordOf(8, kDone, "other")}, Absence::kCollected},
      {{RecordOf(7, kCondemned, "gone")}, Absence::kCollected},
      {{record}, Absence::kMissing}};
  for (const auto& [now, why] : cases) {
    Bytes bytes;
    const ArchiveEnd end = BackupOf({record}, now, shelf, bytes);
    CHECK(end.files == 0);
    CHECK(end.collected == (why == Absence::kCollected ? 1 : 0));
    CHECK(end.missing == (why == Absence::kMissing ? 1 : 0));
  }
}

TEST_CASE("bytes that are no record of a file are none", "[backup]") {
  const std::string record = RecordOf(7, kDone, "place");
  REQUIRE(ReadFileRecord(record).has_value());
  CHECK(ReadFileRecord(record)->location == "place");
  for (std::size_t size = 0; size < record.size(); ++size) {
    CHECK_FALSE(ReadFileRecord(record.substr(0, size)).has_value());
  }
  CHECK_FALSE(ReadFileRecord("\5value").has_value());
  CHECK_FALSE(PlaceBefore(model::FileId::FromBits(std::uint64_t{1} << 63)).has_value());
}

}  // namespace
}  // namespace molva::backup
