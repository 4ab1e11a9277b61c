// A session over a WebSocket that speaks JSON.
#include <absl/strings/escaping.h>
#include <absl/time/clock.h>
#include <fmt/core.h>
#include <openssl/rand.h>

#include <utility>

#include "clients/cli/byte_stream.h"
#include "clients/cli/connection.h"
#include "clients/cli/json_codec.h"
#include "clients/cli/status_macros.h"
#include "clients/cli/websocket_frames.h"

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

constexpr std::size_t kMaxResponseBytes = 64 * 1024;

struct Url {
  Security security;
  std::string host;
  std::string port;
  std::string path;
};

absl::StatusOr<Url> ParseUrl(const std::string& text) {
  Url url{text.starts_with("wss://") ? Security::kTls : Security::kPlain, "", "", ""};
  const std::size_t begin = text.find("://") + 3;
  const std::size_t slash = std::min(text.find('/', begin), text.size());
  std::string authority = text.substr(begin, slash - begin);
  url.path = slash == text.size() ? "/v0/channels" : text.substr(slash);
  url.port = url.security == Security::kTls ? "443" : "80";
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.rfind(':');
  if (colon != std::string::npos && (bracket == std::string::npos || colon > bracket)) {
    url.port = authority.substr(colon + 1);
    authority.resize(colon);
  }
  if (authority.starts_with('[') && authority.ends_with(']')) {
    authority = authority.substr(1, authority.size() - 2);
  }
  url.host = authority;
  const bool clean = text.find_first_of(" \r\n\t") == std::string::npos;
  if (url.host.empty() || url.port.empty() || !clean) {
    return absl::InvalidArgumentError(fmt::format("'{}' is no WebSocket address", text));
  }
  return url;
}

std::uint32_t RandomMask() {
  std::uint32_t mask = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&mask), sizeof mask);
  return mask;
}

class WebSocketConnection final : public Connection {
 public:
  explicit WebSocketConnection(std::unique_ptr<ByteStream> stream) : stream_(std::move(stream)) {}

  ~WebSocketConnection() override {
    // Good manners; it does not matter any more whether the server hears them.
    stream_->WriteAll(MakeFrame(FrameKind::kClose, "\x03\xe8", RandomMask())).IgnoreError();
  }

  absl::Status Handshake(const Url& url, const ConnectOptions& options);

  absl::Status Send(const v1::ClientMsg& message) override {
    return stream_->WriteAll(MakeFrame(FrameKind::kText, EncodeJson(message), RandomMask()));
  }

  absl::StatusOr<std::optional<v1::ServerMsg>> Receive(absl::Duration timeout) override {
    const absl::Time deadline = absl::Now() + timeout;
    while (true) {
      MOLVA_ASSIGN_OR_RETURN(std::optional<ReceivedFrame> frame, reader_.Next());
      if (!frame.has_value()) {
        const absl::Duration left = std::max(deadline - absl::Now(), absl::ZeroDuration());
        const std::size_t before = reader_.input().size();
        MOLVA_RETURN_IF_ERROR(stream_->ReadSome(reader_.input(), left));
        if (reader_.input().size() == before && absl::Now() >= deadline) return std::nullopt;
        continue;
      }
      if (frame->kind == FrameKind::kText || frame->kind == FrameKind::kBinary) {
        return DecodeJson(frame->payload);
      }
      MOLVA_RETURN_IF_ERROR(OnControl(*frame));
    }
  }

  int poll_fd() const override { return stream_->fd(); }

 private:
  absl::Status OnControl(const ReceivedFrame& frame) {
    if (frame.kind == FrameKind::kPing) {
      return stream_->WriteAll(MakeFrame(FrameKind::kPong, frame.payload, RandomMask()));
    }
    if (frame.kind != FrameKind::kClose) return absl::OkStatus();
    const std::string_view reason =
        std::string_view(frame.payload).substr(std::min<std::size_t>(2, frame.payload.size()));
    return absl::UnavailableError(
        reason.empty() ? std::string("the server closed the connection")
                       : fmt::format("the server closed the connection: {}", reason));
  }

  std::unique_ptr<ByteStream> stream_;
  FrameReader reader_;
};

absl::Status WebSocketConnection::Handshake(const Url& url, const ConnectOptions& options) {
  unsigned char nonce[16];
  RAND_bytes(nonce, sizeof nonce);
  const std::string key =
      absl::Base64Escape(absl::string_view(reinterpret_cast<const char*>(nonce), sizeof nonce));
  MOLVA_RETURN_IF_ERROR(stream_->WriteAll(fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}:{}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {}\r\nX-Tinode-APIKey: {}\r\n\r\n",
      url.path, url.host, url.port, key, options.api_key)));
  std::string& input = reader_.input();
  const absl::Time deadline = absl::Now() + options.timeout;
  std::size_t end = std::string::npos;
  while ((end = input.find("\r\n\r\n")) == std::string::npos) {
    if (absl::Now() >= deadline || input.size() > kMaxResponseBytes) {
      return absl::UnavailableError("the server does not answer as a web server would");
    }
    MOLVA_RETURN_IF_ERROR(stream_->ReadSome(input, deadline - absl::Now()));
  }
  const std::string head = input.substr(0, end + 2);
  input.erase(0, end + 4);
  if (head.starts_with("HTTP/1.1 101") && head.find(AcceptFor(key)) != std::string::npos) {
    return absl::OkStatus();
  }
  if (head.starts_with("HTTP/1.1 403")) {
    return absl::PermissionDeniedError("the server refuses the API key; --api-key names another");
  }
  return absl::UnavailableError(fmt::format("the server opens no WebSocket at {}: {}", url.path,
                                            head.substr(0, head.find("\r\n"))));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> ConnectWebSocket(const std::string& url,
                                                             const ConnectOptions& options) {
  MOLVA_ASSIGN_OR_RETURN(const Url parts, ParseUrl(url));
  MOLVA_ASSIGN_OR_RETURN(std::unique_ptr<ByteStream> stream,
                         ByteStream::Open(parts.host, parts.port, parts.security, options.timeout));
  auto connection = std::make_unique<WebSocketConnection>(std::move(stream));
  MOLVA_RETURN_IF_ERROR(connection->Handshake(parts, options));
  return connection;
}

}  // namespace molva::cli
