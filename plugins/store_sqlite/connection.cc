#include "connection.h"

namespace molva::store_sqlite {
namespace {

// Long enough for the checkpoint thread to finish a truncation.
constexpr int kBusyTimeoutMs = 5000;

molva_code CodeOf(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
      return MOLVA_OK;
    case SQLITE_CONSTRAINT:
      return MOLVA_ALREADY_EXISTS;
    case SQLITE_TOOBIG:
      return MOLVA_POLICY;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_PROTOCOL:
      return MOLVA_UNAVAILABLE;
    default:
      return MOLVA_INTERNAL;
  }
}

// The row a statement stands on.
class StatementRow final : public Row {
 public:
  explicit StatementRow(sqlite3_stmt* statement) : statement_(statement) {}
  bool IsNull(int column) const override {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  std::int64_t Int64(int column) const override { return sqlite3_column_int64(statement_, column); }
  std::string_view Text(int column) const override;

 private:
  sqlite3_stmt* statement_;
};

std::string_view StatementRow::Text(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size_bytes = sqlite3_column_bytes(statement_, column);
  if (data == nullptr || size_bytes <= 0) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size_bytes)};
}

// Bytes are bound without a copy: they outlive the step, and every run binds all parameters anew.
int Bind(sqlite3_stmt* statement, int place, const sql_common::Value& value) {
  using Kind = sql_common::Value::Kind;
  if (value.is_null) return sqlite3_bind_null(statement, place);
  const molva_text bytes = value.bytes;
  switch (value.kind) {
    case Kind::kText:
      return sqlite3_bind_text64(statement, place, bytes.data, bytes.size, SQLITE_STATIC,
                                 SQLITE_UTF8);
    case Kind::kBlob:
      if (bytes.size == 0) return sqlite3_bind_zeroblob(statement, place, 0);
      return sqlite3_bind_blob64(statement, place, bytes.data, bytes.size, SQLITE_STATIC);
    default:
      return sqlite3_bind_int64(statement, place, value.integer);
  }
}

}  // namespace

Connection::~Connection() {
  statements_.clear();
  sqlite3_close(db_);
}

Outcome Connection::Open(const std::string& path, Access access) {
  const int flags = (access == Access::kReadOnly ? SQLITE_OPEN_READONLY
                                                 : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
  const int code = sqlite3_open_v2(path.c_str(), &db_, flags, nullptr);
  if (code != SQLITE_OK) return Failure(code);
  sqlite3_extended_result_codes(db_, 1);
  sqlite3_busy_timeout(db_, kBusyTimeoutMs);
  return Execute("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384");
}

Outcome Connection::Execute(const char* sql) {
  const int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? Done() : Failure(code);
}

Outcome Connection::Failure(int code) const {
  const char* message = db_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(db_);
  return {CodeOf(code), std::string("sqlite ") + std::to_string(code) + ": " + message};
}

Outcome Connection::Prepare(const char* sql, sqlite3_stmt** out) {
  auto& slot = statements_[sql];
  if (slot == nullptr) {
    sqlite3_stmt* fresh = nullptr;
    const int code = sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &fresh, nullptr);
    if (code != SQLITE_OK) return Failure(code);
    slot.reset(fresh);
  }
  *out = slot.get();
  return Done();
}

Outcome Connection::Step(const char* sql, const sql_common::Visitor* visit,
                         std::span<const sql_common::Value> values) {
  sqlite3_stmt* statement = nullptr;
  MOLVA_RETURN_UNLESS_OK(Prepare(sql, &statement));
  int place = 0;
  int code = SQLITE_OK;
  for (const sql_common::Value& value : values) {
    if (code == SQLITE_OK) code = Bind(statement, ++place, value);
  }
  const StatementRow row(statement);
  if (code == SQLITE_OK) {
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      if (visit == nullptr || (*visit)(row) == Next::kStop) break;
    }
  }
  Outcome outcome = code == SQLITE_ROW || code == SQLITE_DONE ? Done() : Failure(code);
  sqlite3_reset(statement);
  return outcome;
}

Outcome Connection::RunStatement(const char* sql, std::span<const sql_common::Value> values) {
  return Step(sql, nullptr, values);
}

Outcome Connection::RunQuery(const char* sql, sql_common::Visitor visit,
                             std::span<const sql_common::Value> values) {
  return Step(sql, &visit, values);
}

Outcome Connection::EndReading() {
  Outcome end = Run("COMMIT");
  if (!end.ok()) RollBack();
  return end;
}

void Connection::RollBack() {
  if (InTransaction()) (void)Execute("ROLLBACK");
}

}  // namespace molva::store_sqlite
