#include "backup/file_record.h"

#include <cstdint>
#include <limits>

#include "backup/fields.h"

namespace molva::backup {
namespace {

constexpr std::string_view kTable = "file";
constexpr std::uint8_t kNothing = 0;
constexpr std::uint8_t kNumber = 1;
constexpr std::uint8_t kBytes = 2;

bool TakeNumber(FieldCursor& cursor, std::int64_t& number) {
  std::uint8_t tag = 0;
  return cursor.TakeInteger(tag) && tag == kNumber && cursor.TakeInteger(number);
}

bool TakeBytes(FieldCursor& cursor, std::string& bytes) {
  std::uint8_t tag = 0;
  std::string_view text;
  if (!cursor.TakeInteger(tag)) return false;
  if (tag == kNothing) return true;
  if (tag != kBytes || !cursor.TakeText<std::uint32_t>(text)) return false;
  bytes = text;
  return true;
}

}  // namespace

std::optional<FileOfRecord> ReadFileRecord(std::string_view record) {
  FieldCursor cursor(record);
  std::string_view table;
  if (!cursor.TakeText<std::uint8_t>(table) || table != kTable) return std::nullopt;
  std::int64_t id = 0;
  std::int64_t status = 0;
  std::int64_t user = 0;
  FileOfRecord file;
  if (!TakeNumber(cursor, id) || !TakeNumber(cursor, status) || !TakeNumber(cursor, user) ||
      !TakeBytes(cursor, file.mime) || !TakeBytes(cursor, file.location)) {
    return std::nullopt;
  }
  file.id = model::FileId::FromBits(static_cast<std::uint64_t>(id));
  file.status = static_cast<store::FileStatus>(status);
  return file;
}

std::optional<std::string> PlaceBefore(model::FileId id) {
  const auto key = static_cast<std::int64_t>(id.bits());
  if (key == std::numeric_limits<std::int64_t>::min()) return std::nullopt;
  std::string place;
  AppendText<std::uint8_t>(kTable, place);
  AppendInteger(kNumber, place);
  AppendInteger(key - 1, place);
  return place;
}

}  // namespace molva::backup
