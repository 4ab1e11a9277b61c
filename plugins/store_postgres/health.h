// Whether the store can be used: what the writer tells the readers.
#pragma once

#include <atomic>

namespace molva::store_postgres {

// While it is down, queries are refused at once: there may be batches whose fate is not known, and
// a query must not be answered as if they were not there.
//
// Thread: any.
class Health {
 public:
  bool is_down() const { return is_down_.load(std::memory_order_acquire); }
  void SetDown() { is_down_.store(true, std::memory_order_release); }
  void SetUp() { is_down_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> is_down_{false};
};

}  // namespace molva::store_postgres
