// A thread that serves one completion queue of gRPC. Private to server/federation/link.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <grpcpp/alarm.h>
#include <grpcpp/completion_queue.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "runtime/mailbox.h"

namespace molva::federation {

class LinkStream;

// What waits in the completion queue: told once when its operation is done.
class Completion {
 public:
  virtual void Run(bool ok) = 0;

 protected:
  ~Completion() = default;
};

// Names a stream of one loop; never used twice.
using StreamId = std::uint64_t;

// Owns the streams whose operations complete in its queue.
//
// Thread: its own; Post, Tell, Start and Stop from others.
// Bounds: what is posted is bounded by the pipes: one write and one return of credits each.
class CompletionLoop {
 public:
  using Order = absl::AnyInvocable<void(LinkStream&)>;

  explicit CompletionLoop(std::unique_ptr<grpc::CompletionQueue> queue);
  // Stops first, if need be.
  ~CompletionLoop();
  CompletionLoop(const CompletionLoop&) = delete;
  CompletionLoop& operator=(const CompletionLoop&) = delete;

  void Start();
  // Cuts the streams and ends the thread once all have ended; a server whose queue this is must
  // have been shut down. Afterwards orders are dropped.
  void Stop();
  // Runs `task` on the loop's thread; destroys it unrun once the loop has stopped.
  void Post(runtime::Task task);
  // Has `order` done to the stream, unless that is gone.
  void Tell(StreamId stream, Order order);

  // For the streams, on this thread.
  StreamId Add(std::unique_ptr<LinkStream> stream);
  void Retire(StreamId stream);
  // nullptr if it is gone.
  LinkStream* Find(StreamId stream) const;
  bool stopping() const { return stopping_; }
  grpc::CompletionQueue& queue() const { return *queue_; }

 private:
  class WakeUp final : public Completion {
   public:
    explicit WakeUp(CompletionLoop& loop) : loop_(loop) {}
    void Run(bool ok) override;

   private:
    CompletionLoop& loop_;
  };

  void Run();
  void RunMailbox();
  void RunCompletions();
  void WaitForCompletion();
  void DrainQueue();

  const std::unique_ptr<grpc::CompletionQueue> queue_;
  runtime::Mailbox mailbox_;
  std::vector<runtime::Task> batch_;
  absl::flat_hash_map<StreamId, std::unique_ptr<LinkStream>> streams_;
  StreamId next_stream_ = 1;
  bool stopping_ = false;

  // An alarm must not be set again before it rang: wake_pending_ says whether it is set. wakers_
  // counts the threads that may be about to set it.
  WakeUp wake_up_{*this};
  grpc::Alarm alarm_;
  std::atomic<bool> wake_pending_{false};
  std::atomic<int> wakers_{0};
  std::thread thread_;
};

}  // namespace molva::federation
