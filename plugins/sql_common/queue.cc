#include "sql_common/queue.h"

namespace molva::sql_common {
namespace {

// About how much a batch adds to a commit. Only messages and entries can be big in number and size.
std::size_t EstimateBytes(const molva_batch& batch) {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < batch.change_count; ++i) {
    const molva_change& change = *MOLVA_AT(molva_change, batch.changes, i);
    bytes += 64;
    if (change.kind == MOLVA_APPEND_MESSAGE) {
      const auto* message = static_cast<const molva_message*>(change.body);
      bytes += message->head.size + message->content.size;
    } else if (change.kind == MOLVA_APPEND_ENTRY) {
      const auto* entry = static_cast<const molva_entry*>(change.body);
      bytes += entry->body.size + entry->proof.size + entry->cause.size + entry->cause_proof.size +
               entry->payload.size;
    }
  }
  return bytes;
}

}  // namespace

std::size_t Queue::AddBatches(const molva_batch* batches, std::size_t count) {
  std::size_t added = 0;
  {
    const std::lock_guard lock(mutex_);
    for (; added < count && !closed_ && batches_.size() < max_waiting_; ++added) {
      const molva_batch* batch = MOLVA_AT(molva_batch, batches, added);
      batches_.push_back(batch);
      last_of_caller_[batch->caller] = ++last_added_;
    }
  }
  if (added > 0) batch_added_.notify_one();
  return added;
}

bool Queue::AddQuery(const molva_query* query) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || ready_.size() + behind_.size() >= max_waiting_) return false;
    const auto at = last_of_caller_.find(query->caller);
    if (at != last_of_caller_.end() && at->second > last_finished_) {
      behind_.emplace(at->second, query);
      return true;
    }
    ready_.push_back(query);
  }
  query_ready_.notify_one();
  return true;
}

std::vector<const molva_batch*> Queue::TakeBatches(std::size_t max_batches, std::size_t max_bytes) {
  std::unique_lock lock(mutex_);
  batch_added_.wait(lock, [this] { return closed_ || !batches_.empty(); });
  return TakeLocked(max_batches, max_bytes);
}

std::vector<const molva_batch*> Queue::TakeBatches(std::size_t max_batches, std::size_t max_bytes,
                                                   std::chrono::milliseconds patience,
                                                   bool* is_drained) {
  std::unique_lock lock(mutex_);
  batch_added_.wait_for(lock, patience, [this] { return closed_ || !batches_.empty(); });
  *is_drained = closed_ && batches_.empty();
  return TakeLocked(max_batches, max_bytes);
}

std::vector<const molva_batch*> Queue::TakeLocked(std::size_t max_batches, std::size_t max_bytes) {
  std::vector<const molva_batch*> taken;
  std::size_t bytes = 0;
  while (!batches_.empty() && taken.size() < max_batches) {
    bytes += EstimateBytes(*batches_.front());
    if (!taken.empty() && bytes > max_bytes) break;
    taken.push_back(batches_.front());
    batches_.pop_front();
  }
  return taken;
}

void Queue::FinishBatches(std::size_t count) {
  {
    const std::lock_guard lock(mutex_);
    last_finished_ += count;
    const auto end = behind_.upper_bound(last_finished_);
    for (auto at = behind_.begin(); at != end; ++at) ready_.push_back(at->second);
    behind_.erase(behind_.begin(), end);
  }
  query_ready_.notify_all();
}

const molva_query* Queue::TakeQuery() {
  std::unique_lock lock(mutex_);
  query_ready_.wait(lock, [this] { return !ready_.empty() || (closed_ && behind_.empty()); });
  if (ready_.empty()) return nullptr;
  const molva_query* query = ready_.front();
  ready_.pop_front();
  return query;
}

void Queue::Close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  batch_added_.notify_all();
  query_ready_.notify_all();
}

}  // namespace molva::sql_common
