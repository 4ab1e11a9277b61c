#include "transport/files/file_connection.h"

#include <algorithm>
#include <utility>

#include "transport/files/download_exchange.h"
#include "transport/files/upload_exchange.h"
#include "transport/http/response_writer.h"

namespace molva::transport {
namespace {

using KeepAlive = HttpRequest::KeepAlive;

// Below so many bytes that wait for the client, the next block is fetched.
constexpr std::size_t kDrainedBytes = 64 * 1024;
// So long the store, the medium and the login may take together.
constexpr absl::Duration kPatience = absl::Minutes(2);

constexpr std::string_view kGoAhead = "HTTP/1.1 100 Continue\r\n\r\n";

std::shared_ptr<FileExchange> MakeExchange(const FileRules& rules, HttpRequest request) {
  const std::string_view place = std::string_view(request.path).substr(kFilesPath.size());
  if (place.starts_with("u")) return std::make_shared<UploadExchange>(rules, std::move(request));
  return std::make_shared<DownloadExchange>(rules, std::move(request));
}

}  // namespace

FileConnection::FileConnection(EndpointLoop& loop, const FileRules& rules, HttpRequest request,
                               std::string greeting, GoOn go_on)
    : loop_(loop),
      exchange_(MakeExchange(rules, request)),
      keep_alive_(request.keep_alive),
      is_head_(request.method == "HEAD"),
      expects_go_ahead_(!request.Header("expect").empty()),
      go_on_(std::move(go_on)),
      output_(std::move(greeting)),
      body_left_(request.streamed_bytes) {}

FileConnection::~FileConnection() { exchange_->OnGone(); }

void FileConnection::Open(std::unique_ptr<Socket> socket, std::string_view rest) {
  socket_ = std::move(socket);
  socket_->Redirect(*this);
  stash_ = rest;
  SetDeadline(kPatience);
  exchange_->Start(*this);
  if (!output_.empty()) loop_.WantFlush(*this, session::Urgency::kReply);
}

void FileConnection::ReadBody() {
  if (state_ != State::kBody) return;
  if (std::exchange(expects_go_ahead_, false) && stash_.empty()) {
    output_ += kGoAhead;
    loop_.WantFlush(*this, session::Urgency::kReply);
  }
  SetDeadline(loop_.limits().read_timeout);
  if (is_taking_) return;
  // In a later step: the exchange may be in the middle of something.
  loop_.WantAfterTurn(*this);
}

Endpoint::Fate FileConnection::AfterTurn() {
  if (state_ == State::kBody) TakeStash();
  return state_ == State::kGone ? Fate::kGone : Fate::kStays;
}

void FileConnection::TakeStash() {
  const std::string stash = std::exchange(stash_, {});
  Take(stash);
  if (state_ != State::kBody || body_left_ == 0 || !exchange_->WantsBody() || !stash_.empty()) {
    return;
  }
  socket_->AwaitReadable();
}

// Hands as much of `input` to the exchange as belongs to the body and is wanted.
void FileConnection::Take(std::string_view input) {
  is_taking_ = true;
  if (exchange_->WantsBody() && body_left_ > 0) {
    const std::size_t size = std::min(input.size(), static_cast<std::size_t>(body_left_));
    body_left_ -= static_cast<std::int64_t>(size);
    exchange_->OnBody(input.substr(0, size));
    input.remove_prefix(size);
  }
  stash_ += input;
  is_taking_ = false;
  if (state_ != State::kBody) return;
  if (body_left_ == 0 && exchange_->WantsBody()) {
    SetDeadline(kPatience);
    exchange_->OnBodyEnd();
  }
}

void FileConnection::OnReadable() {
  if (state_ == State::kGone) return;
  const std::span<char> buffer = loop_.read_buffer();
  const IoResult result = socket_->Read(buffer);
  if (result.kind == IoResult::Kind::kClosed) return Cut();
  if (result.kind == IoResult::Kind::kDone) {
    loop_.counters().bytes_in.Add(result.bytes);
    if (state_ == State::kBody) {
      SetDeadline(loop_.limits().read_timeout);
      stash_.append(buffer.data(), result.bytes);
      return TakeStash();
    }
    // What comes behind the last request is thrown away.
  } else if (result.kind != IoResult::Kind::kWantRead) {
    return socket_->Await(result.kind);
  }
  if (state_ != State::kGone) socket_->AwaitReadable();
}

void FileConnection::Answer(const HttpResponse& response) {
  const bool is_whole = body_left_ == 0;
  if (!is_whole || is_stopping_) go_on_ = nullptr;
  const KeepAlive keep_alive =
      go_on_ == nullptr || keep_alive_ == KeepAlive::kNo ? KeepAlive::kNo : KeepAlive::kYes;
  if (keep_alive == KeepAlive::kNo) go_on_ = nullptr;
  state_ = State::kAnswering;
  owed_bytes_ = is_head_ ? 0 : std::max<std::int64_t>(response.streamed_bytes, 0);
  output_ +=
      RenderResponse(response, keep_alive, is_head_ ? BodyPolicy::kLeftOut : BodyPolicy::kWritten);
  SetDeadline(kPatience);
  loop_.WantFlush(*this, session::Urgency::kReply);
}

void FileConnection::Send(std::string bytes) {
  owed_bytes_ -= static_cast<std::int64_t>(bytes.size());
  if (written_bytes_ == output_.size()) {
    output_ = std::move(bytes);
  } else {
    output_.erase(0, written_bytes_);
    output_ += bytes;
  }
  written_bytes_ = 0;
  SetDeadline(loop_.limits().write_timeout);
  loop_.WantFlush(*this, session::Urgency::kReply);
}

// A body that ends too early is seen by its length.
void FileConnection::Break() { Cut(); }

void FileConnection::WriteQueued() {
  while (written_bytes_ < output_.size() && state_ != State::kGone) {
    const iovec part{output_.data() + written_bytes_, output_.size() - written_bytes_};
    const IoResult result = socket_->Write({&part, 1}, loop_.record_buffer());
    if (result.kind == IoResult::Kind::kClosed) return Cut();
    if (result.kind != IoResult::Kind::kDone) {
      socket_->Await(result.kind);
      break;
    }
    loop_.counters().bytes_out.Add(result.bytes);
    written_bytes_ += result.bytes;
    if (state_ == State::kAnswering) SetDeadline(loop_.limits().write_timeout);
  }
  if (state_ != State::kAnswering) return;
  const std::size_t waiting = output_.size() - written_bytes_;
  if (owed_bytes_ > 0) {
    if (waiting == 0) SetDeadline(kPatience);
    if (waiting < kDrainedBytes) exchange_->OnDrained();
  } else if (waiting == 0) {
    OnAllWritten();
  }
}

void FileConnection::OnAllWritten() {
  output_ = std::string();
  written_bytes_ = 0;
  if (go_on_ != nullptr) return Leave();
  state_ = State::kLingering;
  socket_->ShutdownWrite();
  SetDeadline(loop_.limits().close_timeout);
  socket_->AwaitReadable();
}

void FileConnection::Leave() {
  state_ = State::kGone;
  loop_.WantAfterTurn(*this);
  go_on_(std::move(socket_), stash_);
}

void FileConnection::BeginShutdown() {
  is_stopping_ = true;
  go_on_ = nullptr;
}

void FileConnection::Cut() {
  state_ = State::kGone;
  exchange_->OnGone();
  loop_.WantAfterTurn(*this);
}

void FileConnection::SetDeadline(absl::Duration from_now) {
  deadline_ = loop_.now() + absl::ToInt64Milliseconds(from_now);
  loop_.WantDeadline(*this, deadline_);
}

CoarseMillis FileConnection::OnDeadline(CoarseMillis now) {
  // While the medium is slow nobody is to blame; the exchange wants nothing then.
  const bool is_waiting = state_ == State::kBody && !exchange_->WantsBody();
  if (deadline_ > now) return deadline_;
  if (!is_waiting || now - deadline_ > absl::ToInt64Milliseconds(kPatience)) Cut();
  return now + absl::ToInt64Milliseconds(loop_.limits().http_idle_timeout);
}

}  // namespace molva::transport
