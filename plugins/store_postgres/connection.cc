#include "connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "rows.h"
#include "sql_state.h"
#include "statement_text.h"

namespace molva::store_postgres {
namespace {

// The server ends what takes too long; one that does not even say that is gone.
constexpr std::chrono::milliseconds kPatienceBeyond(5000);

struct Clearer {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, Clearer>;

// One line, without the line end that libpq gives.
std::string OneLine(const char* message) {
  std::string line = message == nullptr ? "" : message;
  while (!line.empty() && line.back() == '\n') line.pop_back();
  for (char& c : line) {
    if (c == '\n') c = ' ';
  }
  return line;
}

void IgnoreNotice(void* /*context*/, const PGresult* /*result*/) {}

}  // namespace

void Connection::Finisher::operator()(pg_conn* handle) const { PQfinish(handle); }

Connection::~Connection() { Close(); }

Outcome Connection::Open(const Target& target) {
  Close();
  const std::string timeout = std::to_string(target.connect_timeout.count());
  // What stands before the DSN it may change.
  std::vector<const char*> names = {
      "application_name", "target_session_attrs", "connect_timeout",  "tcp_user_timeout",
      "keepalives_idle",  "keepalives_interval",  "keepalives_count", "dbname",
      "client_encoding"};
  std::vector<const char*> values = {"molvad", "read-write", timeout.c_str(),    "15000", "10",
                                     "5",      "3",          target.dsn.c_str(), "UTF8"};
  if (!target.password.empty()) {
    names.push_back("password");
    values.push_back(target.password.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  handle_.reset(PQconnectdbParams(names.data(), values.data(), 1));
  if (handle_ == nullptr) return {MOLVA_UNAVAILABLE, "out of memory"};
  if (PQstatus(handle_.get()) != CONNECTION_OK) {
    return Lost(OneLine(PQerrorMessage(handle_.get())));
  }
  PQsetNoticeReceiver(handle_.get(), IgnoreNotice, nullptr);
  patience_ = target.statement_timeout + kPatienceBeyond;
  return SetUp(target);
}

Outcome Connection::SetUp(const Target& target) {
  if (const char* encoding = PQparameterStatus(handle_.get(), "server_encoding");
      encoding == nullptr || std::strcmp(encoding, "UTF8") != 0) {
    Close();
    return {MOLVA_UNSUPPORTED, "the encoding of the database must be UTF8"};
  }
  if (PQsetnonblocking(handle_.get(), 1) != 0 || PQenterPipelineMode(handle_.get()) != 1) {
    return Lost(OneLine(PQerrorMessage(handle_.get())));
  }
  MOLVA_RETURN_UNLESS_OK(Execute("SET search_path = " + target.schema));
  MOLVA_RETURN_UNLESS_OK(
      Execute("SET statement_timeout = " + std::to_string(target.statement_timeout.count())));
  // Whoever takes a lock that we need, by hand, must not stop the node for ever.
  MOLVA_RETURN_UNLESS_OK(
      Execute("SET lock_timeout = " + std::to_string(target.statement_timeout.count())));
  MOLVA_RETURN_UNLESS_OK(Execute("SET jit = off"));
  // A server may be set up to acknowledge before it has written; we may not.
  return Execute(
      "SELECT set_config('synchronous_commit', 'on', false)"
      " WHERE current_setting('synchronous_commit') = 'off'");
}

void Connection::Close() {
  handle_.reset();
  pending_.clear();
  statements_.clear();
  state_ = State::kNone;
  failure_ = Done();
  has_sync_ = true;
}

Outcome Connection::Lost(std::string why) {
  Close();
  return {MOLVA_UNAVAILABLE, "postgres: " + (why.empty() ? "the connection was lost" : why)};
}

Outcome Connection::Prepare(const char* sql, std::span<const sql_common::Value> values,
                            std::string* name) {
  if (const auto at = statements_.find(sql); at != statements_.end()) {
    *name = at->second;
    return Done();
  }
  *name = "s" + std::to_string(++last_name_);
  const Parameters parameters(values);
  if (PQsendPrepare(handle_.get(), name->c_str(), StatementText(sql).c_str(), parameters.count(),
                    parameters.types()) != 1) {
    return Lost(OneLine(PQerrorMessage(handle_.get())));
  }
  statements_.emplace(sql, *name);
  pending_.push_back({Pending::Kind::kPrepare, sql});
  return Done();
}

Outcome Connection::Send(const char* sql, std::span<const sql_common::Value> values) {
  if (!is_open()) return {MOLVA_UNAVAILABLE, "postgres: not connected"};
  has_sync_ = false;
  std::string name;
  MOLVA_RETURN_UNLESS_OK(Prepare(sql, values, &name));
  const Parameters parameters(values);
  if (PQsendQueryPrepared(handle_.get(), name.c_str(), parameters.count(), parameters.data(),
                          parameters.sizes(), parameters.formats(), kBinary) != 1) {
    return Lost(OneLine(PQerrorMessage(handle_.get())));
  }
  pending_.push_back({Pending::Kind::kStatement, nullptr});
  return Done();
}

Outcome Connection::SendSync() {
  if (!is_open()) return {MOLVA_UNAVAILABLE, "postgres: not connected"};
  if (std::exchange(has_sync_, true)) return Done();
  if (PQpipelineSync(handle_.get()) != 1) return Lost(OneLine(PQerrorMessage(handle_.get())));
  pending_.push_back({Pending::Kind::kSync, nullptr});
  return Done();
}

// A server that went away while nothing happened has said so. Found out now, before anything is
// sent, it leaves no doubt about what is stored.
Outcome Connection::LookForEnd() {
  if (!is_open()) return {MOLVA_UNAVAILABLE, "postgres: not connected"};
  pollfd socket = {PQsocket(handle_.get()), POLLIN, 0};
  // Its last words come before the end.
  while (::poll(&socket, 1, 0) > 0) {
    if (PQconsumeInput(handle_.get()) != 1) return Lost(OneLine(PQerrorMessage(handle_.get())));
  }
  return Done();
}

Outcome Connection::StartTransaction(const char* sql) {
  MOLVA_RETURN_UNLESS_OK(LookForEnd());
  failure_ = Done();
  state_ = State::kNone;
  MOLVA_RETURN_UNLESS_OK(Send(sql, {}));
  state_ = State::kOpen;
  return Done();
}

Outcome Connection::RunStatement(const char* sql, std::span<const sql_common::Value> values) {
  if (!failure_.ok()) return failure_;
  return Send(sql, values);
}

Outcome Connection::RunQuery(const char* sql, sql_common::Visitor visit,
                             std::span<const sql_common::Value> values) {
  MOLVA_RETURN_UNLESS_OK(RunStatement(sql, values));
  if (PQsendFlushRequest(handle_.get()) != 1) return Lost(OneLine(PQerrorMessage(handle_.get())));
  return Drain(&visit);
}

Outcome Connection::Execute(const std::string& sql) {
  failure_ = Done();
  has_sync_ = false;
  if (PQsendQueryParams(handle_.get(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr,
                        kBinary) != 1) {
    return Lost(OneLine(PQerrorMessage(handle_.get())));
  }
  pending_.push_back({Pending::Kind::kStatement, nullptr});
  MOLVA_RETURN_UNLESS_OK(SendSync());
  return Drain(nullptr);
}

Fate Connection::Commit(Outcome* why) {
  *why = failure_;
  if (failure_.ok()) *why = Send("COMMIT", {});
  if (!why->ok()) return Fate::kUndone;
  *why = SendSync();
  if (why->ok()) *why = Drain(nullptr);
  if (!is_open()) return Fate::kUnknown;
  const bool is_committed = why->ok() && last_tag_ == "COMMIT";
  if (is_committed) state_ = State::kNone;
  if (!is_committed && why->ok()) *why = {MOLVA_UNAVAILABLE, "postgres: the transaction failed"};
  return is_committed ? Fate::kCommitted : Fate::kUndone;
}

Outcome Connection::CommitWriting() {
  Outcome why;
  switch (Commit(&why)) {
    case Fate::kCommitted:
      return Done();
    case Fate::kUnknown:
      return {MOLVA_UNAVAILABLE, "postgres: the connection was lost behind COMMIT: " + why.why};
    default:
      (void)Rollback();
      return why;
  }
}

Outcome Connection::Rollback() {
  if (!is_open()) return Done();
  failure_ = Done();
  Outcome outcome = Send("ROLLBACK", {});
  if (outcome.ok()) outcome = SendSync();
  if (outcome.ok()) outcome = Drain(nullptr);
  state_ = State::kNone;
  return outcome;
}

Outcome Connection::EndReading() {
  if (state_ != State::kOpen || !is_open()) return Rollback();
  state_ = State::kNone;
  MOLVA_RETURN_UNLESS_OK(Send("COMMIT", {}));
  MOLVA_RETURN_UNLESS_OK(SendSync());
  return Flush();
}

Outcome Connection::Drain(const sql_common::Visitor* visit) {
  while (!pending_.empty()) {
    const Pending pending = pending_.front();
    pending_.pop_front();
    const bool is_last = pending_.empty();
    MOLVA_RETURN_UNLESS_OK(ReadAnswer(pending, is_last ? visit : nullptr));
    // The server skips everything up to a sync.
    if (!failure_.ok()) MOLVA_RETURN_UNLESS_OK(SendSync());
  }
  return failure_;
}

Outcome Connection::ReadAnswer(const Pending& pending, const sql_common::Visitor* visit) {
  PGresult* raw = nullptr;
  if (pending.kind == Pending::Kind::kSync) {
    MOLVA_RETURN_UNLESS_OK(ReadResult(&raw));
    const Result result(raw);
    if (PQresultStatus(raw) != PGRES_PIPELINE_SYNC) return Lost("the pipeline is out of step");
    return Done();
  }
  // Rows one by one: an answer may be big, and `visit` may not want all.
  if (visit != nullptr && PQsetSingleRowMode(handle_.get()) != 1) {
    return Lost("the pipeline is out of step");
  }
  bool wants_more = visit != nullptr;
  for (;;) {
    MOLVA_RETURN_UNLESS_OK(ReadResult(&raw));
    const Result result(raw);
    if (raw == nullptr) return Done();
    switch (PQresultStatus(raw)) {
      case PGRES_SINGLE_TUPLE:
        wants_more = wants_more && (*visit)(ResultRow(raw)) == Next::kContinue;
        break;
      case PGRES_COMMAND_OK:
      case PGRES_TUPLES_OK:
        last_tag_ = PQcmdStatus(raw);
        break;
      default:
        TakeFailure(pending, raw);
    }
  }
}

void Connection::TakeFailure(const Pending& pending, const PGresult* result) {
  if (pending.kind == Pending::Kind::kPrepare) statements_.erase(pending.sql);
  if (state_ == State::kOpen) state_ = State::kFailed;
  if (!failure_.ok()) return;  // what comes behind the first one was skipped
  const char* code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  failure_ = {CodeOf(code == nullptr ? "" : code),
              std::string("postgres ") + (code == nullptr ? "" : code) + ": " + OneLine(message)};
  if (failure_.code == MOLVA_OK) failure_.code = MOLVA_INTERNAL;
}

Outcome Connection::ReadResult(PGresult** result) {
  *result = nullptr;
  MOLVA_RETURN_UNLESS_OK(Flush());
  while (PQisBusy(handle_.get()) != 0) MOLVA_RETURN_UNLESS_OK(WaitForInput());
  *result = PQgetResult(handle_.get());
  if (*result != nullptr && PQstatus(handle_.get()) == CONNECTION_BAD) {
    const std::string why = OneLine(PQresultErrorMessage(*result));
    PQclear(std::exchange(*result, nullptr));
    return Lost(why);
  }
  return Done();
}

Outcome Connection::WaitForInput() {
  const int unsent = PQflush(handle_.get());
  if (unsent < 0) return Lost(OneLine(PQerrorMessage(handle_.get())));
  pollfd socket = {PQsocket(handle_.get()), POLLIN, 0};
  if (unsent > 0) socket.events |= POLLOUT;
  const int ready = ::poll(&socket, 1, static_cast<int>(patience_.count()));
  if (ready < 0 && errno == EINTR) return Done();
  if (ready < 0) return Lost(std::strerror(errno));
  if (ready == 0) return Lost("the server says nothing");
  if ((socket.revents & ~POLLOUT) != 0 && PQconsumeInput(handle_.get()) != 1) {
    return Lost(OneLine(PQerrorMessage(handle_.get())));
  }
  return Done();
}

// Reads too while the server does not take more: else both could wait for each other.
Outcome Connection::Flush() {
  for (;;) {
    const int unsent = PQflush(handle_.get());
    if (unsent < 0) return Lost(OneLine(PQerrorMessage(handle_.get())));
    if (unsent == 0) return Done();
    MOLVA_RETURN_UNLESS_OK(WaitForInput());
  }
}

}  // namespace molva::store_postgres
