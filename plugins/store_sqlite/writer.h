// The one thread that writes: takes everything that waits, commits it once, answers after.
#pragma once

#include <atomic>
#include <thread>
#include <vector>

#include "connection.h"
#include "message_words.h"
#include "molva/store_plugin.h"
#include "sql_common/applier.h"
#include "sql_common/intake.h"

namespace molva::store_sqlite {

// Group commit. Batches grow by themselves under load; idle, a batch waits for nobody.
//
// A batch that breaks a rule fails alone. If COMMIT or the transaction itself fails, all its
// batches are answered MOLVA_UNAVAILABLE, the caches are dropped, and the next batches are tried
// afresh: a full disk is survived.
//
// Borrows: all arguments, which must outlive it.
class Writer {
 public:
  Writer(Connection& connection, sql_common::Intake& intake, sdk::Logger log);
  // The queue must be closed: finishes what waits.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // How often something was committed; tells the checkpointer whether there is work.
  std::uint64_t commits() const { return commits_.load(std::memory_order_relaxed); }

 private:
  void Run();
  void WriteGroup(const std::vector<const molva_batch*>& group);
  // Sets the outcome of each batch; the return value is the fate of the transaction.
  Outcome Commit(const std::vector<const molva_batch*>& group, std::vector<Outcome>& outcomes);

  Connection& connection_;
  sql_common::Intake& intake_;
  sdk::Logger log_;
  MessageWords words_;
  sql_common::Applier applier_;
  bool is_failing_ = false;  // so that a long failure is logged once
  std::atomic<std::uint64_t> commits_{0};
  std::thread thread_;
};

}  // namespace molva::store_sqlite
