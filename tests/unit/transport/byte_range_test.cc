#include "transport/files/byte_range.h"

#include "tests/support/catch.h"

namespace molva::transport {
namespace {

using Kind = ByteRange::Kind;

void CheckPart(std::string_view header, std::int64_t offset, std::int64_t length) {
  INFO(header);
  const ByteRange range = ParseRange(header, 100);
  CHECK(range.kind == Kind::kPart);
  CHECK(range.offset == offset);
  CHECK(range.length == length);
}

TEST_CASE("one range is a part") {
  CheckPart("bytes=0-0", 0, 1);
  CheckPart("bytes=10-19", 10, 10);
  CheckPart("Bytes= 10-", 10, 90);
  CheckPart("bytes=99-", 99, 1);
  CheckPart("bytes=-30", 70, 30);
  CheckPart("bytes=-300", 0, 100);
  CheckPart("bytes=50-99999999999999999999999", 50, 50);
}

TEST_CASE("what is behind the end is nothing") {
  for (const std::string_view header :
       {"bytes=100-", "bytes=100-200", "bytes=-0", "bytes=99999999999999999999999-"}) {
    CHECK(ParseRange(header, 100).kind == Kind::kNone);
  }
  CHECK(ParseRange("bytes=0-", 0).kind == Kind::kNone);
  CHECK(ParseRange("bytes=-1", 0).kind == Kind::kNone);
}

TEST_CASE("what nobody has to understand means the whole file") {
  for (const std::string_view header :
       {"", "bytes", "bytes=", "bytes=-", "bytes=5", "bytes=0-1,3-4", "bytes=9-5", "bytes=a-b",
        "bytes=1-b", "bytes=+1-2", "bytes=-+1", "bytes=--1", "lines=0-1", "bytes=0x1-2"}) {
    INFO(header);
    const ByteRange range = ParseRange(header, 100);
    CHECK(range.kind == Kind::kWhole);
    CHECK(range.length == 100);
  }
}

}  // namespace
}  // namespace molva::transport
