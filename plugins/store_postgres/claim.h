// Whose the database is: one node writes, a second one is refused.
#pragma once

#include <cstdint>

#include "connection.h"

namespace molva::store_postgres {

// A session lock of the server, which ends with the connection, says who may write now; an epoch in
// the table `writer`, raised at each start, says whether anybody else has written since.
//
// Thread: one at a time.
class Claim {
 public:
  // Takes the lock, over a connection that stays open. May wait for two seconds.
  // Errors: kUnavailable if another node has it.
  static Outcome Lock(Connection& connection);
  // Behind it, and when the tables are there: starts an epoch.
  Outcome Take(Connection& connection);
  // Lock, after the connection was lost. Whatever the former one had begun is decided then.
  // `commits`: the number of the last commit that is there.
  // Errors: kUnavailable if the lock is held; kAborted if another node had the database meanwhile:
  //         that stays so.
  Outcome Retake(Connection& connection, std::int64_t* commits);
  std::int64_t epoch() const { return epoch_; }

 private:
  static Outcome TryLock(Connection& connection);

  std::int64_t epoch_ = 0;
};

}  // namespace molva::store_postgres
