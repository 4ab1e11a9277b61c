// What waits for the writer and for the readers, and who must wait for whom.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "molva/store_plugin.h"

namespace molva::sql_common {

// Batches in order of arrival, and queries that are ready: those whose caller has no batch
// before them that is not answered. A query never waits for another caller's batches.
//
// Thread:  any.
// Borrows: batches and queries, as the contract allows, until they are answered.
// Bounded: `max_waiting` batches and as many queries; beyond, Add… says so.
class Queue {
 public:
  explicit Queue(std::size_t max_waiting) : max_waiting_(max_waiting) {}

  // Adds them so that the writer finds them together. Returns how many of the first were added;
  // for the others there is no room.
  std::size_t AddBatches(const molva_batch* batches, std::size_t count);
  bool AddQuery(const molva_query* query);

  // Waits for batches; takes at most `max_batches`, and no more than fit into `max_bytes` (but at
  // least one). Empty: the queue is closed and drained.
  std::vector<const molva_batch*> TakeBatches(std::size_t max_batches, std::size_t max_bytes);
  // The same, but waits no longer than `patience`; *is_drained says that nothing will come.
  std::vector<const molva_batch*> TakeBatches(std::size_t max_batches, std::size_t max_bytes,
                                              std::chrono::milliseconds patience, bool* is_drained);
  // The `count` batches taken last are committed or failed: lets the queries behind them go.
  void FinishBatches(std::size_t count);
  // Waits for a query; nullptr: closed and drained.
  const molva_query* TakeQuery();

  // No more will be added; takers get what is left, then nothing.
  void Close();

 private:
  std::vector<const molva_batch*> TakeLocked(std::size_t max_batches, std::size_t max_bytes);

  using Ticket = std::uint64_t;

  const std::size_t max_waiting_;
  std::mutex mutex_;
  std::condition_variable batch_added_;
  std::condition_variable query_ready_;
  std::deque<const molva_batch*> batches_;
  std::deque<const molva_query*> ready_;
  std::multimap<Ticket, const molva_query*> behind_;  // queries by the batch they wait for
  std::unordered_map<std::uint32_t, Ticket> last_of_caller_;
  Ticket last_added_ = 0;
  Ticket last_finished_ = 0;
  bool closed_ = false;
};

}  // namespace molva::sql_common
