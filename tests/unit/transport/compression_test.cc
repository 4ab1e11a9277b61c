// permessage-deflate: what is negotiated, and messages there and back. Source: RFC 7692.
#include "transport/websocket/compression.h"

#include <zlib.h>

#include "tests/support/catch.h"
#include "transport/websocket/frame_parser.h"
#include "transport/websocket/frame_writer.h"
#include "transport/websocket/handshake.h"

namespace molva::transport {
namespace {

constexpr char kAnswer[] =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

std::optional<std::string> AnswerTo(const std::string& offers) {
  HttpRequest request;
  request.headers = {{"sec-websocket-extensions", offers}};
  return AcceptCompression(request);
}

// `text` deflated as a client may do it; `flush` ends it.
std::string DeflateWith(const std::string& text, int flush) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 16, '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, flush);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

std::string Noise(std::size_t size) {
  std::string text;
  for (std::uint32_t seed = 7; text.size() < size; seed = seed * 1664525 + 1013904223) {
    text += static_cast<char>(seed >> 24);
  }
  return text;
}

TEST_CASE("an offer that we can keep is taken, without context takeover", "[deflate]") {
  CHECK(AnswerTo("permessage-deflate") == kAnswer);
  CHECK(AnswerTo("permessage-deflate; client_max_window_bits") == kAnswer);
  CHECK(AnswerTo("Permessage-Deflate ; client_max_window_bits=10") == kAnswer);
  CHECK(AnswerTo("permessage-deflate; server_no_context_takeover; client_no_context_takeover") ==
        kAnswer);
  const std::string with_window = std::string(kAnswer) + "; server_max_window_bits=12";
  CHECK(AnswerTo("permessage-deflate; server_max_window_bits=12") == with_window);
  CHECK(AnswerTo("permessage-deflate; server_max_window_bits=\"15\"") == with_window);
}

TEST_CASE("the first offer that makes sense is taken, others are passed over", "[deflate]") {
  CHECK_FALSE(AnswerTo("").has_value());
  CHECK_FALSE(AnswerTo("permessage-bzip2").has_value());
  CHECK_FALSE(AnswerTo("permessage-deflate; server_max_window_bits=9").has_value());
  CHECK_FALSE(AnswerTo("permessage-deflate; server_max_window_bits").has_value());
  CHECK_FALSE(AnswerTo("permessage-deflate; server_max_window_bits=16").has_value());
  CHECK_FALSE(AnswerTo("permessage-deflate; server_max_window_bits=012").has_value());
  CHECK_FALSE(AnswerTo("permessage-deflate; client_max_window_bits=7").has_value());
  CHECK_FALSE(AnswerTo("permessage-deflate; client_max_window_bits=x").has_value());
  CHECK_FALSE(AnswerTo("permessage-deflate; server_no_context_takeover=1").has_value());
  CHECK_FALSE(AnswerTo("permessage-deflate; mux").has_value());
  CHECK_FALSE(
      AnswerTo("permessage-deflate; client_max_window_bits; client_max_window_bits").has_value());
  CHECK(AnswerTo("x; y=1, permessage-deflate; server_max_window_bits=8, permessage-deflate") ==
        kAnswer);
}

TEST_CASE("the handshake says what was taken", "[deflate]") {
  HttpRequest request;
  request.method = "GET";
  request.headers = {{"connection", "Upgrade"},
                     {"upgrade", "websocket"},
                     {"sec-websocket-version", "13"},
                     {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="}};
  CHECK(AcceptHandshake(request, "")->find("Extensions") == std::string::npos);
  CHECK(AcceptHandshake(request, "permessage-deflate")
            ->ends_with("\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"));
}

TEST_CASE("messages come out as they went in, in any order", "[deflate]") {
  MessageCodec codec(300'000);
  const std::string texts[] = {"", "x", std::string(1000, 'a'), Noise(70'000),
                               std::string(300'000, 'b')};
  for (int round = 0; round < 2; ++round) {
    for (const std::string& text : texts) {
      const std::string payload = codec.Deflate(text);
      CHECK(payload.size() < text.size() + text.size() / 100 + 64);
      const auto inflated = codec.Inflate(payload);
      REQUIRE(inflated.ok());
      CHECK(*inflated == text);
      // What follows is what JSON wants to find there.
      CHECK(std::string(inflated->data() + inflated->size(), MessageCodec::kTailBytes) ==
            std::string(MessageCodec::kTailBytes, '\0'));
    }
  }
  CHECK(codec.Deflate(std::string(300'000, 'b')).size() < 3'000);
}

TEST_CASE("messages of clients are inflated however they end", "[deflate]") {
  MessageCodec codec(100'000);
  const std::string text(50'000, 'z');
  std::string flushed = DeflateWith(text, Z_SYNC_FLUSH);
  flushed.resize(flushed.size() - 4);
  CHECK(codec.Inflate(flushed).value() == text);
  const std::string finished = DeflateWith(text, Z_FINISH);
  CHECK(codec.Inflate(finished).value() == text);
  CHECK(codec.Inflate(finished + std::string(1, '\0')).value() == text);
  CHECK(codec.Inflate(finished + "more").status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(codec.Inflate(std::string(1, '\0')).value().empty());
  CHECK(codec.Inflate("").value().empty());
}

TEST_CASE("a bomb is put out as soon as it is one byte too long", "[deflate]") {
  constexpr std::size_t kLimit = 10'000;
  MessageCodec codec(kLimit);
  CHECK(codec.Inflate(DeflateWith(std::string(kLimit, 'b'), Z_FINISH)).ok());
  const std::string bomb = DeflateWith(std::string(100'000'000, 'b'), Z_FINISH);
  CHECK(bomb.size() < 100'000);
  for (const std::string& payload :
       {DeflateWith(std::string(kLimit + 1, 'b'), Z_FINISH), bomb, bomb.substr(0, 1000)}) {
    CHECK(codec.Inflate(payload).status().code() == absl::StatusCode::kResourceExhausted);
  }
  CHECK(codec.Inflate(codec.Deflate("still well")).value() == "still well");
}

TEST_CASE("what is not deflated is refused", "[deflate]") {
  MessageCodec codec(10'000);
  for (const std::string& payload :
       {std::string("\x07"), std::string("{\"hi\":{}}"), std::string(100, '\xFF'), Noise(5'000)}) {
    const auto inflated = codec.Inflate(payload);
    CHECK((!inflated.ok() || inflated->size() <= 10'000));
  }
  CHECK(codec.Inflate(std::string(100, '\xFF')).status().code() ==
        absl::StatusCode::kInvalidArgument);
}

// A masked frame with such a first byte; the mask is zero.
std::string ClientFrame(unsigned first, const std::string& payload) {
  std::string frame;
  frame += static_cast<char>(first);
  REQUIRE(payload.size() <= 125);
  frame += static_cast<char>(0x80 | payload.size());
  return frame + std::string(4, '\0') + payload;
}

FrameEvent Parse(FrameParser& parser, std::string& bytes) {
  bytes.append(FrameParser::kTailBytes, '\0');
  std::span<char> input(bytes.data(), bytes.size() - FrameParser::kTailBytes);
  return parser.Next(input);
}

TEST_CASE("the bit for deflated messages counts where it was agreed on alone", "[deflate]") {
  constexpr unsigned kFinal = 0x80;
  constexpr unsigned kDeflated = 0x40;
  constexpr unsigned kText = 0x1;
  std::string deflated = ClientFrame(kFinal | kDeflated | kText, "\xFF\xFE");
  std::string copy = deflated;
  FrameParser plain(1000);
  CHECK(Parse(plain, copy).code == CloseCode::kProtocolError);
  FrameParser agreed(1000, Compression::kPerMessage);
  const FrameEvent event = Parse(agreed, deflated);
  CHECK(event.kind == FrameEvent::Kind::kDeflated);
  CHECK(event.is_text);
  CHECK(event.payload == "\xFF\xFE");

  std::string ping = ClientFrame(kFinal | kDeflated | 0x9, "x");
  CHECK(Parse(agreed, ping).code == CloseCode::kProtocolError);
  FrameParser other(1000, Compression::kPerMessage);
  std::string reserved = ClientFrame(kFinal | 0x20 | kText, "x");
  CHECK(Parse(other, reserved).code == CloseCode::kProtocolError);

  FrameParser pieces(1000, Compression::kPerMessage);
  std::string both = ClientFrame(kDeflated | kText, "\xFF") + ClientFrame(kFinal, "\xFE");
  const FrameEvent whole = Parse(pieces, both);
  CHECK(whole.kind == FrameEvent::Kind::kDeflated);
  CHECK(whole.payload == "\xFF\xFE");
  FrameParser wrong(1000, Compression::kPerMessage);
  std::string again = ClientFrame(kDeflated | kText, "x") + ClientFrame(kFinal | kDeflated, "y");
  CHECK(Parse(wrong, again).code == CloseCode::kProtocolError);
}

}  // namespace
}  // namespace molva::transport
