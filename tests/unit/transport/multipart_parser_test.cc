#include "transport/http/multipart_parser.h"

#include <vector>

#include "tests/support/catch.h"

namespace molva::transport {
namespace {

using Progress = MultipartParser::Progress;

// Keeps all that comes.
class Keeper final : public FormReceiver {
 public:
  bool OnPart(const FormPart& part) override {
    text += "[" + part.name + "|" + part.content_type + "]";
    return text.size() < wanted_bytes;
  }
  bool OnPartBytes(std::string_view bytes) override {
    text += bytes;
    return text.size() < wanted_bytes;
  }

  std::string text;
  std::size_t wanted_bytes = 1 << 20;
};

struct Outcome {
  Progress progress = Progress::kNeedMore;
  std::string text;
};

Outcome Parse(std::string_view bytes, std::size_t piece) {
  Keeper keeper;
  MultipartParser parser("b", keeper);
  Outcome outcome;
  for (std::size_t start = 0; start < bytes.size(); start += piece) {
    outcome.progress = parser.Take(bytes.substr(start, piece));
  }
  outcome.text = keeper.text;
  return outcome;
}

constexpr std::string_view kForm =
    "preamble\r\n--b\r\n"
    "Content-Disposition: form-data; name=\"file\"; filename=\"a;b\\\"c\"\r\n"
    "Content-Type: image/png\r\n\r\n"
    "one\r\n--\r\n-two\r\n--b \t\r\n"
    "content-disposition:form-data;name=id\r\n\r\n\r\n--b\r\n"
    "X: y\r\nContent-Disposition: form-data; filename=\"name=\\\"no\\\"\"; name=\"topic\"\r\n\r\n"
    "newacc\r\n--b--\r\nepilogue";

TEST_CASE("a form is the same in pieces of any size") {
  for (const std::size_t piece : {1, 2, 3, 5, 7, 64, 1000}) {
    const Outcome outcome = Parse(kForm, piece);
    CHECK(outcome.progress == Progress::kComplete);
    CHECK(outcome.text == "[file|image/png]one\r\n--\r\n-two[id|][topic|]newacc");
  }
}

TEST_CASE("a form that is cut off is not complete") {
  for (std::size_t size = 0; size + 10 < kForm.size(); size += 3) {
    CHECK(Parse(kForm.substr(0, size), 16).progress == Progress::kNeedMore);
  }
}

TEST_CASE("what is no form is refused") {
  const std::string head = "Content-Disposition: form-data; name=x\r\n\r\n";
  for (const std::string& bad : std::vector<std::string>{
           std::string("--bx\r\n") + head, "--b\r\n\r\nno head\r\n--b--",
           std::string("--b\r\nContent-Type: a/b\r\n\r\nno name\r\n--b--"),
           std::string("--b\r\nContent-Disposition: attachment; name=x\r\n\r\n"),
           std::string("--b\r\nContent-Disposition: form-data; name=\"x\r\n\r\n"),
           "--b\r\nContent-Disposition: form-data; name=x\r\n" + head,
           std::string("--b\r\nno colon\r\n\r\n"), "--b" + std::string(100, ' ') + "\r\n" + head,
           "--b\r\nX: " + std::string(MultipartParser::kMaxHeadBytes, 'x')}) {
    INFO(bad.substr(0, 80));
    CHECK(Parse(bad, 1).progress == Progress::kBad);
    CHECK(Parse(bad, 10'000).progress == Progress::kBad);
  }
  std::string many;
  for (std::size_t i = 0; i <= MultipartParser::kMaxParts; ++i) many += "--b\r\n" + head + "\r\n";
  CHECK(Parse(many, 100).progress == Progress::kBad);
}

TEST_CASE("who wants no more gets no more") {
  Keeper keeper;
  keeper.wanted_bytes = 3;
  MultipartParser parser("b", keeper);
  CHECK(parser.Take(kForm) == Progress::kStopped);
  const std::string text = keeper.text;
  CHECK(parser.Take(kForm) == Progress::kStopped);
  CHECK(keeper.text == text);
}

TEST_CASE("the boundary comes from the type of the body") {
  const auto boundary = [](std::string_view type) {
    return MultipartParser::BoundaryOf(type).value_or("none");
  };
  CHECK(boundary("multipart/form-data; boundary=abc") == "abc");
  CHECK(boundary("Multipart/Form-Data;charset=x; BOUNDARY=\"a b'c\"") == "a b'c");
  for (const std::string_view bad :
       {"multipart/mixed; boundary=a", "multipart/form-data", "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"a\r\n\"", "multipart/form-data; boundary=\"a",
        "multipart/form-data; boundary=\"a \"", "text/plain; boundary=a"}) {
    CHECK(boundary(bad) == "none");
  }
  CHECK(boundary("multipart/form-data; boundary=" + std::string(71, 'x')) == "none");
}

}  // namespace
}  // namespace molva::transport
