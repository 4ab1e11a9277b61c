#include "federation/link/completion_loop.h"

#include <utility>

#include "federation/link/link_stream.h"
#include "runtime/signal_mask.h"

namespace molva::federation {
namespace {

// So many completions are handled before the mailbox is looked at again.
constexpr int kCompletionsPerTurn = 256;

}  // namespace

CompletionLoop::CompletionLoop(std::unique_ptr<grpc::CompletionQueue> queue)
    : queue_(std::move(queue)) {}

CompletionLoop::~CompletionLoop() {
  Stop();
  // A queue that was never served has to be shut down and emptied too.
  if (!stopping_) DrainQueue();
}

void CompletionLoop::Start() {
  thread_ = std::thread([this] {
    runtime::BlockAllSignals();
    Run();
  });
}

void CompletionLoop::Stop() {
  if (!thread_.joinable()) return;
  Post([this] {
    stopping_ = true;
    for (auto& [id, stream] : streams_) {
      stream->Cut(absl::UnavailableError("this server stops"));
    }
  });
  thread_.join();
}

void CompletionLoop::Post(runtime::Task task) {
  wakers_.fetch_add(1);
  if (mailbox_.Put(std::move(task)) == runtime::Mailbox::Wake::kNeeded &&
      !wake_pending_.exchange(true)) {
    alarm_.Set(queue_.get(), gpr_time_0(GPR_CLOCK_MONOTONIC), &wake_up_);
  }
  wakers_.fetch_sub(1);
}

void CompletionLoop::Tell(StreamId stream, Order order) {
  Post([this, stream, order = std::move(order)]() mutable {
    if (LinkStream* const found = Find(stream); found != nullptr) order(*found);
  });
}

void CompletionLoop::WakeUp::Run(bool) { loop_.wake_pending_ = false; }

StreamId CompletionLoop::Add(std::unique_ptr<LinkStream> stream) {
  const StreamId id = next_stream_++;
  streams_.emplace(id, std::move(stream));
  return id;
}

LinkStream* CompletionLoop::Find(StreamId stream) const {
  const auto at = streams_.find(stream);
  return at == streams_.end() ? nullptr : at->second.get();
}

void CompletionLoop::Retire(StreamId stream) { streams_.erase(stream); }

void CompletionLoop::Run() {
  while (!stopping_ || !streams_.empty()) {
    RunMailbox();
    RunCompletions();
    if (stopping_ && streams_.empty()) break;
    if (mailbox_.FallAsleep() == runtime::Mailbox::State::kAsleep) WaitForCompletion();
  }
  mailbox_.Close();
  while (wakers_.load() != 0) std::this_thread::yield();
  DrainQueue();
}

void CompletionLoop::RunMailbox() {
  mailbox_.Take(batch_);
  for (runtime::Task& task : batch_) task();
  batch_.clear();
}

void CompletionLoop::RunCompletions() {
  void* tag = nullptr;
  bool ok = false;
  for (int i = 0; i < kCompletionsPerTurn; ++i) {
    const auto next = queue_->AsyncNext(&tag, &ok, gpr_time_0(GPR_CLOCK_MONOTONIC));
    if (next != grpc::CompletionQueue::GOT_EVENT) return;
    static_cast<Completion*>(tag)->Run(ok);
  }
}

void CompletionLoop::WaitForCompletion() {
  void* tag = nullptr;
  bool ok = false;
  if (queue_->Next(&tag, &ok)) static_cast<Completion*>(tag)->Run(ok);
}

void CompletionLoop::DrainQueue() {
  queue_->Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_->Next(&tag, &ok)) static_cast<Completion*>(tag)->Run(ok);
}

}  // namespace molva::federation
