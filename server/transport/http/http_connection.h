// One connection as long as it speaks HTTP/1.1; an upgrade hands its socket on.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "session/connection.h"
#include "transport/endpoint.h"
#include "transport/endpoint_loop.h"
#include "transport/http/http_service.h"
#include "transport/http/request_parser.h"
#include "transport/socket.h"

namespace molva::transport {

// What connections of one door are served by. Outlives them.
struct HttpRules {
  const HttpService* service = nullptr;
  session::ConnectionAcceptor* acceptor = nullptr;
  std::string channels_path;
  std::function<bool(std::string_view key)> is_valid_api_key;
  std::function<bool()> has_room_for_session;
};

// Reads requests one by one, answers in order, keeps alive; does the TLS handshake before. A client
// that sends requests without reading answers is not read any more.
//
// Thread: the shard's. Borrows: the loop and the rules.
class HttpConnection final : public Endpoint {
 public:
  HttpConnection(EndpointLoop& loop, const HttpRules& rules, std::string remote_address);

  // The socket must tell its events to this connection.
  void Open(std::unique_ptr<Socket> socket);

  void OnReadable() override;
  void OnWritable() override;
  CoarseMillis OnDeadline(CoarseMillis now) override;
  void Flush() override { WriteQueued(); }
  Fate AfterTurn() override;
  void BeginShutdown() override;
  void Cut() override;

 private:
  enum class State {
    kHandshaking,  // of TLS
    kServing,
    kClosing,    // the last answer is queued
    kLingering,  // our half is closed: waiting for the end of theirs
    kGone,
  };

  bool HandshakeIsDone();
  void ReadOnce();
  void Consume(std::string_view input);
  void Serve(const HttpRequest& request, std::string_view rest);
  void Upgrade(const HttpRequest& request, const std::string& greeting, std::string_view rest);
  void Answer(const HttpResponse& response, const HttpRequest& request);
  void AnswerAndClose(const HttpResponse& response);
  void WriteQueued();
  void OnAllWritten();
  void SetDeadline(absl::Duration from_now);
  bool IsKeyValid(const HttpRequest& request) const;

  EndpointLoop& loop_;
  const HttpRules& rules_;
  const std::string remote_address_;
  std::unique_ptr<Socket> socket_;
  RequestParser parser_;
  std::string output_;
  std::string stash_;  // requests that wait for the client to read answers
  CoarseMillis deadline_ = 0;
  State state_ = State::kHandshaking;
  bool is_in_request_ = true;  // whose deadline is running
};

}  // namespace molva::transport
