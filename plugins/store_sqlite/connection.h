// SQLite as the rest of the plugin sees it: statements with typed parameters, errors as values.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

#include "molva/plugin.hpp"
#include "outcome.h"

namespace molva::store_sqlite {

// Bytes rather than text.
struct Blob {
  molva_text bytes;
};

// The row a statement stands on. Text is borrowed until the next step.
class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
  bool IsNull(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::int64_t Int64(int column) const { return sqlite3_column_int64(statement_, column); }
  std::uint64_t Id(int column) const { return static_cast<std::uint64_t>(Int64(column)); }
  std::int32_t Int32(int column) const { return static_cast<std::int32_t>(Int64(column)); }
  std::uint32_t Bits(int column) const { return static_cast<std::uint32_t>(Int64(column)); }
  // MOLVA_NO_TIME for NULL.
  std::int64_t Time(int column) const { return IsNull(column) ? MOLVA_NO_TIME : Int64(column); }
  // Text or bytes; empty for NULL.
  std::string_view Text(int column) const;

 private:
  sqlite3_stmt* statement_;
};

enum class Access : std::uint8_t { kReadWrite, kReadOnly };
enum class Next : std::uint8_t { kContinue, kStop };

// One connection with its prepared statements.
//
// Thread: one at a time.
// Errors: kUnavailable for what the disk or the machine did (full, I/O, locked, corrupt),
//         kAlreadyExists for a broken unique constraint, kInternal for the rest.
class Connection {
 public:
  Connection() = default;
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Outcome Open(const std::string& path, Access access);
  sqlite3* handle() const { return db_; }
  bool InTransaction() const { return sqlite3_get_autocommit(db_) == 0; }
  std::int64_t ChangedRows() const { return sqlite3_changes64(db_); }

  // Runs statements without parameters or rows; not prepared ahead.
  Outcome Execute(const char* sql);
  // Runs one statement. `sql` must live as long as the connection (a literal): its address is the
  // key of the cache. Parameters: integers, MOLVA text (NULL if empty), Blob, std::optional<int64>.
  template <typename... Args>
  Outcome Run(const char* sql, const Args&... args) {
    return ForEach(sql, [](const Row&) { return Next::kStop; }, args...);
  }
  // The same, calling `visit` with each row until it says kStop.
  template <typename Visit, typename... Args>
  Outcome ForEach(const char* sql, Visit visit, const Args&... args) {
    sqlite3_stmt* statement = nullptr;
    MOLVA_RETURN_UNLESS_OK(Prepare(sql, &statement));
    int place = 0;
    int code = SQLITE_OK;
    ((code = code == SQLITE_OK ? Bind(statement, ++place, args) : code), ...);
    const Row row(statement);
    if (code == SQLITE_OK) {
      while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        if (visit(row) == Next::kStop) break;
      }
    }
    Outcome outcome = code == SQLITE_ROW || code == SQLITE_DONE ? Done() : Failure(code);
    sqlite3_reset(statement);
    return outcome;
  }
  // The outcome that stands for SQLite's `code`, with its message.
  Outcome Failure(int code) const;

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  Outcome Prepare(const char* sql, sqlite3_stmt** out);
  static int Bind(sqlite3_stmt* statement, int place, molva_text text);
  static int Bind(sqlite3_stmt* statement, int place, std::string_view text);
  static int Bind(sqlite3_stmt* statement, int place, Blob blob);
  static int Bind(sqlite3_stmt* statement, int place, std::optional<std::int64_t> value);
  template <typename Integer>
    requires std::is_integral_v<Integer>
  static int Bind(sqlite3_stmt* statement, int place, Integer value) {
    return sqlite3_bind_int64(statement, place, static_cast<sqlite3_int64>(value));
  }

  sqlite3* db_ = nullptr;
  std::unordered_map<const char*, std::unique_ptr<sqlite3_stmt, Finalizer>> statements_;
};

}  // namespace molva::store_sqlite
