// Gets a lost connection of the writer back, in a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <future>
#include <mutex>

#include "claim.h"
#include "connection.h"

namespace molva::store_postgres {

// Opens the connection and retakes the claim, again and again with pauses, until it succeeds, it is
// of no use, or it is to stop. Meanwhile the connection and the claim are the healer's.
//
// Thread:  the writer's.
// Borrows: all arguments, which must outlive it.
class Healer {
 public:
  Healer(const Target& target, Connection& connection, Claim& claim, sdk::Logger log)
      : target_(target), connection_(connection), claim_(claim), log_(log) {}
  ~Healer() { Stop(); }
  Healer(const Healer&) = delete;
  Healer& operator=(const Healer&) = delete;

  void Start();
  // Whether it is over, waiting no longer than `patience`.
  bool IsOver(std::chrono::milliseconds patience);
  // What came of it, once it is over: kAborted if another node has the database.
  Outcome outcome() const { return outcome_; }
  // The number of the last commit that is in the database.
  std::int64_t commits() const { return commits_; }
  void Stop();

 private:
  void Heal();
  Outcome Try();

  const Target& target_;
  Connection& connection_;
  Claim& claim_;
  sdk::Logger log_;
  std::future<void> work_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool is_stopping_ = false;
  Outcome outcome_;
  std::int64_t commits_ = 0;
};

}  // namespace molva::store_postgres
