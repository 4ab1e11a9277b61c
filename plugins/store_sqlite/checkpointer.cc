#include "checkpointer.h"

#include <chrono>

namespace molva::store_sqlite {
namespace {

constexpr std::chrono::milliseconds kInterval(200);
constexpr int kBigLogPages = 16384;  // 64 MiB
// A truncation waits for readers; better to come again than to hold up the writer.
constexpr int kTruncateTimeoutMs = 20;

}  // namespace

Checkpointer::Checkpointer(Connection& connection, const Writer& writer, sdk::Logger log)
    : connection_(connection), writer_(writer), log_(log), thread_([this] { Run(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_one();
  thread_.join();
}

void Checkpointer::Run() {
  sqlite3_busy_timeout(connection_.handle(), kTruncateTimeoutMs);
  std::uint64_t seen = 0;
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, kInterval, [this] { return stopping_; })) {
    const std::uint64_t commits = writer_.commits();
    if (commits == seen) continue;
    seen = commits;
    lock.unlock();
    Checkpoint();
    lock.lock();
  }
}

void Checkpointer::Checkpoint() {
  int log_pages = 0;
  int moved_pages = 0;
  int code = sqlite3_wal_checkpoint_v2(connection_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                       &log_pages, &moved_pages);
  if (code == SQLITE_OK && log_pages > kBigLogPages && moved_pages == log_pages) {
    code = sqlite3_wal_checkpoint_v2(connection_.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE,
                                     nullptr, nullptr);
  }
  const bool failed = code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY;
  if (failed && !is_failing_) {
    log_.Warning("the write-ahead log cannot be moved into the database: " +
                 connection_.Failure(code).why);
  }
  is_failing_ = failed;
}

}  // namespace molva::store_sqlite
