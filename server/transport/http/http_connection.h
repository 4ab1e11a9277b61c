// One connection as long as it speaks HTTP/1.1; an upgrade hands its socket on.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "session/connection.h"
#include "transport/endpoint.h"
#include "transport/endpoint_loop.h"
#include "transport/files/file_door.h"
#include "transport/http/cors.h"
#include "transport/http/hook_door.h"
#include "transport/http/http_service.h"
#include "transport/http/proxy_rules.h"
#include "transport/http/request_parser.h"
#include "transport/http/response_writer.h"
#include "transport/longpoll/long_poll_host.h"
#include "transport/socket.h"

namespace molva::transport {

// What connections of one door are served by. Outlives them.
struct HttpRules {
  const HttpService* service = nullptr;
  const ProxyRules* proxies = nullptr;
  const CorsRules* cors = nullptr;
  session::ConnectionAcceptor* acceptor = nullptr;
  std::string channels_path;                // of WebSocket
  std::string long_poll_path;               // of long polling
  std::shared_ptr<LongPollHost> long_poll;  // shared with what is posted to it
  HookDoor* hooks = nullptr;                // null: the node has none
  FileRules files;
  std::function<bool(std::string_view key)> is_valid_api_key;
  std::function<bool()> has_room_for_session;
};

// Reads requests one by one, answers in order, keeps alive; does the TLS handshake before. A client
// that sends requests without reading answers is not read any more.
//
// Thread: the shard's. Borrows: the loop and the rules.
class HttpConnection final : public Endpoint, public runtime::FdEvents, public LongPollWaiter {
 public:
  HttpConnection(EndpointLoop& loop, const HttpRules& rules, std::string remote_address);

  // The socket must tell its events to this connection.
  void Open(std::unique_ptr<Socket> socket);
  // The same, for one that has served requests already; `rest` came behind the last.
  void GoOn(std::unique_ptr<Socket> socket, std::string_view rest);

  void OnReadable() override;
  void OnWritable() override;
  CoarseMillis OnDeadline(CoarseMillis now) override;
  void Flush() override { WriteQueued(); }
  Fate AfterTurn() override;
  void BeginShutdown() override;
  void Cut() override;
  void OnAnswer(LongPollAnswer answer) override;

 private:
  enum class State {
    kHandshaking,  // of TLS
    kServing,
    kAwaiting,   // an answer to a long poll or a hook; more requests wait in stash_
    kClosing,    // the last answer is queued
    kLingering,  // our half is closed: waiting for the end of theirs
    kGone,
  };

  // What of a request shapes the form of its answer.
  struct AnswerForm {
    HttpRequest::KeepAlive keep_alive = HttpRequest::KeepAlive::kYes;
    BodyPolicy body = BodyPolicy::kWritten;
  };
  static AnswerForm FormFor(const HttpRequest& request);

  bool HandshakeIsDone();
  void ReadOnce();
  void Consume(std::string_view input);
  HttpResponse MakeRefusal() const;
  void Serve(HttpRequest request, std::string_view rest);
  void AwaitLongPoll(HttpRequest request);
  void AwaitHook(const HttpRequest& request);
  // What is awaited is none of this connection's business any more.
  void ForgetAwaited();
  void ServeFile(HttpRequest request, std::string_view rest);
  void Upgrade(const HttpRequest& request, Compression compression, const std::string& greeting,
               std::string_view rest);
  void Answer(const HttpResponse& response, const HttpRequest& request) {
    Answer(response, FormFor(request));
  }
  void Answer(const HttpResponse& response, AnswerForm form);
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
  std::size_t written_bytes_ = 0;  // of output_
  std::string stash_;              // requests that wait for the client to read answers
  AnswerForm awaited_form_;
  std::string awaited_origin_;  // of the page that waits
  std::uint64_t ticket_ = 0;  // by which the long-poll host or the door of hooks knows the request
  bool awaits_hook_ = false;
  CoarseMillis deadline_ = 0;
  State state_ = State::kHandshaking;
  bool is_in_request_ = true;  // whose deadline is running
  bool has_polled_ = false;    // and may poll once more for the last word of its session
  bool is_stopping_ = false;   // of the node
};

}  // namespace molva::transport
