// What one shard has asked a storage plugin and not heard of yet.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/functional/any_invocable.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "plugin/call_stats.h"
#include "plugin/store_requests.h"
#include "plugin/store_rows.h"
#include "runtime/mutex.h"
#include "runtime/shard.h"
#include "store/store.h"

namespace molva::plugin {

// Turns a plugin's answer to a query into the task that gives it to the asker, on his shard.
using Reply = absl::AnyInvocable<runtime::Task(const absl::Status& status, const Rows& rows)>;

// Batches that are submitted together: the array that the plugin borrows, until the last of them
// is answered; hence shared by them.
struct SubmittedBatches {
  std::vector<molva_batch> batches;
  CallStats::Clock::time_point since;  // set before the plugin hears of them
};
using Submission = std::shared_ptr<SubmittedBatches>;

struct WaitingWrite {
  std::unique_ptr<BatchRequest> request;  // memory that the plugin borrows
  store::Written done;
  Submission submission;
};

struct WaitingQuery {
  std::unique_ptr<QueryRequest> request;  // memory that the plugin borrows
  Reply reply;
  CallStats::Clock::time_point since;
};

// The requests of one shard, by token. A token is the number of the caller and a count.
//
// Thread:  any, but Deliver… run on the shard what they post.
// Borrows: the shard.
class Caller {
 public:
  Caller(runtime::Shard& shard, std::uint32_t number, std::size_t max_waiting)
      : shard_(shard), number_(number), max_waiting_(max_waiting) {}

  static constexpr int kCountBits = 40;
  static std::uint64_t NumberOf(std::uint64_t token) { return token >> kCountBits; }

  runtime::Shard& shard() const { return shard_; }
  std::uint32_t number() const { return number_; }
  std::uint64_t NextToken();

  // Keeps the request until its answer. False: too many wait; `done` or `reply` is untouched.
  bool Keep(std::uint64_t token, WaitingWrite& write);
  bool Keep(std::uint64_t token, WaitingQuery& query);
  // nullopt: no such token waits: it was answered before, or never asked.
  std::optional<WaitingWrite> TakeWrite(std::uint64_t token);
  std::optional<WaitingQuery> TakeQuery(std::uint64_t token);

  // Runs `task` on the shard unless the store has gone by then.
  void Deliver(runtime::Task task, const std::shared_ptr<Caller>& self);
  // The store has gone: later answers are dropped. On the shard.
  void Leave() { has_left_.store(true, std::memory_order_release); }

 private:
  runtime::Shard& shard_;
  const std::uint32_t number_;
  const std::size_t max_waiting_;
  std::atomic<std::uint64_t> count_{0};
  std::atomic<bool> has_left_{false};
  runtime::Mutex mutex_;
  absl::flat_hash_map<std::uint64_t, WaitingWrite> writes_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::uint64_t, WaitingQuery> queries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace molva::plugin
