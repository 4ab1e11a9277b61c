// Fuzzes archives: any bytes are read or refused, and what can be read is written as it was.
#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "backup/archive_stream.h"
#include "backup/fields.h"
#include "backup/file_record.h"
#include "backup/restore.h"
#include "base/check.h"

namespace molva::backup {
namespace {

class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string_view text) : left_(text) {}
  absl::StatusOr<std::size_t> Read(std::span<char> to) override {
    const std::size_t size = std::min(to.size(), left_.size());
    std::copy_n(left_.data(), size, to.data());
    left_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view left_;
};

class TextSink final : public ByteSink {
 public:
  absl::Status Write(std::string_view bytes) override {
    text += bytes;
    return absl::OkStatus();
  }
  std::string text;
};

void CheckBytes(std::string_view bytes) {
  TextSource source(bytes);
  const auto verified = VerifyArchive(source, [](const Progress&) {});
  MOLVA_CHECK(verified.ok() || absl::IsDataLoss(verified.status()), "an error of another kind");
  if (const auto file = ReadFileRecord(bytes)) (void)PlaceBefore(file->id);
}

// Reads the input as parts, without magic and sum, which no fuzzer finds; those that may stand
// where they do make an archive that must be whole.
void CheckParts(std::string_view bytes) {
  FieldCursor cursor(bytes);
  TextSink sink;
  ArchiveWriter writer(sink);
  if (!writer.Write(ArchiveHeader{"fuzz", 0}).ok()) MOLVA_CHECK(false, "no header can be written");
  bool is_in_file = false;
  std::uint8_t kind = 0;
  std::string_view body;
  while (cursor.TakeInteger(kind) && cursor.TakeText<std::uint32_t>(body)) {
    const auto part = DecodeBody(kind, body);
    if (!part.has_value()) continue;
    MOLVA_CHECK(EncodeBody(*part) == body, "a part is written in another way than it was read");
    if (std::holds_alternative<ArchiveEnd>(*part)) continue;
    if (!writer.Write(*part).ok()) return;
    is_in_file = std::holds_alternative<FileStart>(*part) ||
                 (is_in_file && std::holds_alternative<FileBlock>(*part));
  }
  if (is_in_file) return;
  MOLVA_CHECK(writer.Write(ArchiveEnd(writer.counts())).ok(), "no end can be written");
  TextSource source(sink.text);
  const auto verified = VerifyArchive(source, [](const Progress&) {});
  MOLVA_CHECK(verified.ok() && verified->end == writer.counts(), "what was written is not whole");
}

}  // namespace
}  // namespace molva::backup

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  molva::backup::CheckBytes(bytes);
  molva::backup::CheckParts(bytes);
  return 0;
}
