#include "transport/http/http_connection.h"

#include "transport/http/response_writer.h"
#include "transport/websocket/handshake.h"
#include "transport/websocket/websocket_connection.h"

namespace molva::transport {
namespace {

using KeepAlive = HttpRequest::KeepAlive;

// More answers than this wait for nobody: the next request is served when they are written.
constexpr std::size_t kMaxUnwrittenBytes = 64 * 1024;

}  // namespace

HttpConnection::HttpConnection(EndpointLoop& loop, const HttpRules& rules,
                               std::string remote_address)
    : loop_(loop),
      rules_(rules),
      remote_address_(std::move(remote_address)),
      parser_(loop.limits().max_http_body_bytes) {}

void HttpConnection::Open(std::unique_ptr<Socket> socket) {
  socket_ = std::move(socket);
  SetDeadline(loop_.limits().handshake_timeout);
  socket_->AwaitReadable();
}

void HttpConnection::Cut() {
  state_ = State::kGone;
  loop_.WantAfterTurn(*this);
}

void HttpConnection::BeginShutdown() {
  if (state_ == State::kServing && !output_.empty()) {
    state_ = State::kClosing;
  } else {
    Cut();
  }
}

Endpoint::Fate HttpConnection::AfterTurn() {
  if (state_ == State::kGone) return Fate::kGone;
  if (!stash_.empty() && output_.size() < kMaxUnwrittenBytes) {
    const std::string stash = std::exchange(stash_, {});
    Consume(stash);
    if (state_ != State::kGone && stash_.empty()) socket_->AwaitReadable();
  }
  return state_ == State::kGone ? Fate::kGone : Fate::kStays;
}

bool HttpConnection::HandshakeIsDone() {
  if (state_ != State::kHandshaking) return true;
  const IoResult result = socket_->Handshake();
  if (result.kind == IoResult::Kind::kClosed) {
    Cut();
  } else if (result.kind == IoResult::Kind::kDone) {
    state_ = State::kServing;
  } else {
    socket_->Await(result.kind);
  }
  return state_ == State::kServing;
}

void HttpConnection::OnReadable() {
  if (state_ != State::kGone && HandshakeIsDone()) ReadOnce();
}

void HttpConnection::OnWritable() {
  if (state_ == State::kGone) return;
  const bool was_handshaking = state_ == State::kHandshaking;
  if (!HandshakeIsDone()) return;
  WriteQueued();
  if (was_handshaking && state_ != State::kGone) ReadOnce();
}

void HttpConnection::ReadOnce() {
  const std::span<char> buffer = loop_.read_buffer();
  const IoResult result = socket_->Read(buffer);
  if (result.kind == IoResult::Kind::kClosed) return Cut();
  if (result.kind != IoResult::Kind::kDone) return socket_->Await(result.kind);
  loop_.counters().bytes_in.Add(result.bytes);
  // What comes behind the last request is thrown away.
  if (state_ == State::kServing) Consume({buffer.data(), result.bytes});
  if (state_ != State::kGone && stash_.empty()) socket_->AwaitReadable();
}

void HttpConnection::Consume(std::string_view input) {
  while (state_ == State::kServing && !input.empty()) {
    if (output_.size() >= kMaxUnwrittenBytes) {
      stash_ = input;
      return;
    }
    const RequestParser::Progress progress = parser_.Take(input);
    if (progress == RequestParser::Progress::kBad) {
      return AnswerAndClose(MakeStatusResponse(parser_.error_status()));
    }
    if (progress == RequestParser::Progress::kNeedMore) break;
    is_in_request_ = false;
    HttpRequest request = parser_.Finish();
    request.remote_address = remote_address_;
    Serve(request, input);
  }
  if (state_ == State::kServing && parser_.has_begun() && !std::exchange(is_in_request_, true)) {
    SetDeadline(loop_.limits().handshake_timeout);
  }
}

void HttpConnection::Serve(const HttpRequest& request, std::string_view rest) {
  if (request.path != rules_.channels_path) return Answer(rules_.service->Answer(request), request);
  if (!IsKeyValid(request)) {
    return Answer(MakeFaultResponse(model::Fault::kApiKeyRequired), request);
  }
  if (request.method != "GET") {
    return Answer(MakeFaultResponse(model::Fault::kOperationNotAllowed), request);
  }
  const std::optional<std::string> greeting = AcceptHandshake(request);
  if (!greeting.has_value()) {
    HttpResponse refusal = MakeStatusResponse(400);
    refusal.headers.emplace_back("Sec-WebSocket-Version", "13");
    return Answer(refusal, request);
  }
  Upgrade(request, *greeting, rest);
}

bool HttpConnection::IsKeyValid(const HttpRequest& request) const {
  std::string key(request.Header("x-tinode-apikey"));
  if (key.empty()) key = request.QueryValue("apikey").value_or("");
  if (key.empty()) key = request.Cookie("apikey").value_or("");
  return rules_.is_valid_api_key(key);
}

void HttpConnection::Upgrade(const HttpRequest& request, const std::string& greeting,
                             std::string_view rest) {
  std::unique_ptr<session::ConnectionHandler> handler;
  // Answers to requests that were pipelined before this one go first.
  auto connection = std::make_unique<WebSocketConnection>(loop_, output_ + greeting);
  WebSocketConnection& opened = *connection;
  if (rules_.has_room_for_session()) {
    handler =
        rules_.acceptor->Accept(opened, {session::TransportKind::kWebSocket, remote_address_});
  }
  loop_.Adopt(std::move(connection));
  if (handler == nullptr) {
    opened.Cut();
    return Answer(MakeFaultResponse(model::Fault::kServiceUnavailable), request);
  }
  opened.Open(std::move(socket_), std::move(handler), rest);
  Cut();
}

void HttpConnection::Answer(const HttpResponse& response, const HttpRequest& request) {
  const auto body = request.method == "HEAD" ? BodyPolicy::kLeftOut : BodyPolicy::kWritten;
  output_ += RenderResponse(response, request.keep_alive, body);
  if (request.keep_alive == KeepAlive::kNo) state_ = State::kClosing;
  loop_.WantFlush(*this, session::Urgency::kReply);
}

void HttpConnection::AnswerAndClose(const HttpResponse& response) {
  output_ += RenderResponse(response, KeepAlive::kNo, BodyPolicy::kWritten);
  state_ = State::kClosing;
  loop_.WantFlush(*this, session::Urgency::kReply);
}

void HttpConnection::WriteQueued() {
  while (!output_.empty() && state_ != State::kGone) {
    const iovec part{output_.data(), output_.size()};
    const IoResult result = socket_->Write({&part, 1}, loop_.record_buffer());
    if (result.kind == IoResult::Kind::kClosed) return Cut();
    if (result.kind != IoResult::Kind::kDone) {
      SetDeadline(loop_.limits().write_timeout);
      return socket_->Await(result.kind);
    }
    loop_.counters().bytes_out.Add(result.bytes);
    output_.erase(0, result.bytes);
  }
  if (state_ != State::kGone) OnAllWritten();
}

void HttpConnection::OnAllWritten() {
  if (state_ == State::kClosing) {
    state_ = State::kLingering;
    socket_->ShutdownWrite();
    SetDeadline(loop_.limits().close_timeout);
  } else if (state_ == State::kServing && !is_in_request_) {
    SetDeadline(loop_.limits().http_idle_timeout);
  }
  if (!stash_.empty()) loop_.WantAfterTurn(*this);
}

void HttpConnection::SetDeadline(absl::Duration from_now) {
  deadline_ = loop_.now() + absl::ToInt64Milliseconds(from_now);
  loop_.WantDeadline(*this, deadline_);
}

CoarseMillis HttpConnection::OnDeadline(CoarseMillis now) {
  if (deadline_ <= now) {
    Cut();
    return now + absl::ToInt64Milliseconds(loop_.limits().http_idle_timeout);
  }
  return deadline_;
}

}  // namespace molva::transport
