// Moves what the write-ahead log holds into the database file, away from the writer.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "connection.h"
#include "writer.h"

namespace molva::store_sqlite {

// A thread with a connection of its own. While there are commits it checkpoints passively, which
// holds up nobody; when the log file has grown big and all of it has been moved, it is cut short,
// which the writer feels for a moment.
//
// Borrows: `connection` and `writer`.
class Checkpointer {
 public:
  Checkpointer(Connection& connection, const Writer& writer, sdk::Logger log);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

 private:
  void Run();
  void Checkpoint();

  Connection& connection_;
  const Writer& writer_;
  sdk::Logger log_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  bool is_failing_ = false;  // so that a long failure is logged once
  std::thread thread_;
};

}  // namespace molva::store_sqlite
