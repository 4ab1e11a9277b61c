// A row of a table as bytes that any store can take.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql_common/tables.h"

namespace molva::sql_common {

// The form of a record: the length of the table's name in one byte, the name, and for each column
// one byte, which says what follows: 0 nothing (NULL), 1 an integer of eight bytes, lowest first,
// 2 a length of four bytes, lowest first, and so many bytes. A place is a record with the columns
// of the key alone.
struct Record {
  const Table* table = nullptr;
  std::vector<Value> values;  // as many as the table has columns; they borrow the record's bytes
};

void AppendRecord(const Table& table, const Row& row, std::string* record);
// The place of a record or of a place.
std::string PlaceOf(const Record& record);
// nullopt: it is no record of a table that there is, or its key is not whole.
std::optional<Record> ReadRecord(std::string_view bytes);

}  // namespace molva::sql_common
