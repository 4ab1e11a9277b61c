#include "base/strings.h"

#include "tests/support/catch.h"

namespace molva::base {
namespace {

TEST_CASE("base64 is written with the standard alphabet and padding", "[strings]") {
  const std::pair<std::string, std::string> table[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
      {"\xfb\xff\xfe", "+//+"},
      {std::string(1, '\0'), "AA=="},
  };
  for (const auto& [bytes, text] : table) {
    CHECK(EncodeBase64(bytes) == text);
    CHECK(DecodeBase64(text) == bytes);
  }
}

TEST_CASE("base64 is read in either alphabet, padded or not", "[strings]") {
  for (const char* text : {"+//+", "-__-", "+__+", "-//-"}) {
    CHECK(DecodeBase64(text) == std::string("\xfb\xff\xfe"));
  }
  CHECK(DecodeBase64("Zg") == std::string("f"));
  CHECK(DecodeBase64("Zg==") == std::string("f"));
  CHECK(DecodeBase64("Zm8") == std::string("fo"));
}

TEST_CASE("what is no base64 is refused", "[strings]") {
  for (const char* text : {"Z", "Zm9vY", "Zm9v!", "Zm*v", "=", "Zg=a", "Zm 9v", "Zm9v\n", "Zg..",
                           "Zm9v\x01", "\xe2\x90\xa1"}) {
    CAPTURE(text);
    CHECK_FALSE(DecodeBase64(text).has_value());
  }
}

TEST_CASE("every byte survives base64", "[strings]") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    const std::string part = bytes.substr(bytes.size() - length);
    REQUIRE(DecodeBase64(EncodeBase64(part)) == part);
  }
}

TEST_CASE("an id is eleven characters of the URL alphabet, least byte first", "[strings]") {
  const std::pair<std::uint64_t, std::string> table[] = {
      {0, "AAAAAAAAAAA"},
      {1, "AQAAAAAAAAA"},
      {0x0100000000000000, "AAAAAAAAAAE"},
      {0xffffffffffffffff, "__________8"},
      {0xfb, "-wAAAAAAAAA"},
  };
  for (const auto& [bits, text] : table) {
    CHECK(EncodeId(bits) == text);
    CHECK(DecodeId(text) == bits);
  }
}

TEST_CASE("an id of another length or alphabet is refused", "[strings]") {
  for (const char* text : {"", "AAAAAAAAAA", "AAAAAAAAAAAA", "AAAAAAAAAA=", "AAAA AAAAAA",
                           "AAAAAAAAA\n\n", "AAAAA+AAAAA", "AAAAA/AAAAA",
                           "AAAAA\xc3\xa9"
                           "AAAA"}) {
    CAPTURE(text);
    CHECK_FALSE(DecodeId(text).has_value());
  }
}

TEST_CASE("lower-casing touches ASCII letters alone", "[strings]") {
  CHECK(AsciiLower("AbZ@[`{09") == "abz@[`{09");
  CHECK(AsciiLower("\xc3\x84X") == "\xc3\x84x");
}

TEST_CASE("trimming takes blanks off both ends and leaves those inside", "[strings]") {
  CHECK(TrimAscii(" \t\r\na b\n ") == "a b");
  CHECK(TrimAscii(" \t ").empty());
  CHECK(TrimAscii("").empty());
  CHECK(TrimAscii("a") == "a");
  CHECK(TrimAscii("\xc2\xa0x") == "\xc2\xa0x");
}

TEST_CASE("words are what stands between separators, never empty", "[strings]") {
  using Words = std::vector<std::string_view>;
  CHECK(SplitWords("a b", ' ') == Words{"a", "b"});
  CHECK(SplitWords("  a   b ", ' ') == Words{"a", "b"});
  CHECK(SplitWords("a,b", ' ') == Words{"a,b"});
  CHECK(SplitWords("a,b,", ',') == Words{"a", "b"});
  CHECK(SplitWords("", ' ').empty());
  CHECK(SplitWords("   ", ' ').empty());
}

TEST_CASE("UTF-8 is told from what merely looks like it", "[strings]") {
  CHECK(IsValidUtf8(""));
  CHECK(IsValidUtf8("plain"));
  CHECK(IsValidUtf8("\xc3\xa9 \xe2\x90\xa1 \xf0\x9f\x98\x80"));
  CHECK_FALSE(IsValidUtf8("\xc3"));              // cut short
  CHECK_FALSE(IsValidUtf8("\x80"));              // a tail without a head
  CHECK_FALSE(IsValidUtf8("\xc0\xaf"));          // longer than needed
  CHECK_FALSE(IsValidUtf8("\xed\xa0\x80"));      // half a surrogate pair
  CHECK_FALSE(IsValidUtf8("\xf4\x90\x80\x80"));  // beyond U+10FFFF
}

}  // namespace
}  // namespace molva::base
