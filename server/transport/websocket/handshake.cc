#include "transport/websocket/handshake.h"

#include <fmt/core.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace molva::transport {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::size_t kKeyBytes = 16;

// Whether one of the comma-separated words of any header `name` is `word`, in any case.
bool HasWord(const HttpRequest& request, std::string_view name, std::string_view word) {
  for (const HttpHeader& header : request.headers) {
    if (header.first != name) continue;
    for (const std::string_view part : base::SplitWords(header.second, ',')) {
      if (base::AsciiLower(base::TrimAscii(part)) == word) return true;
    }
  }
  return false;
}

std::string AcceptKey(std::string_view key) {
  const std::string input = std::string(key) + std::string(kGuid);
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
  SHA1(reinterpret_cast<const unsigned char*>(input.data()), input.size(), digest.data());
  return base::EncodeBase64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

bool IsGoodKey(std::string_view key) {
  const std::optional<std::string> bytes = base::DecodeBase64(key);
  return bytes.has_value() && bytes->size() == kKeyBytes;
}

}  // namespace

std::optional<std::string> AcceptHandshake(const HttpRequest& request,
                                           std::string_view extensions) {
  const auto is_key = [](const HttpHeader& header) { return header.first == "sec-websocket-key"; };
  const std::string_view key = request.Header("sec-websocket-key");
  const bool is_upgrade = request.method == "GET" && request.minor_version == 1 &&
                          HasWord(request, "connection", "upgrade") &&
                          HasWord(request, "upgrade", "websocket");
  if (!is_upgrade || request.Header("sec-websocket-version") != "13" || !request.body.empty() ||
      std::count_if(request.headers.begin(), request.headers.end(), is_key) != 1 ||
      !IsGoodKey(key)) {
    return std::nullopt;
  }
  const std::string taken = extensions.empty()
                                ? std::string()
                                : fmt::format("Sec-WebSocket-Extensions: {}\r\n", extensions);
  return fmt::format(
      "HTTP/1.1 101 Switching Protocols\r\n"
      "Upgrade: websocket\r\n"
      "Connection: Upgrade\r\n"
      "Sec-WebSocket-Accept: {}\r\n{}\r\n",
      AcceptKey(key), taken);
}

}  // namespace molva::transport
