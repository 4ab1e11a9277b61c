// Fuzzes the parser of forms, and of ranges.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "transport/files/byte_range.h"
#include "transport/http/multipart_parser.h"

namespace molva::transport {
namespace {

class Keeper final : public FormReceiver {
 public:
  bool OnPart(const FormPart& part) override {
    MOLVA_CHECK(part.name.size() <= MultipartParser::kMaxHeadBytes, "a name over the limit");
    text += "[" + part.name + "|" + part.content_type + "]";
    return true;
  }
  bool OnPartBytes(std::string_view bytes) override {
    MOLVA_CHECK(!bytes.empty(), "bytes that are none");
    MOLVA_CHECK(bytes.find("\r\n--b") == std::string_view::npos, "a boundary inside a part");
    text += bytes;
    return true;
  }

  std::string text;
};

// Everything the parser says about `bytes`, fed in pieces of `piece` bytes.
std::string Trace(std::string_view bytes, std::size_t piece) {
  Keeper keeper;
  MultipartParser parser("b", keeper);
  auto progress = MultipartParser::Progress::kNeedMore;
  while (!bytes.empty() && progress == MultipartParser::Progress::kNeedMore) {
    const std::string part(bytes.substr(0, piece));
    bytes.remove_prefix(part.size());
    progress = parser.Take(part);
  }
  // Of what is refused, more or less may have been seen before.
  if (progress == MultipartParser::Progress::kBad) return "bad";
  return keeper.text + (progress == MultipartParser::Progress::kComplete ? "." : "");
}

void CheckRange(std::string_view header, std::int64_t size) {
  const ByteRange range = ParseRange(header, size);
  if (range.kind == ByteRange::Kind::kNone) return;
  MOLVA_CHECK(range.offset >= 0 && range.length >= 0 && range.offset <= size - range.length,
              "a range that is not in the file");
  MOLVA_CHECK(range.kind == ByteRange::Kind::kWhole || range.length > 0, "a part that is empty");
}

}  // namespace
}  // namespace molva::transport

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t piece = data[0] % 61 + 1u;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string whole = molva::transport::Trace(bytes, bytes.size());
  const std::string pieces = molva::transport::Trace(bytes, piece);
  MOLVA_CHECK(whole == pieces, "the pieces matter");
  molva::transport::CheckRange(bytes, data[0]);
  molva::transport::CheckRange("bytes=" + std::string(bytes), std::int64_t{1} << 40);
  (void)molva::transport::MultipartParser::BoundaryOf(bytes);
  return 0;
}
