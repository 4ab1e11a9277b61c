// A thread that serves one completion queue of gRPC. Private to server/transport/grpc.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <grpcpp/alarm.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/async_generic_service.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "runtime/mailbox.h"
#include "transport/grpc/stream_messages.h"

namespace molva::transport {

class GrpcDoor;

// What waits in the completion queue: told once when its operation is done.
class Completion {
 public:
  virtual void Run(bool ok) = 0;

 protected:
  ~Completion() = default;
};

// What all loops of a listener share.
struct GrpcSwitchboard {
  grpc::AsyncGenericService service;
  std::vector<std::shared_ptr<GrpcDoor>> doors;  // one per shard
  std::uint32_t max_streams = 0;
  std::atomic<std::uint32_t> live_streams{0};
  std::atomic<std::uint32_t> next_door{0};
};

// Owns the streams of its queue. Completions and commands are handled a batch at a time and only
// then reported, in one message to each shard: so a write begins after all that is ready was
// gathered.
//
// Thread:  its own; Post, Abandon, Start and Stop from others.
// Borrows: the switchboard.
// Bounds:  commands are bounded by the streams (one write and kReadCredits each).
class CompletionLoop {
 public:
  CompletionLoop(std::unique_ptr<grpc::ServerCompletionQueue> queue, GrpcSwitchboard& switchboard);
  ~CompletionLoop();
  CompletionLoop(const CompletionLoop&) = delete;
  CompletionLoop& operator=(const CompletionLoop&) = delete;

  void Start();
  // Ends the thread once all streams have ended; the server must have been shut down. Every Start
  // needs its Stop.
  void Stop();
  // From now on nothing is reported and every stream is cut: for when the shards have stopped.
  void Abandon();
  void Post(std::vector<StreamCommand> commands);

  // For the streams, on this thread.
  void Listen();
  void Report(GrpcDoor& door, StreamEvent event);
  void Retire(GrpcStream& stream);
  GrpcSwitchboard& switchboard() const { return switchboard_; }
  grpc::ServerCompletionQueue& queue() const { return *queue_; }

 private:
  class WakeUp final : public Completion {
   public:
    explicit WakeUp(CompletionLoop& loop) : loop_(loop) {}
    void Run(bool ok) override;

   private:
    CompletionLoop& loop_;
  };

  void Put(runtime::Task task);
  void Run();
  void RunMailbox();
  void RunCompletions();
  void SendReports();
  void WaitForCompletion();
  void DrainQueue();

  const std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  GrpcSwitchboard& switchboard_;
  runtime::Mailbox mailbox_;
  std::vector<runtime::Task> batch_;
  absl::flat_hash_map<GrpcStream*, std::unique_ptr<GrpcStream>> streams_;
  absl::flat_hash_map<GrpcDoor*, std::vector<StreamEvent>> reports_;
  bool started_ = false;
  bool stopping_ = false;
  bool abandoned_ = false;

  // An alarm must not be set again before it rang: wake_pending_ says whether it is set. wakers_
  // counts the threads that may be about to set it.
  WakeUp wake_up_{*this};
  grpc::Alarm alarm_;
  std::atomic<bool> wake_pending_{false};
  std::atomic<int> wakers_{0};
  std::thread thread_;
};

}  // namespace molva::transport
