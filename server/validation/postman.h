// Brings letters on their way without holding anybody up.
#pragma once

#include <memory>

#include "runtime/shard.h"
#include "runtime/work_pool.h"
#include "validation/validator.h"

namespace molva::validation {

// Letters are sent on the pool. What could not be sent for now is tried again a few times; what is
// refused for good, or has waited too long, is logged without its contact and its code.
//
// Thread:  confined to `shard`.
// Borrows: `shard` and `pool`; validators outlive the tasks of the pool.
// Bounds:  the queue of the pool, and kMostWaiting letters that are to be tried again.
class Postman {
 public:
  Postman(runtime::Shard& shard, runtime::WorkPool& pool);
  ~Postman();
  Postman(const Postman&) = delete;
  Postman& operator=(const Postman&) = delete;

  static constexpr int kMostWaiting = 1024;

  // false: the pool is full, nothing is sent.
  [[nodiscard]] bool Take(const Validator& validator, Letter letter);

 private:
  struct Desk;
  struct Errand;
  using ErrandPtr = std::shared_ptr<Errand>;

  static bool Submit(const std::shared_ptr<Desk>& desk, ErrandPtr errand);
  static void OnSent(const std::shared_ptr<Desk>& desk, const ErrandPtr& errand,
                     const absl::Status& status);

  // Tasks and timers watch it to learn whether the postman is still there.
  std::shared_ptr<Desk> desk_;
};

}  // namespace molva::validation
