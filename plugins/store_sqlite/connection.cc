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

}  // namespace

std::string_view Row::Text(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size_bytes = sqlite3_column_bytes(statement_, column);
  if (data == nullptr || size_bytes <= 0) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size_bytes)};
}

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

// Text is bound without a copy: it outlives the step, and every run binds all parameters anew.
int Connection::Bind(sqlite3_stmt* statement, int place, molva_text text) {
  if (text.size == 0) return sqlite3_bind_null(statement, place);
  return sqlite3_bind_text64(statement, place, text.data, text.size, SQLITE_STATIC, SQLITE_UTF8);
}

int Connection::Bind(sqlite3_stmt* statement, int place, std::string_view text) {
  return Bind(statement, place, sdk::Text(text));
}

int Connection::Bind(sqlite3_stmt* statement, int place, Blob blob) {
  if (blob.bytes.size == 0) return sqlite3_bind_zeroblob(statement, place, 0);
  return sqlite3_bind_blob64(statement, place, blob.bytes.data, blob.bytes.size, SQLITE_STATIC);
}

int Connection::Bind(sqlite3_stmt* statement, int place, std::optional<std::int64_t> value) {
  return value.has_value() ? sqlite3_bind_int64(statement, place, *value)
                           : sqlite3_bind_null(statement, place);
}

}  // namespace molva::store_sqlite
