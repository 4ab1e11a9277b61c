#include "claim.h"

#include <chrono>
#include <thread>

namespace molva::store_postgres {
namespace {

// The server may need a moment to see that a process is gone.
constexpr int kTries = 20;
constexpr std::chrono::milliseconds kBetweenTries(100);

}  // namespace

Outcome Claim::TryLock(Connection& connection) {
  bool is_ours = false;
  MOLVA_RETURN_UNLESS_OK(
      connection.ForEach("SELECT pg_try_advisory_lock(1836019574, hashtext(current_schema()))",
                         [&is_ours](const Row& row) {
                           is_ours = row.Int64(0) != 0;
                           return Next::kStop;
                         }));
  if (is_ours) return Done();
  return {MOLVA_UNAVAILABLE,
          "another node uses this database and schema; a schema serves one node at a time"};
}

Outcome Claim::Lock(Connection& connection) {
  Outcome outcome;
  for (int i = 0; i < kTries && connection.is_open(); ++i) {
    if (i > 0) std::this_thread::sleep_for(kBetweenTries);
    MOLVA_RETURN_UNLESS_OK(connection.Begin());
    outcome = TryLock(connection);
    MOLVA_RETURN_UNLESS_OK(connection.Rollback());  // which leaves a session lock as it is
    if (outcome.ok()) break;
  }
  return outcome;
}

Outcome Claim::Take(Connection& connection) {
  MOLVA_RETURN_UNLESS_OK(connection.Begin());
  MOLVA_RETURN_UNLESS_OK(connection.ForEach(
      "UPDATE writer SET epoch = epoch + 1, commits = 0 RETURNING epoch", [this](const Row& row) {
        epoch_ = row.Int64(0);
        return Next::kStop;
      }));
  Outcome why;
  (void)connection.Commit(&why);
  return why;
}

Outcome Claim::Retake(Connection& connection, std::int64_t* commits) {
  std::int64_t epoch = 0;
  MOLVA_RETURN_UNLESS_OK(connection.Begin());
  MOLVA_RETURN_UNLESS_OK(TryLock(connection));
  // Behind the lock, in a statement of its own: it sees what the former connection has committed.
  MOLVA_RETURN_UNLESS_OK(
      connection.ForEach("SELECT epoch, commits FROM writer", [&](const Row& row) {
        epoch = row.Int64(0);
        *commits = row.Int64(1);
        return Next::kStop;
      }));
  Outcome why;
  (void)connection.Commit(&why);
  MOLVA_RETURN_UNLESS_OK(why);
  if (epoch == epoch_) return Done();
  return {MOLVA_ABORTED, "another node has taken the database; this one must be started anew"};
}

}  // namespace molva::store_postgres
