// The gRPC half of a link: starts reads and writes, one of each at a time. Private to
// server/federation/link.
#pragma once

#include <absl/status/status.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "federation/link/completion_loop.h"

namespace molva::federation {

class PipeEnd;

// The path of the one method.
inline constexpr char kLinkPath[] = "/molva.federation.v1.Federation/Link";
// A frame slightly too long is still taken off the stream, so that its sender can be told apart
// from a broken connection.
inline constexpr int kMaxReceivedBytes = (1 << 20) + 64 * 1024;
// Frames of one link on their way to the shard or waiting there. Reading stops when they are used
// up; the pipe returns each when its frame was handled.
inline constexpr int kReadCredits = 4;

// One call, from its start to its end: what the calling and the called side have in common.
//
// Thread: the loop's, which owns it until all operations have completed.
class LinkStream {
 public:
  explicit LinkStream(CompletionLoop& loop) : loop_(loop) {}
  virtual ~LinkStream() = default;
  LinkStream(const LinkStream&) = delete;
  LinkStream& operator=(const LinkStream&) = delete;

  void set_id(StreamId id) { id_ = id; }
  StreamId id() const { return id_; }

  // From now on `end` gets what comes.
  void Attach(std::shared_ptr<PipeEnd> end);
  // Elements of the stream, in order. Not before the Write before has ended.
  void Write(std::vector<grpc::ByteBuffer> frames);
  void AddCredits(int frames);
  // Ends the stream after the Write under way.
  void Close();
  // Ends it at once; the pipe's end is told `why`.
  void Cut(absl::Status why);

 protected:
  template <typename Stream, void (Stream::*kHandler)(bool)>
  class Operation final : public Completion {
   public:
    explicit Operation(Stream& stream) : stream_(stream) {}
    void Run(bool ok) override {
      (stream_.*kHandler)(ok);
      stream_.OnOperationDone();  // may destroy the stream
    }

   private:
    Stream& stream_;
  };

  // What differs between the sides. Each starts one operation.
  virtual void StartRead(grpc::ByteBuffer* frame, Completion* done) = 0;
  virtual void StartWrite(const grpc::ByteBuffer& frame, Completion* done) = 0;
  virtual void TryCancel() = 0;
  // Takes the next step towards the end, if its time has come. Called after every change.
  virtual void Advance() = 0;
  // Why the other side ended the stream, once it has.
  virtual absl::Status PeersReason() = 0;
  // The peer has sent a frame to its end.
  virtual void OnWholeFrame() {}
  // The first frame of a stream without an end to report to.
  virtual void OnUnattachedFrame(std::string frame) = 0;

  void OnRead(bool ok);
  void OnWritten(bool ok);
  void OnOperationDone();
  // Operations are counted so that the stream outlives them.
  void CountOperation() { ++operations_; }
  // The last operation has begun: nothing is read or written any more.
  void SetFinishing() { finishing_ = true; }
  // No operation will follow.
  void SetEnded() { ended_ = true; }
  // Reads to the end without credits and throws away what comes.
  void Drain();
  // The connection is gone: nothing can be read or written.
  void SetBroken() { input_ended_ = output_broken_ = true; }

  CompletionLoop& loop() const { return loop_; }
  bool is_closing() const { return close_wanted_; }
  bool is_finishing() const { return finishing_; }
  bool input_ended() const { return input_ended_; }
  bool output_broken() const { return output_broken_; }
  bool is_writing() const { return writing_; }

 private:
  void ContinueReading();
  void TakeFrame(const grpc::ByteBuffer& bytes);
  void WriteNext();
  absl::Status FinalStatus();

  CompletionLoop& loop_;
  StreamId id_ = 0;
  Operation<LinkStream, &LinkStream::OnRead> read_{*this};
  Operation<LinkStream, &LinkStream::OnWritten> written_{*this};
  std::shared_ptr<PipeEnd> end_;  // shared with the pipe: whichever goes first
  grpc::ByteBuffer input_;
  std::vector<grpc::ByteBuffer> output_;
  std::size_t next_output_ = 0;
  std::optional<absl::Status> cut_;
  int credits_ = 0;
  int operations_ = 0;  // that gRPC has yet to complete
  bool reading_ = false;
  bool writing_ = false;
  bool input_ended_ = false;
  bool output_broken_ = false;
  bool close_wanted_ = false;
  bool draining_ = false;
  bool finishing_ = false;
  bool ended_ = false;
};

}  // namespace molva::federation
