// The gRPC half of a stream: starts reads and writes, one of each at a time. Private to
// server/transport/grpc.
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/support/byte_buffer.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "transport/grpc/completion_loop.h"
#include "transport/grpc/stream_messages.h"

namespace molva::transport {

// One call, from the wait for a client to its end. It moves bytes between gRPC and the GrpcCall on
// the shard; only that decides that it ends.
//
// Thread: the loop's. The loop owns it until Retire.
class GrpcStream {
 public:
  explicit GrpcStream(CompletionLoop& loop);
  ~GrpcStream();
  GrpcStream(const GrpcStream&) = delete;
  GrpcStream& operator=(const GrpcStream&) = delete;

  // Waits for the next client.
  void Listen();
  // Does what the call on the shard wants.
  void Obey(decltype(StreamCommand::action) action);
  // Ends the call, once; does nothing while no client has come.
  void Finish(StreamCommand::Finish finish);

 private:
  template <void (GrpcStream::*kHandler)(bool)>
  class Operation final : public Completion {
   public:
    explicit Operation(GrpcStream& stream) : stream_(stream) {}
    void Run(bool ok) override {
      (stream_.*kHandler)(ok);
      stream_.OnOperationDone();  // may destroy the stream
    }

   private:
    GrpcStream& stream_;
  };

  void OnAccepted(bool ok);
  void OnRead(bool ok);
  void OnWritten(bool ok);
  void OnFinished(bool ok);
  void OnCallDone(bool ok);
  void OnOperationDone();

  // Who serves the method that the client called; nullptr for one that is not offered.
  std::shared_ptr<GrpcCall> MakeCall();
  void Open(std::shared_ptr<GrpcCall> opened);
  void Refuse(grpc::StatusCode code, const char* why);
  void AddCredits(int requests);
  void StartRead();
  void StartWrite(std::vector<grpc::ByteBuffer> elements);
  void WriteNext();
  void StartFinish();
  void Report(StreamEvent::Kind kind);

  CompletionLoop& loop_;
  grpc::GenericServerContext context_;
  grpc::GenericServerAsyncReaderWriter call_{&context_};
  Operation<&GrpcStream::OnAccepted> accepted_{*this};
  Operation<&GrpcStream::OnRead> read_{*this};
  Operation<&GrpcStream::OnWritten> written_{*this};
  Operation<&GrpcStream::OnFinished> finished_{*this};
  Operation<&GrpcStream::OnCallDone> call_done_{*this};

  GrpcDoor* door_ = nullptr;  // with half_, once a method was asked for that is offered
  GrpcCall* half_ = nullptr;  // on the shard
  grpc::ByteBuffer input_;
  std::vector<grpc::ByteBuffer> output_;
  std::size_t next_output_ = 0;
  std::optional<StreamCommand::Finish> finish_;
  int credits_ = 0;
  int operations_ = 0;  // that gRPC has yet to complete
  bool reading_ = false;
  bool writing_ = false;
  bool input_ended_ = false;
  bool accepted_call_ = false;
  bool ended_ = false;
};

}  // namespace molva::transport
