// The shard's half of a link. Private to server/federation/link.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>
#include <grpcpp/support/byte_buffer.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "federation/identity/keys.h"
#include "federation/link/completion_loop.h"
#include "federation/link/pipe.h"
#include "runtime/shard.h"

namespace molva::federation {

// Frames wait here while reading is paused (at most kReadCredits), and to be written.
//
// Thread:  the shard's, but for Report…, which posts there, and Attach.
// Owns:    the queue. The pipe and the stream on its loop share it, so that either may go first.
// Borrows: the handler, until Abandon or its OnClosed.
// Full:    from kFullBytes on Send says so; over kMaxQueuedBytes, or when a write takes longer than
//          kWriteTimeout, the connection is cut.
class PipeEnd : public std::enable_shared_from_this<PipeEnd> {
 public:
  static constexpr std::size_t kFullBytes = 2 << 20;
  static constexpr std::size_t kMaxQueuedBytes = 32 << 20;
  static constexpr absl::Duration kWriteTimeout = absl::Seconds(60);
  static constexpr absl::Duration kCloseTimeout = absl::Seconds(5);

  PipeEnd(runtime::Shard& shard, PipeHandler& handler, std::shared_ptr<CompletionLoop> loop,
          StreamId stream)
      : shard_(shard), handler_(&handler), loop_(std::move(loop)), stream_(stream) {}

  // Has the stream send its frames here. Once, on any thread; before it nothing else.
  void Attach();

  Pipe::Room Send(std::string frame);
  void Close();
  void PauseReading() { paused_ = true; }
  void ResumeReading();
  // The pipe has gone: cuts the connection and calls nobody any more.
  void Abandon();

  // For the stream, on its own thread: each posts to the shard.
  static void ReportFrame(const std::shared_ptr<PipeEnd>& end, std::string frame);
  static void ReportWritten(const std::shared_ptr<PipeEnd>& end);
  static void ReportEnd(std::shared_ptr<PipeEnd> end, absl::Status why);

 private:
  enum class State { kOpen, kClosing, kClosed };

  void OnFrame(std::string frame);
  void OnWritten();
  void OnEnd(const absl::Status& why);
  void DeliverWaiting();
  void ScheduleFlush();
  void Flush();
  void Cut(absl::Status why);
  std::size_t queued_bytes() const { return outgoing_bytes_ + writing_bytes_; }
  void StartTimer(absl::Duration delay, absl::Status why);

  runtime::Shard& shard_;
  PipeHandler* handler_;  // nullptr: the pipe has gone
  const std::shared_ptr<CompletionLoop> loop_;
  const StreamId stream_;
  State state_ = State::kOpen;
  std::deque<std::string> incoming_;
  std::vector<grpc::ByteBuffer> outgoing_;
  std::size_t outgoing_bytes_ = 0;
  std::size_t writing_bytes_ = 0;                     // on their way to the peer
  runtime::TimerId timer_ = runtime::TimerId::kNone;  // of the write, then of the end
  bool writing_ = false;
  bool paused_ = false;
  bool flush_posted_ = false;
  bool delivery_posted_ = false;
  bool was_full_ = false;
};

// What the actor holds.
class GrpcPipe final : public Pipe {
 public:
  GrpcPipe(std::shared_ptr<PipeEnd> end, const PublicKey& peer_key)
      : end_(std::move(end)), peer_key_(peer_key) {}
  ~GrpcPipe() override { end_->Abandon(); }

  Room Send(std::string frame) override { return end_->Send(std::move(frame)); }
  void Close(std::string_view reason) override;
  void PauseReading() override { end_->PauseReading(); }
  void ResumeReading() override { end_->ResumeReading(); }
  const PublicKey& peer_key() const override { return peer_key_; }

 private:
  const std::shared_ptr<PipeEnd> end_;
  const PublicKey peer_key_;
};

}  // namespace molva::federation
