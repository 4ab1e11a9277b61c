#include "remote_plugin/call_loop.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "runtime/signal_mask.h"

namespace molva::remote_plugin {
namespace {

// So many completions are handled before the mailbox is looked at again.
constexpr int kCompletionsPerTurn = 256;

}  // namespace

CallLoop::CallLoop() = default;

CallLoop::~CallLoop() {
  Stop();
  // A queue that was never served has to be shut down and emptied too.
  if (!stopping_) DrainQueue();
}

void CallLoop::Start() {
  thread_ = std::thread([this] {
    runtime::BlockAllSignals();
    Run();
  });
}

void CallLoop::Stop() {
  if (!thread_.joinable()) return;
  Post([this] {
    stopping_ = true;
    timers_.clear();
    for (auto& [call, owned] : calls_) call->Cancel();
  });
  thread_.join();
}

void CallLoop::Post(runtime::Task task) {
  wakers_.fetch_add(1);
  if (mailbox_.Put(std::move(task)) == runtime::Mailbox::Wake::kNeeded &&
      !wake_pending_.exchange(true)) {
    alarm_.Set(&queue_, gpr_time_0(GPR_CLOCK_MONOTONIC), &wake_up_);
  }
  wakers_.fetch_sub(1);
}

void CallLoop::RunAt(absl::Time when, runtime::Task task) {
  if (!stopping_) timers_.emplace(when, std::move(task));
}

void CallLoop::Add(std::unique_ptr<Completion> call) {
  Completion* const tag = call.get();
  calls_.emplace(tag, std::move(call));
}

void CallLoop::Run() {
  while (!stopping_ || !calls_.empty()) {
    RunMailbox();
    RunCompletions();
    RunTimers();
    if (stopping_ && calls_.empty()) break;
    if (mailbox_.FallAsleep() == runtime::Mailbox::State::kAsleep) WaitForCompletion();
  }
  mailbox_.Close();
  while (wakers_.load() != 0) std::this_thread::yield();
  DrainQueue();
}

void CallLoop::RunMailbox() {
  mailbox_.Take(batch_);
  for (runtime::Task& task : batch_) task();
  batch_.clear();
}

void CallLoop::RunCompletions() {
  void* tag = nullptr;
  bool ok = false;
  for (int i = 0; i < kCompletionsPerTurn; ++i) {
    const auto next = queue_.AsyncNext(&tag, &ok, gpr_time_0(GPR_CLOCK_MONOTONIC));
    if (next != grpc::CompletionQueue::GOT_EVENT) return;
    Complete(tag, ok);
  }
}

void CallLoop::RunTimers() {
  const absl::Time now = Now();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    runtime::Task task = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    task();
  }
}

void CallLoop::WaitForCompletion() {
  void* tag = nullptr;
  bool ok = false;
  if (timers_.empty()) {
    if (queue_.Next(&tag, &ok)) Complete(tag, ok);
    return;
  }
  const absl::Duration wait = std::max(timers_.begin()->first - Now(), absl::ZeroDuration());
  const auto deadline = std::chrono::system_clock::now() + absl::ToChronoMicroseconds(wait);
  if (queue_.AsyncNext(&tag, &ok, deadline) == grpc::CompletionQueue::GOT_EVENT) Complete(tag, ok);
}

void CallLoop::Complete(void* tag, bool ok) {
  auto* const done = static_cast<Completion*>(tag);
  const auto at = calls_.find(done);
  if (at == calls_.end()) return done->Run(ok);  // the alarm
  const std::unique_ptr<Completion> owned = std::move(at->second);
  calls_.erase(at);
  owned->Run(ok);
}

void CallLoop::DrainQueue() {
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) Complete(tag, ok);
}

}  // namespace molva::remote_plugin
