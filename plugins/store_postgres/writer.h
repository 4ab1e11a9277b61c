// The one thread that writes: takes everything that waits, commits it once, answers after.
#pragma once

#include <thread>
#include <vector>

#include "claim.h"
#include "connection.h"
#include "healer.h"
#include "health.h"
#include "message_words.h"
#include "sql_common/applier.h"
#include "sql_common/intake.h"

namespace molva::store_postgres {

// Group commit in one pipeline. Batches grow by themselves under load; idle, a batch waits for
// nobody.
//
// A batch that breaks a rule fails alone; one that the server refuses makes the whole transaction
// fail, whose batches are then tried one by one. When the connection is lost, batches are answered
// MOLVA_UNAVAILABLE until it is back, but those behind whose COMMIT it was lost wait: each
// transaction writes its number, which tells afterwards whether it is there.
//
// Borrows: all arguments, which must outlive it.
class Writer {
 public:
  Writer(const Target& target, Connection& connection, Claim& claim, sql_common::Intake& intake,
         Health& health, sdk::Logger log);
  // The queue must be closed: finishes what waits.
  ~Writer() { thread_.join(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

 private:
  using Group = std::vector<const molva_batch*>;

  void Run();
  void WriteGroup(const Group& group);
  // Sets the outcome of each batch as it will be if the transaction is committed.
  Fate Commit(const Group& group, std::vector<Outcome>& outcomes, Outcome* why);
  Outcome ApplyAll(const Group& group, std::vector<Outcome>& outcomes);
  // After a transaction that the server refused.
  void CommitOneByOne(const Group& group);
  void GoDown(const Outcome& why);
  // What is to be done while there is no connection; false: nothing more will come.
  bool RunDown();
  void ComeBack();
  // Answers the batches whose fate was not known.
  void Settle(const Outcome& fate);

  Connection& connection_;
  sql_common::Intake& intake_;
  Health& health_;
  sdk::Logger log_;
  Claim& claim_;
  Healer healer_;
  MessageWords words_;
  sql_common::Applier applier_;
  std::int64_t commits_ = 0;  // number of the last transaction
  Group unsettled_;
  std::vector<Outcome> unsettled_outcomes_;
  Outcome down_;  // why there is no connection
  bool is_failing_ = false;
  std::thread thread_;
};

}  // namespace molva::store_postgres
