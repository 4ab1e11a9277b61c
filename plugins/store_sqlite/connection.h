// SQLite as the rest of the plugin sees it: statements with typed parameters, errors as values.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "sql_common/connection.h"

namespace molva::store_sqlite {

using sdk::Done;
using sql_common::Next;
using sql_common::Outcome;
using sql_common::Row;

enum class Access : std::uint8_t { kReadWrite, kReadOnly };

// One connection with its prepared statements. All is carried out at once.
//
// Thread: one at a time.
// Errors: kUnavailable for what the disk or the machine did (full, I/O, locked, corrupt),
//         kAlreadyExists for a broken unique constraint, kInternal for the rest.
class Connection final : public sql_common::Connection {
 public:
  Connection() = default;
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Outcome Open(const std::string& path, Access access);
  sqlite3* handle() const { return db_; }
  bool InTransaction() const override { return sqlite3_get_autocommit(db_) == 0; }
  std::int64_t ChangedRows() const { return sqlite3_changes64(db_); }

  // Runs statements without parameters or rows; not prepared ahead.
  Outcome Execute(const char* sql);
  Outcome Define(const char* sql) override { return Execute(sql); }
  Outcome BeginReading() override { return Run("BEGIN"); }
  Outcome EndReading() override;
  Outcome BeginWriting() override { return Run("BEGIN IMMEDIATE"); }
  Outcome CommitWriting() override { return EndReading(); }
  void RollBack() override;
  // The outcome that stands for SQLite's `code`, with its message.
  Outcome Failure(int code) const;

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  Outcome RunStatement(const char* sql, std::span<const sql_common::Value> values) override;
  Outcome RunQuery(const char* sql, sql_common::Visitor visit,
                   std::span<const sql_common::Value> values) override;
  // Resets the statement when it is done.
  Outcome Step(const char* sql, const sql_common::Visitor* visit,
               std::span<const sql_common::Value> values);
  Outcome Prepare(const char* sql, sqlite3_stmt** out);

  sqlite3* db_ = nullptr;
  std::unordered_map<const char*, std::unique_ptr<sqlite3_stmt, Finalizer>> statements_;
};

}  // namespace molva::store_sqlite
