// The case classes of the Autobahn test suite (fuzzing client), against our parser.
#include "transport/websocket/frame_parser.h"

#include <algorithm>

#include "tests/support/catch.h"
#include "tests/unit/transport/frame_builder.h"

namespace molva::transport {
namespace {

using Masking = FrameSpec::Masking;

constexpr std::size_t kMaxMessageBytes = 1 << 20;

// What the parser made of `bytes`, one word per event, fed in pieces of `piece` bytes.
std::string Trace(const std::string& bytes, std::size_t piece,
                  std::size_t max_message = kMaxMessageBytes) {
  FrameParser parser(max_message);
  std::string trace;
  for (std::size_t start = 0; start < bytes.size(); start += piece) {
    std::string part = bytes.substr(start, piece);
    const std::size_t size = part.size();
    part.append(FrameParser::kTailBytes, '\0');
    std::span<char> input(part.data(), size);
    for (;;) {
      const FrameEvent event = parser.Next(input);
      if (event.kind == FrameEvent::Kind::kNeedMore) break;
      const std::string payload(event.payload.substr(0, 40));
      const auto code = std::to_string(static_cast<unsigned>(event.code));
      if (event.kind == FrameEvent::Kind::kMessage) {
        trace += "message(" + payload + ":" + std::to_string(event.payload.size()) + ") ";
      }
      if (event.kind == FrameEvent::Kind::kPing) trace += "ping(" + payload + ") ";
      if (event.kind == FrameEvent::Kind::kPong) trace += "pong(" + payload + ") ";
      if (event.kind == FrameEvent::Kind::kClose) return trace + "close(" + code + ")";
      if (event.kind == FrameEvent::Kind::kError) return trace + "error(" + code + ")";
    }
  }
  return trace;
}

// The same in whatever pieces the bytes come.
std::string Trace(const std::string& bytes) {
  const std::string whole = Trace(bytes, bytes.size());
  for (const std::size_t piece : {1u, 2u, 3u, 7u, 64u}) {
    if (bytes.size() / piece > 200'000) continue;
    INFO("in pieces of " << piece);
    CHECK(Trace(bytes, piece) == whole);
  }
  return whole;
}

TEST_CASE("messages of every length form arrive whole (Autobahn 1)", "[websocket]") {
  for (const std::size_t size : {0u, 1u, 125u, 126u, 127u, 128u, 65535u, 65536u, 300'000u}) {
    const std::string text(size, '*');
    const std::string expected =
        "message(" + text.substr(0, 40) + ":" + std::to_string(size) + ") ";
    CHECK(Trace(TextFrame(text)) == expected);
    const std::string binary(size, '\xfe');
    CHECK(Trace(BuildFrame({0x82, binary})) ==
          "message(" + binary.substr(0, 40) + ":" + std::to_string(size) + ") ");
  }
}

TEST_CASE("pings and pongs of any allowed payload pass (Autobahn 2)", "[websocket]") {
  CHECK(Trace(PingFrame("")) == "ping() ");
  CHECK(Trace(PingFrame("hello")) == "ping(hello) ");
  CHECK(Trace(PingFrame("\xfe\xff")) == "ping(\xfe\xff) ");
  CHECK(Trace(PingFrame(std::string(125, 'x'))) == "ping(" + std::string(40, 'x') + ") ");
  CHECK(Trace(PingFrame(std::string(126, 'x'))) == "error(1002)");
  CHECK(Trace(BuildFrame({0x8A, "unsolicited"})) == "pong(unsolicited) ");
  std::string ten;
  std::string expected;
  for (int i = 0; i < 10; ++i) {
    ten += PingFrame(std::to_string(i));
    expected += "ping(" + std::to_string(i) + ") ";
  }
  CHECK(Trace(ten) == expected);
}

TEST_CASE("reserved bits are refused (Autobahn 3)", "[websocket]") {
  for (const unsigned bits : {0x10u, 0x20u, 0x30u, 0x40u, 0x50u, 0x60u, 0x70u}) {
    CHECK(Trace(BuildFrame({0x81 | bits, "hello"})) == "error(1002)");
    CHECK(Trace(BuildFrame({0x89 | bits, ""})) == "error(1002)");
    CHECK(Trace(TextFrame("a") + BuildFrame({0x88 | bits, ""})) == "message(a:1) error(1002)");
  }
}

TEST_CASE("unknown opcodes are refused (Autobahn 4)", "[websocket]") {
  for (const unsigned opcode : {3u, 4u, 5u, 6u, 7u, 11u, 12u, 13u, 14u, 15u}) {
    CHECK(Trace(BuildFrame({0x80 | opcode, ""})) == "error(1002)");
    CHECK(Trace(TextFrame("a") + BuildFrame({0x80 | opcode, "xyz"})) == "message(a:1) error(1002)");
  }
}

TEST_CASE("fragments make one message, with control frames between (Autobahn 5)", "[websocket]") {
  const std::string first = BuildFrame({0x01, "one "});
  const std::string middle = BuildFrame({0x00, "two "});
  const std::string last = BuildFrame({0x80, "three"});
  CHECK(Trace(first + last) == "message(one three:9) ");
  CHECK(Trace(first + middle + middle + last) == "message(one two two three:17) ");
  CHECK(Trace(first + PingFrame("p") + middle + BuildFrame({0x8A, "q"}) + last) ==
        "ping(p) pong(q) message(one two three:13) ");
  CHECK(Trace(BuildFrame({0x01, ""}) + BuildFrame({0x00, ""}) + BuildFrame({0x80, ""})) ==
        "message(:0) ");
  CHECK(Trace(BuildFrame({0x02, "\xff"}) + BuildFrame({0x80, "\xfe"})) == "message(\xff\xfe:2) ");
  CHECK(Trace(first + last + TextFrame("next")) == "message(one three:9) message(next:4) ");
}

TEST_CASE("a message goes on exactly where one has begun (Autobahn 5)", "[websocket]") {
  CHECK(Trace(BuildFrame({0x80, "nothing to continue"})) == "error(1002)");
  CHECK(Trace(BuildFrame({0x00, "nothing to continue"})) == "error(1002)");
  CHECK(Trace(BuildFrame({0x01, "one"}) + TextFrame("two")) == "error(1002)");
  CHECK(Trace(BuildFrame({0x01, "one"}) + BuildFrame({0x82, "two"})) == "error(1002)");
  CHECK(Trace(BuildFrame({0x01, "a"}) + BuildFrame({0x80, "b"}) + BuildFrame({0x80, "c"})) ==
        "message(ab:2) error(1002)");
}

TEST_CASE("control frames are never fragments (Autobahn 5)", "[websocket]") {
  CHECK(Trace(BuildFrame({0x09, "ping"})) == "error(1002)");
  CHECK(Trace(BuildFrame({0x0A, "pong"})) == "error(1002)");
  CHECK(Trace(BuildFrame({0x08, ""})) == "error(1002)");
}

TEST_CASE("valid UTF-8 passes, whole and cut anywhere (Autobahn 6)", "[websocket]") {
  for (const std::string text :
       {"Hello-\xC2\xB5@\xC3\x9F\xC3\xB6\xC3\xA4\xC3\xBC\xC3\xA0\xC3\xA1-UTF-8!!",
        "\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF",
        "\xEE\x80\x80", "\xEF\xBF\xBD", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xC2\x80",
        "\xE0\xA0\x80"}) {
    const std::string expected = "message(" + text + ":" + std::to_string(text.size()) + ") ";
    CHECK(Trace(TextFrame(text)) == expected);
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      CHECK(Trace(BuildFrame({0x01, text.substr(0, cut)}) + BuildFrame({0x80, text.substr(cut)})) ==
            expected);
    }
  }
}

TEST_CASE("invalid UTF-8 is refused, whole and cut anywhere (Autobahn 6)", "[websocket]") {
  for (const std::string text : {"\xCE\xBA\xE1\xBD\xB9\xED\xA0\x80 edited",
                                 "\x80",
                                 "\xBF",
                                 "\xC0\xAF",
                                 "\xC1\xBF",
                                 "\xE0\x80\xAF",
                                 "\xE0\x9F\xBF",
                                 "\xED\xA0\x80",
                                 "\xED\xBF\xBF",
                                 "\xF0\x80\x80\xAF",
                                 "\xF0\x8F\xBF\xBF",
                                 "\xF4\x90\x80\x80",
                                 "\xF5\x80\x80\x80",
                                 "\xF8\x88\x80\x80\x80",
                                 "\xFC\x84\x80\x80\x80\x80",
                                 "\xFE",
                                 "\xFF",
                                 "a\xC3",
                                 "a\xE2\x82",
                                 "a\xF0\x9F\x98",
                                 "\xC3("}) {
    CHECK(Trace(TextFrame(text)) == "error(1007)");
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      CHECK(Trace(BuildFrame({0x01, text.substr(0, cut)}) + BuildFrame({0x80, text.substr(cut)})) ==
            "error(1007)");
    }
  }
}

TEST_CASE("invalid UTF-8 is found as soon as it arrives (Autobahn 6.4)", "[websocket]") {
  CHECK(Trace(BuildFrame({0x01, "good \xF4\x90"})) == "error(1007)");
  const std::string long_frame = TextFrame("\xFF" + std::string(1000, 'x'));
  CHECK(Trace(long_frame.substr(0, 20), 1) == "error(1007)");
}

TEST_CASE("a close carries a code that may be sent and a clean reason (Autobahn 7)",
          "[websocket]") {
  CHECK(Trace(BuildFrame({0x88, ""})) == "close(1005)");
  CHECK(Trace(CloseFrame(1000, "bye")) == "close(1000)");
  CHECK(Trace(CloseFrame(1000, std::string(123, 'x'))) == "close(1000)");
  CHECK(Trace(CloseFrame(1000, std::string(124, 'x'))) == "error(1002)");
  CHECK(Trace(BuildFrame({0x88, "x"})) == "error(1002)");
  CHECK(Trace(CloseFrame(1000, "\xCE\xBA\xED\xA0\x80")) == "error(1007)");
  CHECK(Trace(BuildFrame({0x01, "unfinished"}) + CloseFrame(1001)) == "close(1001)");
  for (const unsigned code : {1000u, 1001u, 1002u, 1003u, 1007u, 1008u, 1009u, 1010u, 1011u, 3000u,
                              3999u, 4000u, 4999u}) {
    CHECK(Trace(CloseFrame(code)) == "close(" + std::to_string(code) + ")");
  }
  for (const unsigned code :
       {0u, 999u, 1004u, 1005u, 1006u, 1015u, 1016u, 1100u, 2000u, 2999u, 5000u, 65535u}) {
    CHECK(Trace(CloseFrame(code)) == "error(1002)");
  }
}

TEST_CASE("large messages pass in one frame and in many (Autobahn 9 and 10)", "[websocket]") {
  const std::string text(kMaxMessageBytes, 'x');
  const std::string expected =
      "message(" + std::string(40, 'x') + ":" + std::to_string(text.size()) + ") ";
  CHECK(Trace(TextFrame(text), 65536) == expected);
  for (const std::size_t fragment : {64u, 1300u, 65536u}) {
    std::string frames = BuildFrame({0x01, text.substr(0, fragment)});
    for (std::size_t at = fragment; at < text.size(); at += fragment) {
      const bool is_last = at + fragment >= text.size();
      frames += BuildFrame({is_last ? 0x80u : 0x00u, text.substr(at, fragment)});
    }
    CHECK(Trace(frames, 4096) == expected);
  }
}

TEST_CASE("a message over the limit is refused before it is gathered", "[websocket]") {
  const std::string limit(100, 'x');
  CHECK(Trace(TextFrame(limit), 1000, 100) == "message(" + std::string(40, 'x') + ":100) ");
  CHECK(Trace(TextFrame(limit + "x").substr(0, 8), 1, 100) == "error(1009)");
  CHECK(Trace(BuildFrame({0x01, limit}) + BuildFrame({0x80, "x"}), 1000, 100) == "error(1009)");
  std::string huge = BuildFrame({0x82, "", Masking::kMasked, 8});
  std::fill(huge.begin() + 2, huge.begin() + 10, '\x7f');
  CHECK(Trace(huge, 1000, 100) == "error(1009)");
}

TEST_CASE("clients mask, and write lengths in the shortest form", "[websocket]") {
  CHECK(Trace(BuildFrame({0x81, "hello", Masking::kNone})) == "error(1002)");
  CHECK(Trace(BuildFrame({0x89, "", Masking::kNone})) == "error(1002)");
  CHECK(Trace(BuildFrame({0x81, "hello", Masking::kMasked, 2})) == "error(1002)");
  CHECK(Trace(BuildFrame({0x81, "hello", Masking::kMasked, 8})) == "error(1002)");
  CHECK(Trace(BuildFrame({0x81, std::string(65535, 'x'), Masking::kMasked, 8})) == "error(1002)");
  std::string negative = BuildFrame({0x82, "", Masking::kMasked, 8});
  negative[2] = '\x80';
  CHECK(Trace(negative) == "error(1002)");
}

}  // namespace
}  // namespace molva::transport
