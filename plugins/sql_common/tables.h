// The tables that every SQL store has, as copies of a whole store see them.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "sql_common/connection.h"

namespace molva::sql_common {

struct Column {
  std::string_view name;
  Value::Kind kind;
};

struct Table {
  std::string_view name;
  std::span<const Column> columns;  // those of the key first
  std::size_t key_columns;
  // The statements that copies need; each has an address of its own, as connections want it.
  const char* first_page;  // parameters: limit
  const char* next_page;   // parameters: the key behind which it begins, limit
  const char* insert;      // parameters: the columns

  std::span<const Column> key() const { return columns.first(key_columns); }
};

// In an order in which they can be filled. What a store can tell from the rest is left out: counts,
// the words of messages. Columns are only ever appended: a record without its
// last ones is one of an older store, which has NULL there.
std::span<const Table> AllTables();

// nullptr if there is none.
const Table* FindTable(std::string_view name);

}  // namespace molva::sql_common
