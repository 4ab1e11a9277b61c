#include "transport/http/http_connection.h"

#include <algorithm>
#include <utility>

#include "transport/files/file_connection.h"
#include "transport/websocket/handshake.h"
#include "transport/websocket/websocket_connection.h"

namespace molva::transport {
namespace {

using KeepAlive = HttpRequest::KeepAlive;

// More answers than this wait for nobody: the next request is served when they are written.
constexpr std::size_t kMaxUnwrittenBytes = 64 * 1024;
// So long, when the node stops, a client may take to poll for the last word of its session, and to
// send the rest of a request that it has begun.
constexpr absl::Duration kLastRequestTime = absl::Seconds(1);

constexpr int kPacketTooLarge = 417;

// Source: docs/protocol transports §4.
constexpr std::string_view kLongPollMethods = "GET, POST";
constexpr std::pair<std::string_view, std::string_view> kLongPollHeaders[] = {
    {"Cache-Control", "no-cache, no-store, must-revalidate"},
    {"Expires", "0"},
};

}  // namespace

HttpConnection::HttpConnection(EndpointLoop& loop, const HttpRules& rules,
                               std::string remote_address)
    : loop_(loop),
      rules_(rules),
      remote_address_(std::move(remote_address)),
      parser_(std::max(loop.limits().max_http_body_bytes, loop.limits().max_message_bytes),
              rules.files.door.files == nullptr ? std::string() : std::string(kFilesPath)) {}

void HttpConnection::Open(std::unique_ptr<Socket> socket) {
  socket_ = std::move(socket);
  SetDeadline(loop_.limits().handshake_timeout);
  socket_->AwaitReadable();
}

void HttpConnection::GoOn(std::unique_ptr<Socket> socket, std::string_view rest) {
  socket_ = std::move(socket);
  socket_->Redirect(*this);
  state_ = State::kServing;
  is_in_request_ = false;
  SetDeadline(loop_.limits().http_idle_timeout);
  stash_ = rest;
  if (stash_.empty()) return socket_->AwaitReadable();
  loop_.WantAfterTurn(*this);
}

void HttpConnection::Cut() {
  state_ = State::kGone;
  ForgetAwaited();
  loop_.WantAfterTurn(*this);
}

void HttpConnection::ForgetAwaited() {
  const std::uint64_t ticket = std::exchange(ticket_, 0);
  if (ticket == 0) return;
  awaits_hook_ ? rules_.hooks->Forget(ticket) : rules_.long_poll->Forget(ticket);
}

void HttpConnection::BeginShutdown() {
  is_stopping_ = true;
  // An answer that is to come or on its way, the last word of a session perhaps, is not cut off.
  if (state_ != State::kHandshaking && state_ != State::kServing) return;
  // A connection that is new counts as one with a request under way.
  const bool may_ask = is_in_request_ || has_polled_;
  if (state_ == State::kHandshaking || may_ask) return SetDeadline(kLastRequestTime);
  if (output_.empty()) return Cut();
  state_ = State::kClosing;
}

Endpoint::Fate HttpConnection::AfterTurn() {
  if (state_ == State::kGone) return Fate::kGone;
  if (state_ == State::kServing && !stash_.empty() && output_.size() < kMaxUnwrittenBytes) {
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
  const std::string_view input(buffer.data(), result.bytes);
  if (state_ == State::kAwaiting) {
    stash_ += input;
  } else if (state_ == State::kServing) {
    Consume(input);
  }
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
      return AnswerAndClose(MakeRefusal());
    }
    if (progress == RequestParser::Progress::kNeedMore) break;
    is_in_request_ = false;
    HttpRequest request = parser_.Finish();
    request.remote_address = rules_.proxies->ClientAddress(request, remote_address_);
    Serve(std::move(request), input);
  }
  if (state_ == State::kAwaiting) stash_ = input;
  if (state_ == State::kServing && parser_.has_begun() && !std::exchange(is_in_request_, true)) {
    SetDeadline(loop_.limits().handshake_timeout);
  }
}

