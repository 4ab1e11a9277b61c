#include "sql_common/portable_record.h"

#include <cstdint>
#include <limits>

namespace molva::sql_common {
namespace {

constexpr char kNull = 0;
constexpr char kNumber = 1;
constexpr char kBytes = 2;

template <typename Integer>
void AppendInteger(Integer value, std::string* bytes) {
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    bytes->push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i) & 0xff));
  }
}

void AppendBytes(std::string_view value, std::string* bytes) {
  bytes->push_back(kBytes);
  AppendInteger(static_cast<std::uint32_t>(value.size()), bytes);
  bytes->append(value);
}

void AppendNumber(std::int64_t value, std::string* bytes) {
  bytes->push_back(kNumber);
  AppendInteger(value, bytes);
}

void AppendName(const Table& table, std::string* bytes) {
  bytes->push_back(static_cast<char>(table.name.size()));
  bytes->append(table.name);
}

// Takes what it reads off the front of the bytes.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : left_(bytes) {}
  bool at_end() const { return left_.empty(); }

  bool Take(std::size_t size, std::string_view* taken) {
    if (left_.size() < size) return false;
    *taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return true;
  }
  template <typename Integer>
  bool TakeInteger(Integer* value) {
    std::string_view bytes;
    if (!Take(sizeof(Integer), &bytes)) return false;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
      bits |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    }
    *value = static_cast<Integer>(bits);
    return true;
  }

 private:
  std::string_view left_;
};

bool TakeValue(Cursor& cursor, Value::Kind kind, Value* value) {
  char tag = kNull;
  if (!cursor.TakeInteger(&tag)) return false;
  *value = {kind, tag == kNull, 0, {nullptr, 0}};
  if (tag == kNull) return true;
  if (tag == kNumber) return kind == Value::Kind::kInteger && cursor.TakeInteger(&value->integer);
  std::uint32_t size = 0;
  std::string_view bytes;
  if (tag != kBytes || kind == Value::Kind::kInteger || !cursor.TakeInteger(&size) ||
      !cursor.Take(size, &bytes)) {
    return false;
  }
  value->bytes = sdk::Text(bytes);
  return true;
}

}  // namespace

void AppendRecord(const Table& table, const Row& row, std::string* record) {
  AppendName(table, record);
  int at = 0;
  for (const Column& column : table.columns) {
    if (row.IsNull(at)) {
      record->push_back(kNull);
    } else if (column.kind == Value::Kind::kInteger) {
      AppendNumber(row.Int64(at), record);
    } else {
      AppendBytes(row.Text(at), record);
    }
    ++at;
  }
}

std::string PlaceOf(const Record& record) {
  std::string place;
  AppendName(*record.table, &place);
  for (std::size_t i = 0; i < record.table->key_columns; ++i) {
    const Value& value = record.values[i];
    if (value.kind == Value::Kind::kInteger) {
      AppendNumber(value.integer, &place);
    } else {
      AppendBytes(sdk::View(value.bytes), &place);
    }
  }
  return place;
}

std::optional<Record> ReadRecord(std::string_view bytes) {
  Cursor cursor(bytes);
  unsigned char name_size = 0;
  std::string_view name;
  if (!cursor.TakeInteger(&name_size) || !cursor.Take(name_size, &name)) return std::nullopt;
  Record record;
  record.table = FindTable(name);
  if (record.table == nullptr) return std::nullopt;
  for (const Column& column : record.table->columns) {
    Value& value = record.values.emplace_back(Value{column.kind, true, 0, {nullptr, 0}});
    const bool is_key = record.values.size() <= record.table->key_columns;
    if (cursor.at_end() && !is_key) continue;
    if (!TakeValue(cursor, column.kind, &value) || (is_key && value.is_null)) return std::nullopt;
  }
  if (!cursor.at_end()) return std::nullopt;
  return record;
}

}  // namespace molva::sql_common
