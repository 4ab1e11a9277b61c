// Fuzzes what inflates messages of WebSocket clients, and the offers of compression.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "transport/websocket/compression.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using molva::transport::MessageCodec;
  constexpr std::size_t kMaxMessageBytes = 20'000;
  MessageCodec codec(kMaxMessageBytes);
  // A buffer of exactly that size: reading further is found.
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (const auto inflated = codec.Inflate(bytes); inflated.ok()) {
    MOLVA_CHECK(inflated->size() <= kMaxMessageBytes, "a message over the limit");
    const std::string text(*inflated);
    const std::string again = codec.Deflate(text);
    MOLVA_CHECK(codec.Inflate(again).value() == text, "another message");
  }
  if (size <= kMaxMessageBytes) {
    const std::string payload = codec.Deflate(bytes);
    MOLVA_CHECK(codec.Inflate(payload).value() == bytes, "another message");
  }
  molva::transport::HttpRequest request;
  request.headers = {{"sec-websocket-extensions", bytes}};
  if (const auto answer = molva::transport::AcceptCompression(request)) {
    MOLVA_CHECK(answer->find_first_of("\r\n") == std::string::npos, "a line end inside a header");
  }
  return 0;
}
