// Archives: what is written is read, and anything else is found out.
#include <algorithm>
#include <string>
#include <vector>

#include "backup/archive_stream.h"
#include "backup/fields.h"
#include "backup/restore.h"
#include "tests/support/catch.h"

namespace molva::backup {
namespace {

class TextSink final : public ByteSink {
 public:
  absl::Status Write(std::string_view bytes) override {
    text += bytes;
    return absl::OkStatus();
  }
  std::string text;
};

// Gives a few bytes at a time, as a slow disk may.
class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}
  absl::StatusOr<std::size_t> Read(std::span<char> to) override {
    const std::size_t size = std::min({to.size(), text_.size() - at_, std::size_t{7}});
    std::copy_n(text_.data() + at_, size, to.data());
    at_ += size;
    return size;
  }

 private:
  const std::string text_;
  std::size_t at_ = 0;
};

std::string HashOf(std::string_view bytes) {
  Hasher hasher;
  hasher.Add(bytes);
  return hasher.Finish();
}

std::vector<ArchivePart> SomeParts() {
  return {ArchiveHeader{"1.2.3", 1700000000},
          KeyFile{"token", std::string("\0\xff", 2)},
          KeyFile{"federation/current", "key"},
          RecordBatch{{"one", "two"}},
          FileStart{model::FileId::FromBits(7), "place", "image/png"},
          FileBlock{"first"},
          FileBlock{"second"},
          FileEnd{HashOf("firstsecond")},
          AbsentFile{model::FileId::FromBits(8), Absence::kCollected},
          AbsentFile{model::FileId::FromBits(9), Absence::kMissing},
          RecordBatch{{"three"}}};
}

std::string Archive(const std::vector<ArchivePart>& parts) {
  TextSink sink;
  ArchiveWriter writer(sink);
  for (const ArchivePart& part : parts) REQUIRE(writer.Write(part).ok());
  REQUIRE(writer.Write(ArchiveEnd(writer.counts())).ok());
  return sink.text;
}

absl::StatusOr<Verified> Verify(std::string archive) {
  TextSource source(std::move(archive));
  return VerifyArchive(source, [](const Progress&) {});
}

TEST_CASE("an archive gives what was written into it", "[backup]") {
  const std::vector<ArchivePart> parts = SomeParts();
  TextSource source(Archive(parts));
  ArchiveReader reader(source);
  for (const ArchivePart& part : parts) {
    const auto read = reader.Next();
    INFO(read.status().ToString());
    REQUIRE(read.ok());
    CHECK(read->index() == part.index());
    CHECK(EncodeBody(*read) == EncodeBody(part));
  }
  const auto end = reader.Next();
  REQUIRE(end.ok());
  const auto& counts = std::get<ArchiveEnd>(*end);
  CHECK(counts.keys == 2);
  CHECK(counts.records == 3);
  CHECK(counts.files == 1);
  CHECK(counts.file_bytes == 11);
  CHECK(counts.collected == 1);
  CHECK(counts.missing == 1);
}

TEST_CASE("an archive that was cut off anywhere is found out", "[backup]") {
  const std::string whole = Archive(SomeParts());
  REQUIRE(Verify(whole).ok());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK(absl::IsDataLoss(Verify(whole.substr(0, size)).status()));
  }
  CHECK(absl::IsDataLoss(Verify(whole + "x").status()));
}

TEST_CASE("every bit of an archive counts", "[backup]") {
  const std::string whole = Archive(SomeParts());
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    CHECK(absl::IsDataLoss(Verify(flipped).status()));
  }
}

TEST_CASE("parts that are out of place are neither written nor read", "[backup]") {
  const ArchiveHeader header{"1", 1};
  const FileStart file{model::FileId::FromBits(7), "place", "type"};
  const std::vector<std::vector<ArchivePart>> senseless = {
      {KeyFile{"token", "x"}},
      {header, header},
      {header, RecordBatch{{"one"}}, KeyFile{"token", "x"}},
      {header, FileBlock{"x"}},
      {header, FileEnd{HashOf("")}},
      {header, file, RecordBatch{{"one"}}},
      {header, file, file},
      {header, file, FileBlock{"x"}, FileEnd{HashOf("y")}},
      {header, file, ArchiveEnd{}},
      {header, ArchiveEnd{1, 0, 0, 0, 0, 0, RecordDigest().ToText()}}};
  for (const std::vector<ArchivePart>& parts : senseless) {
    TextSink sink;
    ArchiveWriter writer(sink);
    std::string raw(kArchiveMagic);
    absl::Status status;
    for (const ArchivePart& part : parts) {
      status.Update(writer.Write(part));
      AppendInteger(KindOf(part), raw);
      AppendText<std::uint32_t>(EncodeBody(part), raw);
    }
    CHECK(absl::IsDataLoss(status));
    CHECK(absl::IsDataLoss(Verify(raw).status()));
  }
}

TEST_CASE("a length that lies takes no memory", "[backup]") {
  for (const std::uint32_t size : {std::uint32_t{kMaxBodyBytes}, std::uint32_t{0xffffffff}}) {
    std::string raw(kArchiveMagic);
    AppendInteger(std::uint8_t{1}, raw);
    AppendInteger(size, raw);
    CHECK(absl::IsDataLoss(Verify(raw).status()));
  }
}

TEST_CASE("no key leads out of its folder", "[backup]") {
  for (const char* good : {"token", "aliases", "federation/key.2", "a-b_c"}) {
    CHECK(IsKeyName(good));
  }
  for (const char* bad :
       {"", ".", "..", "../x", "a/../b", "/etc/x", "a/b/c", "a/", "/a", ".hidden", "a b", "a\n"}) {
    CHECK_FALSE(IsKeyName(bad));
    CHECK_FALSE(DecodeBody(2, EncodeBody(KeyFile{bad, "x"})).has_value());
  }
  CHECK_FALSE(IsKeyName(std::string(101, 'a')));
}

}  // namespace
}  // namespace molva::backup
