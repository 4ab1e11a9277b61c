#include "runtime/asio_shard.h"

#include <fmt/core.h>
#include <pthread.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>

#include "base/check.h"
#include "runtime/signal_mask.h"

namespace molva::runtime {
namespace {

// A turn handles at most so many socket events before it flushes: a flood of readable sockets must
// not keep answers from leaving.
constexpr int kMaxEventsPerTurn = 512;

}  // namespace

// Keeps the io_context from running out of work while no socket is watched.
struct AsioShard::Work {
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard;
};

AsioShard::AsioShard(int index)
    : index_(index),
      io_context_(std::make_unique<boost::asio::io_context>(1)),
      work_(std::make_unique<Work>(Work{boost::asio::make_work_guard(*io_context_)})) {}

AsioShard::~AsioShard() {
  Stop();
  mailbox_.Close();
}

void AsioShard::Start() {
  MOLVA_CHECK(!thread_.joinable(), "a shard starts once");
  running_ = true;
  thread_ = std::thread([this] { Run(); });
}

void AsioShard::Stop() {
  if (!thread_.joinable()) return;
  Post([this] { running_ = false; });
  thread_.join();
}

bool AsioShard::IsOwnThread() const {
  return thread_id_.load(std::memory_order_relaxed) == std::this_thread::get_id();
}

void AsioShard::Post(Task task) {
  if (IsOwnThread()) {
    own_tasks_.push_back(std::move(task));
  } else if (mailbox_.Put(std::move(task)) == Mailbox::Wake::kNeeded) {
    boost::asio::post(*io_context_, [] {});
  }
}

TimerId AsioShard::StartTimer(absl::Duration delay, Task task) {
  const auto due = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(delay);
  return timers_.Add(due, std::move(task));
}

void AsioShard::CancelTimer(TimerId timer) { timers_.Cancel(timer); }

void AsioShard::AddTurnEndHook(TurnEndHook& hook) { hooks_.push_back(&hook); }

void AsioShard::RemoveTurnEndHook(TurnEndHook& hook) { std::erase(hooks_, &hook); }

void AsioShard::Run() {
  BlockAllSignals();
  pthread_setname_np(pthread_self(), fmt::format("shard-{}", index_).c_str());
  thread_id_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  while (running_) {
    RunMailbox();
    RunTimers();
    PollSockets();
    if (RunHooks() == TurnEndHook::Remaining::kNothing && running_) Sleep();
  }
  // What never ran dies here, where what it holds is at home. A destructor may post again.
  mailbox_.Close();
  timers_.Clear();
  while (!own_tasks_.empty()) std::exchange(own_tasks_, {}).clear();
  thread_id_.store(std::thread::id(), std::memory_order_relaxed);
}

void AsioShard::RunMailbox() {
  mailbox_.Take(batch_);
  for (Task& task : batch_) std::move(task)();
  batch_.clear();
  // Tasks that these tasks post wait for the next turn.
  batch_.swap(own_tasks_);
  for (Task& task : batch_) std::move(task)();
  batch_.clear();
}

void AsioShard::RunTimers() {
  const auto now = std::chrono::steady_clock::now();
  while (std::optional<Task> task = timers_.TakeDue(now)) (*task)();
}

void AsioShard::PollSockets() {
  for (int events = 0; events < kMaxEventsPerTurn; ++events) {
    if (io_context_->poll_one() == 0) return;
  }
}

TurnEndHook::Remaining AsioShard::RunHooks() {
  auto remaining = TurnEndHook::Remaining::kNothing;
  for (TurnEndHook* hook : hooks_) {
    if (hook->OnTurnEnd() == TurnEndHook::Remaining::kWork) {
      remaining = TurnEndHook::Remaining::kWork;
    }
  }
  return remaining;
}

void AsioShard::Sleep() {
  if (!own_tasks_.empty() || mailbox_.FallAsleep() == Mailbox::State::kHasMail) return;
  if (const auto due = timers_.NextDue()) {
    io_context_->run_one_until(*due);
  } else {
    io_context_->run_one();
  }
}

}  // namespace molva::runtime
