// A gRPC listener with sessions simple enough to predict.
#pragma once

#include <fmt/core.h>

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "runtime/asio_shard.h"
#include "session/connection.h"
#include "tests/support/catch.h"
#include "transport/grpc/grpc_listener.h"

namespace molva::test {

// What all sessions of a node have seen.
struct EchoTally {
  std::atomic<int> opened{0};
  std::atomic<int> closed{0};
  std::atomic<int> malformed{0};
  std::atomic<int> overflows{0};
  std::atomic<int> dropped{0};
  std::atomic<int> requests{0};
};

// Does what the `what` of a get says: "echo" answers with a ctrl of the same id; "count:N" sends N
// data packets; "big:N" one with N bytes of content; "presences:N" sends N pres; "close:R" closes
// with reason R; "pause" stops reading for a while. Anything else is answered 200.
class EchoSession final : public session::ConnectionHandler {
 public:
  EchoSession(session::Connection& connection, runtime::Shard& shard, EchoTally& tally,
              std::string address)
      : connection_(connection), shard_(shard), tally_(tally), address_(std::move(address)) {
    ++tally_.opened;
  }
  ~EchoSession() override { shard_.CancelTimer(resume_); }

  void OnRequest(absl::StatusOr<model::Request> request) override;
  void OnClosed() override { ++tally_.closed; }

 private:
  void Obey(const model::Request& request, std::string_view verb, int number);
  void Send(model::Packet packet);
  void Answer(const std::string& id, model::Fault fault);

  session::Connection& connection_;
  runtime::Shard& shard_;
  EchoTally& tally_;
  const std::string address_;
  runtime::TimerId resume_ = runtime::TimerId::kNone;
};

// Makes sessions up to a number.
class EchoAcceptor final : public session::ConnectionAcceptor {
 public:
  EchoAcceptor(runtime::Shard& shard, EchoTally& tally, int max_sessions)
      : shard_(shard), tally_(tally), max_sessions_(max_sessions) {}
  std::unique_ptr<session::ConnectionHandler> Accept(session::Connection& connection,
                                                     session::ConnectionInfo info) override {
    if (tally_.opened - tally_.closed >= max_sessions_) return nullptr;
    return std::make_unique<EchoSession>(connection, shard_, tally_, info.remote_address);
  }

 private:
  runtime::Shard& shard_;
  EchoTally& tally_;
  const int max_sessions_;
};

// Two shards and a listener on a free port of the loopback.
class EchoNode {
 public:
  explicit EchoNode(transport::GrpcOptions options = {}, int max_sessions = 1000);
  ~EchoNode();

  std::string address() const { return fmt::format("127.0.0.1:{}", listener_->port()); }
  transport::GrpcListener& listener() { return *listener_; }
  void DestroyListener() { listener_.reset(); }
  EchoTally& tally() { return tally_; }
  void StopShards();

 private:
  EchoTally tally_;
  std::vector<std::unique_ptr<runtime::AsioShard>> shards_;
  std::vector<std::unique_ptr<EchoAcceptor>> acceptors_;
  std::unique_ptr<transport::GrpcListener> listener_;
};

}  // namespace molva::test
