// A database as what the SQL stores share sees it: statements with typed parameters, errors as
// values.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include "molva/plugin.hpp"
#include "sql_common/outcome.h"

namespace molva::sql_common {

// Bytes rather than text.
struct Blob {
  molva_text bytes;
};

// A parameter of a statement; borrows its bytes.
struct Value {
  enum class Kind : std::uint8_t { kInteger, kText, kBlob };

  Kind kind = Kind::kInteger;
  bool is_null = false;
  std::int64_t integer = 0;
  molva_text bytes = {nullptr, 0};
};

// Empty text is NULL, an empty Blob is not.
inline Value ToValue(molva_text text) { return {Value::Kind::kText, text.size == 0, 0, text}; }
inline Value ToValue(std::string_view text) { return ToValue(sdk::Text(text)); }
inline Value ToValue(Blob blob) { return {Value::Kind::kBlob, false, 0, blob.bytes}; }
inline Value ToValue(std::optional<std::int64_t> value) {
  return {Value::Kind::kInteger, !value.has_value(), value.value_or(0), {nullptr, 0}};
}
template <typename Integer>
  requires std::is_integral_v<Integer>
Value ToValue(Integer value) {
  return {Value::Kind::kInteger, false, static_cast<std::int64_t>(value), {nullptr, 0}};
}

// A row of an answer. Text is borrowed until the next one.
class Row {
 public:
  virtual bool IsNull(int column) const = 0;
  virtual std::int64_t Int64(int column) const = 0;
  // Text or bytes; empty for NULL.
  virtual std::string_view Text(int column) const = 0;

  std::uint64_t Id(int column) const { return static_cast<std::uint64_t>(Int64(column)); }
  std::int32_t Int32(int column) const { return static_cast<std::int32_t>(Int64(column)); }
  std::uint32_t Bits(int column) const { return static_cast<std::uint32_t>(Int64(column)); }
  // MOLVA_NO_TIME for NULL.
  std::int64_t Time(int column) const { return IsNull(column) ? MOLVA_NO_TIME : Int64(column); }

 protected:
  ~Row() = default;
};

enum class Next : std::uint8_t { kContinue, kStop };

// A borrowed callable that takes a row.
class Visitor {
 public:
  template <typename Visit>
  explicit Visitor(Visit& visit)
      : object_(&visit),
        call_([](void* object, const Row& row) { return (*static_cast<Visit*>(object))(row); }) {}
  Next operator()(const Row& row) const { return call_(object_, row); }

 private:
  void* object_;
  Next (*call_)(void*, const Row&);
};

// One connection.
//
// Statements are what SQLite and PostgreSQL both understand, with two liberties: parameters are
// "?", or all of them "?1" and on, and the reserved word `user` names tables and columns. They are
// literals: their address is the key of the cache of prepared statements.
//
// Thread: one at a time.
// Errors: kUnavailable for what the disk, the machine or the network did, kAlreadyExists for a
//         broken unique constraint.
class Connection {
 public:
  // Runs a statement that returns no rows. It may be carried out later, before the next ForEach or
  // the end of the transaction; then that tells of its failure.
  template <typename... Args>
  Outcome Run(const char* sql, const Args&... args) {
    const Value values[sizeof...(Args) + 1] = {ToValue(args)...};
    return RunStatement(sql, {values, sizeof...(Args)});
  }
  // Runs a query, calling `visit` with each row until it says kStop. `visit` must not use the
  // connection.
  template <typename Visit, typename... Args>
  Outcome ForEach(const char* sql, Visit visit, const Args&... args) {
    const Value values[sizeof...(Args) + 1] = {ToValue(args)...};
    return RunQuery(sql, Visitor(visit), {values, sizeof...(Args)});
  }
  // The same with as many parameters as the statement happens to have.
  Outcome RunWith(const char* sql, std::span<const Value> values) {
    return RunStatement(sql, values);
  }
  template <typename Visit>
  Outcome ForEachWith(const char* sql, Visit visit, std::span<const Value> values) {
    return RunQuery(sql, Visitor(visit), values);
  }
  // Runs what makes or changes tables, inside a transaction: one statement, of SQLite several.
  virtual Outcome Define(const char* sql) = 0;
  // Whether a transaction is open and still may be committed.
  virtual bool InTransaction() const = 0;
  // Between these all queries see the same state.
  virtual Outcome BeginReading() = 0;
  virtual Outcome EndReading() = 0;
  // A transaction that writes. CommitWriting says kUnavailable also of one that may have been
  // committed, when the connection broke just then.
  virtual Outcome BeginWriting() = 0;
  virtual Outcome CommitWriting() = 0;
  virtual void RollBack() = 0;

 protected:
  ~Connection() = default;

 private:
  virtual Outcome RunStatement(const char* sql, std::span<const Value> values) = 0;
  virtual Outcome RunQuery(const char* sql, Visitor visit, std::span<const Value> values) = 0;
};

}  // namespace molva::sql_common