HttpResponse HttpConnection::MakeRefusal() const {
  HttpResponse refusal = MakeStatusResponse(parser_.error_status());
  // A packet that is too long has a status of its own. Source: docs/protocol transports §4.
  if (parser_.path() != rules_.long_poll_path || refusal.status != kBodyTooLarge) return refusal;
  refusal = MakeFaultResponse(model::Fault::kMalformed);
  refusal.status = kPacketTooLarge;
  return refusal;
}

void HttpConnection::Serve(HttpRequest request, std::string_view rest) {
  if (rules_.files.door.files != nullptr && request.path.starts_with(kFilesPath)) {
    return ServeFile(std::move(request), rest);
  }
  // Its secret stands for a key.
  if (rules_.hooks != nullptr && request.path.starts_with(kHookPath)) return AwaitHook(request);
  const bool is_long_poll = request.path == rules_.long_poll_path;
  if (!is_long_poll && request.path != rules_.channels_path) {
    return Answer(rules_.service->Answer(request), request);
  }
  // A browser asks before it sends anything of its page, so without the key too.
  if (is_long_poll && CorsRules::IsPreflight(request)) {
    return Answer(rules_.cors->AnswerPreflight(request, kLongPollMethods), request);
  }
  if (!IsKeyValid(request)) {
    return Answer(MakeFaultResponse(model::Fault::kApiKeyRequired), request);
  }
  if (is_long_poll) return AwaitLongPoll(std::move(request));
  if (request.method != "GET") {
    return Answer(MakeFaultResponse(model::Fault::kOperationNotAllowed), request);
  }
  std::optional<std::string> extensions;
  if (loop_.limits().websocket_compression == Compression::kPerMessage) {
    extensions = AcceptCompression(request);
  }
  const std::optional<std::string> greeting = AcceptHandshake(request, extensions.value_or(""));
  if (!greeting.has_value()) {
    HttpResponse refusal = MakeStatusResponse(400);
    refusal.headers.emplace_back("Sec-WebSocket-Version", "13");
    return Answer(refusal, request);
  }
  Upgrade(request, extensions.has_value() ? Compression::kPerMessage : Compression::kNone,
          *greeting, rest);
}

void HttpConnection::ServeFile(HttpRequest request, std::string_view rest) {
  const std::string_view place = std::string_view(request.path).substr(kFilesPath.size());
  if (place != "u" && !place.starts_with("u/") && !place.starts_with("s/")) {
    return AnswerAndClose(MakeFaultResponse(model::Fault::kNotFound));
  }
  if (is_stopping_) return AnswerAndClose(MakeFaultResponse(model::Fault::kServiceUnavailable));
  auto connection = std::make_unique<FileConnection>(
      loop_, rules_.files, std::move(request), output_.substr(written_bytes_),
      [&loop = loop_, &rules = rules_, address = remote_address_](std::unique_ptr<Socket> socket,
                                                                  std::string_view next) {
        auto http = std::make_unique<HttpConnection>(loop, rules, address);
        HttpConnection& opened = *http;
        loop.Adopt(std::move(http));
        opened.GoOn(std::move(socket), next);
      });
  FileConnection& opened = *connection;
  loop_.Adopt(std::move(connection));
  opened.Open(std::move(socket_), rest);
  Cut();
}

void HttpConnection::AwaitLongPoll(HttpRequest request) {
  state_ = State::kAwaiting;
  has_polled_ = true;
  awaited_form_ = FormFor(request);
  awaited_origin_ = request.Header("origin");
  // Only to be free of a shard that does not answer.
  SetDeadline(2 * loop_.limits().poll_wait + loop_.limits().write_timeout);
  awaits_hook_ = false;
  const std::uint64_t ticket = rules_.long_poll->Take(*this, std::move(request));
  if (state_ == State::kAwaiting) ticket_ = ticket;
}

