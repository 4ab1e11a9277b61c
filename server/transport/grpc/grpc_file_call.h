// What uploads and downloads over gRPC have in common. Private to server/transport/grpc.
#pragma once

#include <absl/time/time.h>
#include <google/protobuf/message_lite.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "model/fault.h"
#include "runtime/shard.h"
#include "session/doorkeeper.h"
#include "transport/grpc/grpc_call.h"
#include "transport/grpc/stream_messages.h"

namespace molva::transport {

class CompletionLoop;

// A call about one file. It is open until it is answered or the client is gone. A client who is
// waited for longer than Limits::read_timeout is idle; while the medium is slow nobody is to blame.
//
// Thread: see GrpcCall. What it waits for knows it weakly.
class GrpcFileCall : public GrpcCall, public std::enable_shared_from_this<GrpcFileCall> {
 public:
  // Where the call came from.
  struct Origin {
    GrpcStream& stream;
    CompletionLoop& loop;
    std::string address;  // of the client
  };

  explicit GrpcFileCall(Origin origin) : origin_(std::move(origin)) {}

  void OnOpened(GrpcDoor& door) override;
  void OnPacket(const grpc::ByteBuffer& bytes) final;
  void OnInputEnd() final;
  void OnWritten() final;
  void OnBroken() final;
  void OnClosed() final;
  void Flush() final {}
  // What is under way may end in time; nothing begins any more.
  void BeginShutdown() final {}
  [[nodiscard]] bool EndWrite() final { return true; }

 protected:
  // Of an open call.
  virtual void OnElement(const grpc::ByteBuffer& bytes) = 0;
  virtual void OnEnd() = 0;   // of what the client sends
  virtual void OnRoom() = 0;  // what was sent is with the client
  virtual void OnIdle() = 0;
  // Not open any more: gives up what is under way. Possibly more than once.
  virtual void OnOver() = 0;

  bool is_open() const { return is_open_; }
  GrpcDoor& door() { return *door_; }
  const std::string& address() const { return origin_.address; }

  // Finds out who shows `scheme` and `secret` (base64); Nobody for an empty scheme. `done` may come
  // at once. Errors: those of Doorkeeper::Identify; kMalformed for what is not base64.
  void Identify(std::string scheme, const std::string& secret, session::Doorkeeper::Known done);
  // `step` of this object, if the call is still open then.
  template <typename Derived, typename Argument>
  auto WhileOpen(void (Derived::*step)(Argument)) {
    return [weak = weak_from_this(), step](Argument argument) {
      const std::shared_ptr<GrpcFileCall> self = weak.lock();
      if (self == nullptr || !self->is_open_) return;
      (static_cast<Derived&>(*self).*step)(std::forward<Argument>(argument));
    };
  }

  // Waits for so many elements more than are waited for already; none: for those.
  void Await(int elements);
  // Sends an element; OnRoom follows. One at a time.
  void Send(const google::protobuf::MessageLite& element);
  // Sends the last element and ends the call.
  void Answer(const google::protobuf::MessageLite& element);
  void Finish(grpc::Status status, StreamCommand::Finish::Mode mode);

 private:
  void WaitForClient();
  void OnTimer();

  const Origin origin_;
  GrpcDoor* door_ = nullptr;
  std::optional<absl::Time> waits_since_;  // for the client; nullopt: he is not waited for
  runtime::TimerId timer_ = runtime::TimerId::kNone;
  bool is_open_ = true;
};

// Sets code and text. Source: docs/protocol transports §8.
template <typename Element>
void SetOutcome(Element& element, model::Fault fault) {
  const model::FaultRow& row = model::RowOf(fault);
  element.set_code(row.code);
  element.set_text(fault == model::Fault::kOk ? "OK" : std::string(row.text));
}

// Reads an element. Errors: kMalformed as a Fault.
absl::Status ReadElement(const grpc::ByteBuffer& bytes, google::protobuf::MessageLite& element);

}  // namespace molva::transport
