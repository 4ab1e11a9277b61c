#include "transport/grpc/completion_loop.h"

#include <utility>

#include "runtime/signal_mask.h"
#include "transport/grpc/grpc_door.h"
#include "transport/grpc/grpc_stream.h"

namespace molva::transport {
namespace {

// Streams that wait for a client at any time.
constexpr int kListeningStreams = 8;
// So many completions are handled before the shards hear of them.
constexpr int kCompletionsPerTurn = 512;

}  // namespace

CompletionLoop::CompletionLoop(std::unique_ptr<grpc::ServerCompletionQueue> queue,
                               GrpcSwitchboard& switchboard)
    : queue_(std::move(queue)), switchboard_(switchboard) {}

CompletionLoop::~CompletionLoop() {
  // A queue that was never served has to be shut down and emptied too.
  if (!started_) DrainQueue();
}

void CompletionLoop::Start() {
  started_ = true;
  for (int i = 0; i < kListeningStreams; ++i) Listen();
  thread_ = std::thread([this] {
    runtime::BlockAllSignals();
    Run();
  });
}

void CompletionLoop::Stop() {
  Put([this] { stopping_ = true; });
  thread_.join();
}

void CompletionLoop::Abandon() {
  Put([this] {
    abandoned_ = true;
    for (auto& [stream, owned] : streams_) {
      stream->Finish({{grpc::StatusCode::UNAVAILABLE, "the server stopped"},
                      StreamCommand::Finish::Mode::kCut});
    }
  });
}

void CompletionLoop::Post(std::vector<StreamCommand> commands) {
  Put([commands = std::move(commands)]() mutable {
    for (StreamCommand& command : commands) command.stream->Obey(std::move(command.action));
  });
}

void CompletionLoop::Put(runtime::Task task) {
  wakers_.fetch_add(1);
  if (mailbox_.Put(std::move(task)) == runtime::Mailbox::Wake::kNeeded &&
      !wake_pending_.exchange(true)) {
    alarm_.Set(queue_.get(), gpr_time_0(GPR_CLOCK_MONOTONIC), &wake_up_);
  }
  wakers_.fetch_sub(1);
}

void CompletionLoop::WakeUp::Run(bool) { loop_.wake_pending_ = false; }

void CompletionLoop::Listen() {
  auto stream = std::make_unique<GrpcStream>(*this);
  GrpcStream& listening = *stream;
  streams_.emplace(&listening, std::move(stream));
  listening.Listen();
}

void CompletionLoop::Report(GrpcDoor& door, StreamEvent event) {
  if (!abandoned_) reports_[&door].push_back(std::move(event));
}

void CompletionLoop::Retire(GrpcStream& stream) { streams_.erase(&stream); }

void CompletionLoop::Run() {
  while (!stopping_ || !streams_.empty()) {
    RunMailbox();
    RunCompletions();
    SendReports();
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

void CompletionLoop::SendReports() {
  for (auto& [door, events] : reports_) {
    if (!events.empty()) door->Receive(std::exchange(events, {}));
  }
}

void CompletionLoop::DrainQueue() {
  queue_->Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_->Next(&tag, &ok)) static_cast<Completion*>(tag)->Run(ok);
}

}  // namespace molva::transport
