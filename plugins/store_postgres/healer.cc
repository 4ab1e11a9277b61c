#include "healer.h"

#include "backoff.h"

namespace molva::store_postgres {

void Healer::Start() {
  is_stopping_ = false;
  work_ = std::async(std::launch::async, [this] { Heal(); });
}

bool Healer::IsOver(std::chrono::milliseconds patience) {
  return work_.valid() && work_.wait_for(patience) == std::future_status::ready;
}

void Healer::Stop() {
  if (!work_.valid()) return;
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  stop_.notify_all();
  work_.wait();
}

Outcome Healer::Try() {
  MOLVA_RETURN_UNLESS_OK(connection_.Open(target_));
  return claim_.Retake(connection_, &commits_);
}

void Healer::Heal() {
  Backoff backoff;
  std::string told;
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, backoff.Next(), [this] { return is_stopping_; })) {
    lock.unlock();
    outcome_ = Try();
    lock.lock();
    if (outcome_.ok() || outcome_.code == MOLVA_ABORTED) return;
    connection_.Close();
    if (std::exchange(told, outcome_.why) != outcome_.why) {
      log_.Warning("no connection to the database yet: " + outcome_.why);
    }
  }
  outcome_ = {MOLVA_UNAVAILABLE, "the store is closing"};
}

}  // namespace molva::store_postgres
