// Arguments, frames and what reaches the terminal.
#include "clients/cli/arguments.h"
#include "clients/cli/printer.h"
#include "clients/cli/websocket_frames.h"
#include "tests/support/catch.h"

namespace molva::cli {
namespace {

const std::vector<OptionRule> kRules = {{"count", "N", "a number"}, {"json", "", "a flag"}};

TEST_CASE("options may stand anywhere, words keep their order", "[cli]") {
  const auto parsed =
      Arguments::Parse({"a", "--count", "3", "b", "--json", "--", "--count"}, kRules);
  REQUIRE(parsed.ok());
  CHECK(parsed->words() == std::vector<std::string>{"a", "b", "--count"});
  CHECK(parsed->Has("json"));
  CHECK(*parsed->GetNumber("count", 1) == 3);
  CHECK(*Arguments::Parse({"--count=7"}, kRules)->GetNumber("count", 1) == 7);
  CHECK(*Arguments::Parse({}, kRules)->GetNumber("count", 9) == 9);
}

TEST_CASE("options that make no sense are refused", "[cli]") {
  for (const std::vector<std::string>& texts :
       {std::vector<std::string>{"--frob"}, {"--count"}, {"--json=1"}}) {
    CHECK_FALSE(Arguments::Parse(texts, kRules).ok());
  }
  for (const char* number : {"0", "-1", "x", "", "3x", "99999999999"}) {
    const auto parsed = Arguments::Parse({std::string("--count=") + number}, kRules);
    CHECK_FALSE(parsed->GetNumber("count", 1).ok());
  }
}

// A frame as a server sends it.
std::string ServerFrame(int first, std::string_view payload) {
  std::string frame(1, static_cast<char>(first));
  if (payload.size() < 126) {
    frame += static_cast<char>(payload.size());
  } else {
    frame += '\x7e';
    frame += static_cast<char>(payload.size() >> 8);
    frame += static_cast<char>(payload.size() & 0xff);
  }
  return frame.append(payload);
}

TEST_CASE("frames are put together from any pieces", "[cli][websocket]") {
  const std::string long_text(300, 'x');
  const std::string bytes = ServerFrame(0x01, "he") + ServerFrame(0x89, "ping") +
                            ServerFrame(0x80, "llo") + ServerFrame(0x81, long_text);
  FrameReader reader;
  std::vector<ReceivedFrame> frames;
  for (const char byte : bytes) {
    reader.input() += byte;
    while (true) {
      auto frame = reader.Next();
      REQUIRE(frame.ok());
      if (!frame->has_value()) break;
      frames.push_back(**frame);
    }
  }
  REQUIRE(frames.size() == 3);
  CHECK(frames[0].kind == FrameKind::kPing);
  CHECK(frames[1].payload == "hello");
  CHECK(frames[2].payload == long_text);
}

TEST_CASE("what is no frame of a server is refused", "[cli][websocket]") {
  for (const std::string& bytes :
       {std::string("\xc1\x00", 2), std::string("\x81\x80", 2), ServerFrame(0x80, "x"),
        ServerFrame(0x01, "a") + ServerFrame(0x01, "b"),
        std::string("\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff", 10)}) {
    FrameReader reader;
    reader.input() = bytes;
    CHECK_FALSE(reader.Next().ok());
  }
}

TEST_CASE("frames of the client are masked, handshakes are proved", "[cli][websocket]") {
  CHECK(MakeFrame(FrameKind::kText, "Hello", 0x37fa213d) ==
        "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");  // RFC 6455 §5.7
  CHECK(MakeFrame(FrameKind::kText, std::string(70000, 'x'), 1).size() == 70000 + 14);
  CHECK(AcceptFor("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");  // §1.3
}

TEST_CASE("text of others is shown without control characters", "[cli]") {
  CHECK(Harmless("a\x1b[2Jb\x07\n\tc\x7f") == "a?[2Jb?\n\tc?");
  CHECK(Harmless("\xc2\x9b"
                 "31m \xc3\xa9 \xe2\x9c\x93") == "?31m \xc3\xa9 \xe2\x9c\x93");
  CHECK(PlainText(R"("hi")") == "hi");
  CHECK(PlainText(R"({"txt":"formatted","fmt":[]})") == "formatted");
  CHECK(PlainText("[1]") == "[[1]]");
  CHECK(PlainText("") == "");
  CHECK(NameOnCard(R"({"fn":"Ann"})", "x") == "Ann");
  CHECK(NameOnCard("", "x") == "x");
}

}  // namespace
}  // namespace molva::cli
