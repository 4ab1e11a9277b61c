// Fuzzes the WebSocket frame parser: the same events come out in whatever pieces the bytes come in.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/strings.h"
#include "transport/websocket/frame_parser.h"

namespace molva::transport {
namespace {

constexpr std::size_t kMaxMessageBytes = 5000;

// Everything the parser says about `bytes`, fed in pieces of `piece` bytes.
std::string Trace(std::string_view bytes, std::size_t piece, Compression compression) {
  FrameParser parser(kMaxMessageBytes, compression);
  std::string trace;
  while (!bytes.empty()) {
    // A buffer of exactly the promised size: reading further is found.
    std::vector<char> buffer(bytes.begin(),
                             bytes.begin() + static_cast<long>(std::min(piece, bytes.size())));
    bytes.remove_prefix(buffer.size());
    std::span<char> input = buffer;
    for (;;) {
      const FrameEvent event = parser.Next(input);
      if (event.kind == FrameEvent::Kind::kNeedMore) break;
      MOLVA_CHECK(event.payload.size() <= kMaxMessageBytes, "a message over the limit");
      trace += static_cast<char>(event.kind);
      trace += std::to_string(static_cast<unsigned>(event.code));
      trace += event.payload;
      trace += '\n';
      if (event.kind == FrameEvent::Kind::kError || event.kind == FrameEvent::Kind::kClose) {
        return trace;
      }
    }
    MOLVA_CHECK(input.empty(), "asked for more without using what it has");
  }
  return trace;
}

}  // namespace
}  // namespace molva::transport

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t piece = data[0] % 31 + 1u;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (const auto compression :
       {molva::transport::Compression::kNone, molva::transport::Compression::kPerMessage}) {
    const std::string whole = molva::transport::Trace(bytes, bytes.size(), compression);
    const std::string pieces = molva::transport::Trace(bytes, piece, compression);
    MOLVA_CHECK(whole == pieces, "the pieces matter");
  }
  return 0;
}
