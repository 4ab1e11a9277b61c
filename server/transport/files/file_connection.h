// One connection for the length of a request about files; then it speaks plain HTTP again.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "transport/endpoint.h"
#include "transport/endpoint_loop.h"
#include "transport/files/file_door.h"
#include "transport/files/file_exchange.h"
#include "transport/socket.h"

namespace molva::transport {

// Moves the body in as far as the exchange wants it, and the answer out as far as the client takes
// it: neither side is read faster than the other one is written.
//
// Thread: the shard's. Borrows: the loop.
class FileConnection final : public Endpoint, public runtime::FdEvents, public FileClient {
 public:
  // Gets the socket back for the next request, with what of it has come already.
  using GoOn = std::function<void(std::unique_ptr<Socket> socket, std::string_view rest)>;

  // `greeting`: answers to earlier requests that are not written yet.
  FileConnection(EndpointLoop& loop, const FileRules& rules, HttpRequest request,
                 std::string greeting, GoOn go_on);
  ~FileConnection() override;

  // `rest`: what came behind the head of the request.
  void Open(std::unique_ptr<Socket> socket, std::string_view rest);

  void OnReadable() override;
  void OnWritable() override { WriteQueued(); }
  CoarseMillis OnDeadline(CoarseMillis now) override;
  void Flush() override { WriteQueued(); }
  Fate AfterTurn() override;
  void BeginShutdown() override;
  void Cut() override;

  void Answer(const HttpResponse& response) override;
  void Send(std::string bytes) override;
  void Break() override;
  void ReadBody() override;

 private:
  enum class State {
    kBody,       // of the request: comes, or is not wanted for now
    kAnswering,  // the answer goes out, but for `owed_bytes_` that are still to be sent
    kLingering,  // our half is closed: waiting for the end of theirs
    kGone,
  };

  void Take(std::string_view input);
  void TakeStash();
  void WriteQueued();
  void OnAllWritten();
  void Leave();
  void SetDeadline(absl::Duration from_now);

  EndpointLoop& loop_;
  const std::shared_ptr<FileExchange> exchange_;  // shared with what it waits for
  const HttpRequest::KeepAlive keep_alive_;
  const bool is_head_;
  bool expects_go_ahead_;  // the client waits for "100 Continue" with the body
  GoOn go_on_;
  std::unique_ptr<Socket> socket_;
  std::string output_;
  std::size_t written_bytes_ = 0;  // of output_
  std::string stash_;              // input that is not wanted yet
  std::int64_t body_left_;
  std::int64_t owed_bytes_ = 0;
  CoarseMillis deadline_ = 0;
  State state_ = State::kBody;
  bool is_stopping_ = false;  // of the node
  bool is_taking_ = false;    // bytes are being handed to the exchange
};

}  // namespace molva::transport
