// PostgreSQL as the rest of the plugin sees it: statements in a pipeline, errors as values.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>

#include "sql_common/connection.h"

// Of libpq.
struct pg_conn;
struct pg_result;

namespace molva::store_postgres {

using sdk::Done;
using sql_common::Next;
using sql_common::Outcome;
using sql_common::Row;

// Where the database is and how long to wait for it.
struct Target {
  std::string dsn;       // of libpq; several hosts are fine
  std::string password;  // or nothing
  std::string schema;
  std::chrono::milliseconds statement_timeout{30000};
  std::chrono::seconds connect_timeout{5};  // for each host
};

// How a transaction ended.
enum class Fate : std::uint8_t {
  kCommitted,
  kUndone,   // surely
  kUnknown,  // the connection was lost behind COMMIT
};

// One connection in pipeline mode with its prepared statements. Statements without rows are sent
// and their answers read later: by the next query, or at the end of the transaction. One that fails
// makes all the rest of the transaction fail.
//
// Thread: one at a time.
// Errors: kUnavailable for what the network and the server did, also when is_open() turns false;
//         kAlreadyExists for a broken unique constraint, kMalformed and kPolicy for values that
//         PostgreSQL cannot keep, kInternal for the rest.
class Connection final : public sql_common::Connection {
 public:
  Connection() = default;
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Connects, to a server that takes writes. May block for connect_timeout per host.
  Outcome Open(const Target& target);
  void Close();
  // False once it is lost; then it may be opened again.
  bool is_open() const { return handle_ != nullptr; }
  bool InTransaction() const override { return state_ == State::kOpen; }

  Outcome Begin() { return StartTransaction("BEGIN"); }
  // Ends the transaction; *why says what went wrong.
  Fate Commit(Outcome* why);
  // Ends a transaction that is not to be.
  Outcome Rollback();
  Outcome BeginReading() override {
    return StartTransaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  }
  // Does not wait.
  Outcome EndReading() override;
  Outcome BeginWriting() override { return Begin(); }
  Outcome CommitWriting() override;
  void RollBack() override { (void)Rollback(); }
  Outcome Define(const char* sql) override { return Run(sql); }
  // Runs statements without parameters, outside of a transaction; not prepared ahead.
  Outcome Execute(const std::string& sql);

 private:
  enum class State : std::uint8_t { kNone, kOpen, kFailed };
  struct Pending {
    enum class Kind : std::uint8_t { kPrepare, kStatement, kSync };
    Kind kind;
    const char* sql;  // of a kPrepare: the key in statements_
  };
  struct Finisher {
    void operator()(pg_conn* handle) const;
  };

  Outcome RunStatement(const char* sql, std::span<const sql_common::Value> values) override;
  Outcome RunQuery(const char* sql, sql_common::Visitor visit,
                   std::span<const sql_common::Value> values) override;
  Outcome SetUp(const Target& target);
  Outcome LookForEnd();
  Outcome StartTransaction(const char* sql);
  // Puts a statement into the pipeline.
  Outcome Send(const char* sql, std::span<const sql_common::Value> values);
  Outcome Prepare(const char* sql, std::span<const sql_common::Value> values, std::string* name);
  Outcome SendSync();
  // Reads the answers of all that is in the pipeline; `visit` gets the rows of the last statement.
  Outcome Drain(const sql_common::Visitor* visit);
  // Reads the answer of `pending`; the rows go to `visit` until it says kStop.
  Outcome ReadAnswer(const Pending& pending, const sql_common::Visitor* visit);
  void TakeFailure(const Pending& pending, const pg_result* result);
  Outcome ReadResult(pg_result** result);
  // Waits until the socket has something to read, writing what there is to write.
  Outcome WaitForInput();
  Outcome Flush();
  Outcome Lost(std::string why);

  std::unique_ptr<pg_conn, Finisher> handle_;
  std::chrono::milliseconds patience_{0};  // with a server that says nothing
  std::deque<Pending> pending_;
  std::unordered_map<const char*, std::string> statements_;  // names
  std::uint64_t last_name_ = 0;
  State state_ = State::kNone;
  Outcome failure_;       // the first of the transaction, or of statements outside
  bool has_sync_ = true;  // nothing was sent behind the last sync
  std::string last_tag_;  // what the last statement answered: "COMMIT"
};

}  // namespace molva::store_postgres