void HttpConnection::AwaitHook(const HttpRequest& request) {
  state_ = State::kAwaiting;
  awaited_form_ = FormFor(request);
  awaited_origin_.clear();
  SetDeadline(2 * loop_.limits().poll_wait + loop_.limits().write_timeout);
  awaits_hook_ = true;
  const std::uint64_t ticket = rules_.hooks->Take(*this, request);
  if (state_ == State::kAwaiting) ticket_ = ticket;
}

void HttpConnection::OnAnswer(LongPollAnswer answer) {
  ticket_ = 0;
  state_ = State::kServing;
  if (answer.keep_alive == KeepAlive::kNo) awaited_form_.keep_alive = KeepAlive::kNo;
  rules_.cors->AllowOrigin(awaited_origin_, answer.response);
  for (const auto& [name, value] : kLongPollHeaders) {
    answer.response.headers.emplace_back(name, value);
  }
  Answer(answer.response, awaited_form_);
}

bool HttpConnection::IsKeyValid(const HttpRequest& request) const {
  std::string key(request.Header("x-tinode-apikey"));
  if (key.empty()) key = request.Parameter("apikey").value_or("");
  if (key.empty()) key = request.Cookie("apikey").value_or("");
  return rules_.is_valid_api_key(key);
}

void HttpConnection::Upgrade(const HttpRequest& request, Compression compression,
                             const std::string& greeting, std::string_view rest) {
  std::unique_ptr<session::ConnectionHandler> handler;
  // Answers to requests that were pipelined before this one go first.
  auto connection = std::make_unique<WebSocketConnection>(
      loop_, compression, output_.substr(written_bytes_) + greeting);
  WebSocketConnection& opened = *connection;
  if (rules_.has_room_for_session()) {
    handler = rules_.acceptor->Accept(opened,
                                      {session::TransportKind::kWebSocket, request.remote_address});
  }
  loop_.Adopt(std::move(connection));
  if (handler == nullptr) {
    opened.Cut();
    return Answer(MakeFaultResponse(model::Fault::kServiceUnavailable), request);
  }
  opened.Open(std::move(socket_), std::move(handler), rest);
  Cut();
}

HttpConnection::AnswerForm HttpConnection::FormFor(const HttpRequest& request) {
  return {request.keep_alive,
          request.method == "HEAD" ? BodyPolicy::kLeftOut : BodyPolicy::kWritten};
}

void HttpConnection::Answer(const HttpResponse& response, AnswerForm form) {
  output_ += RenderResponse(response, form.keep_alive, form.body);
  if (form.keep_alive == KeepAlive::kNo) state_ = State::kClosing;
  loop_.WantFlush(*this, session::Urgency::kReply);
}

void HttpConnection::AnswerAndClose(const HttpResponse& response) {
  output_ += RenderResponse(response, KeepAlive::kNo, BodyPolicy::kWritten);
  state_ = State::kClosing;
  loop_.WantFlush(*this, session::Urgency::kReply);
}

void HttpConnection::WriteQueued() {
  while (!output_.empty() && state_ != State::kGone) {
    const iovec part{output_.data() + written_bytes_, output_.size() - written_bytes_};
    const IoResult result = socket_->Write({&part, 1}, loop_.record_buffer());
    if (result.kind == IoResult::Kind::kClosed) return Cut();
    if (result.kind != IoResult::Kind::kDone) {
      SetDeadline(loop_.limits().write_timeout);
      return socket_->Await(result.kind);
    }
    loop_.counters().bytes_out.Add(result.bytes);
    written_bytes_ += result.bytes;
    if (written_bytes_ == output_.size()) {
      output_ = std::string();
      written_bytes_ = 0;
    }
  }
  if (state_ != State::kGone) OnAllWritten();
}

void HttpConnection::OnAllWritten() {
  if (state_ == State::kClosing) {
    state_ = State::kLingering;
    socket_->ShutdownWrite();
    SetDeadline(loop_.limits().close_timeout);
  } else if (state_ == State::kServing && !is_in_request_) {
    SetDeadline(is_stopping_ ? kLastRequestTime : loop_.limits().http_idle_timeout);
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
