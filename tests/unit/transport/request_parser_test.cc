#include "transport/http/request_parser.h"

#include "tests/support/catch.h"

namespace molva::transport {
namespace {

constexpr std::size_t kMaxBodyBytes = 1000;

struct Parsed {
  std::vector<HttpRequest> requests;
  int error = 0;
};

Parsed Parse(std::string_view bytes, std::size_t piece) {
  RequestParser parser(kMaxBodyBytes);
  Parsed parsed;
  for (std::size_t start = 0; start < bytes.size(); start += piece) {
    std::string_view input = bytes.substr(start, piece);
    while (!input.empty()) {
      const auto progress = parser.Take(input);
      if (progress == RequestParser::Progress::kNeedMore) break;
      if (progress == RequestParser::Progress::kBad) {
        parsed.error = parser.error_status();
        return parsed;
      }
      parsed.requests.push_back(parser.Finish());
    }
  }
  return parsed;
}

// The status of the refusal, whatever the pieces; 0 for none.
int ErrorOf(std::string_view bytes) {
  const int error = Parse(bytes, bytes.size()).error;
  CHECK(Parse(bytes, 1).error == error);
  CHECK(Parse(bytes, 5).error == error);
  return error;
}

TEST_CASE("a request is taken apart, in whatever pieces it comes", "[http]") {
  const std::string bytes =
      "\r\nPOST /a/b?x=1&apikey=A%42+c HTTP/1.1\r\nHost: molva\r\nX-Thing:  some value \t\r\n"
      "Cookie: a=b; apikey=k=1\r\nContent-Length: 5\r\n\r\nhello"
      "GET / HTTP/1.1\r\nhost:molva\r\nConnection: Close\r\n\r\n";
  for (const std::size_t piece : {bytes.size(), std::size_t{1}, std::size_t{3}}) {
    const Parsed parsed = Parse(bytes, piece);
    CHECK(parsed.error == 0);
    REQUIRE(parsed.requests.size() == 2);
    const HttpRequest& first = parsed.requests[0];
    CHECK(first.method == "POST");
    CHECK(first.path == "/a/b");
    CHECK(first.query == "x=1&apikey=A%42+c");
    CHECK(first.QueryValue("apikey") == "AB c");
    CHECK(first.QueryValue("y") == std::nullopt);
    CHECK(first.Header("x-thing") == "some value");
    CHECK(first.Cookie("apikey") == "k=1");
    CHECK(first.body == "hello");
    CHECK(first.keep_alive == HttpRequest::KeepAlive::kYes);
    CHECK(parsed.requests[1].path == "/");
    CHECK(parsed.requests[1].body.empty());
    CHECK(parsed.requests[1].keep_alive == HttpRequest::KeepAlive::kNo);
  }
}

TEST_CASE("HTTP/1.0 closes unless asked to stay, and needs no Host", "[http]") {
  const Parsed parsed = Parse("GET / HTTP/1.0\r\n\r\n", 100);
  REQUIRE(parsed.requests.size() == 1);
  CHECK(parsed.requests[0].keep_alive == HttpRequest::KeepAlive::kNo);
  CHECK(parsed.requests[0].minor_version == 0);
  const Parsed kept = Parse("GET / HTTP/1.0\r\nConnection: x, keep-alive\r\n\r\n", 100);
  REQUIRE(kept.requests.size() == 1);
  CHECK(kept.requests[0].keep_alive == HttpRequest::KeepAlive::kYes);
}

TEST_CASE("an absolute target means its path", "[http]") {
  const Parsed parsed = Parse(
      "GET http://molva/x?y HTTP/1.1\r\nHost: molva\r\n\r\n"
      "GET http://molva HTTP/1.1\r\nHost: molva\r\n\r\n",
      1000);
  REQUIRE(parsed.requests.size() == 2);
  CHECK(parsed.requests[0].path == "/x");
  CHECK(parsed.requests[0].query == "y");
  CHECK(parsed.requests[1].path == "/");
}

TEST_CASE("what two readers could understand differently is refused", "[http]") {
  const std::string get = "GET / HTTP/1.1\r\nHost: molva\r\n";
  CHECK(ErrorOf(get + "\r\n") == 0);
  CHECK(ErrorOf("GET / HTTP/1.1\nHost: molva\r\n\r\n") == 400);
  CHECK(ErrorOf("GET / HTTP/1.1\r\nHost: molva\n\r\n") == 400);
  CHECK(ErrorOf(get + "\n") == 400);
  CHECK(ErrorOf(get + "A: b\rC: d\r\n\r\n") == 400);
  CHECK(ErrorOf(get + "A: b\r\n folded\r\n\r\n") == 400);
  CHECK(ErrorOf(get + "A: b\r\n\tfolded\r\n\r\n") == 400);
  CHECK(ErrorOf(get + "A : b\r\n\r\n") == 400);
  CHECK(ErrorOf(get + ": b\r\n\r\n") == 400);
  CHECK(ErrorOf(get + "nothing\r\n\r\n") == 400);
  CHECK(ErrorOf(get + std::string("A: b\0c\r\n\r\n", 10)) == 400);
  CHECK(ErrorOf(get + "Host: other\r\n\r\n") == 400);
  CHECK(ErrorOf("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(ErrorOf(get + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx") == 400);
  CHECK(ErrorOf(get + "Content-Length: 1, 1\r\n\r\nx") == 400);
  CHECK(ErrorOf(get + "Content-Length: +1\r\n\r\nx") == 400);
  CHECK(ErrorOf(get + "Content-Length: -1\r\n\r\nx") == 400);
  CHECK(ErrorOf(get + "Content-Length: 0x1\r\n\r\nx") == 400);
  CHECK(ErrorOf(get + "Content-Length:\r\n\r\n") == 400);
  CHECK(ErrorOf(get + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
  CHECK(ErrorOf("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
  CHECK(ErrorOf(get + "Transfer-Encoding: chunked\r\n\r\n") == 411);
  CHECK(ErrorOf(get + "Expect: 100-continue\r\n\r\n") == 417);
}

TEST_CASE("a malformed request line is refused", "[http]") {
  const std::string rest = "\r\nHost: molva\r\n\r\n";
  CHECK(ErrorOf("GET /" + rest) == 400);
  CHECK(ErrorOf("GET" + rest) == 400);
  CHECK(ErrorOf(" / HTTP/1.1" + rest) == 400);
  CHECK(ErrorOf("GET  / HTTP/1.1" + rest) == 400);
  CHECK(ErrorOf("GET / x HTTP/1.1" + rest) == 400);
  CHECK(ErrorOf("G(T / HTTP/1.1" + rest) == 400);
  CHECK(ErrorOf("GET path HTTP/1.1" + rest) == 400);
  CHECK(ErrorOf("GET /\x80 HTTP/1.1" + rest) == 400);
  CHECK(ErrorOf("GET / HTTP/2.0" + rest) == 505);
  CHECK(ErrorOf("GET / http/1.1" + rest) == 400);
  CHECK(ErrorOf(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n", 12)) == 400);
}

TEST_CASE("every part of a request has its limit", "[http]") {
  const std::string get = "GET / HTTP/1.1\r\nHost: molva\r\n";
  CHECK(ErrorOf("GET /" + std::string(RequestParser::kMaxRequestLineBytes, 'x')) == 414);
  CHECK(ErrorOf(get + "A: " + std::string(RequestParser::kMaxHeadBytes, 'x')) == 431);
  std::string many = get;
  for (std::size_t i = 1; i < RequestParser::kMaxHeaders; ++i) many += "A: b\r\n";
  CHECK(ErrorOf(many + "\r\n") == 0);
  CHECK(ErrorOf(many + "A: b\r\n\r\n") == 431);
  CHECK(ErrorOf(get + "Content-Length: 1001\r\n\r\n") == 413);
  CHECK(ErrorOf(get + "Content-Length: 99999999999999999999999\r\n\r\n") == 413);
  CHECK(ErrorOf(get + "Content-Length: 1000\r\n\r\n" + std::string(1000, 'x')) == 0);
}

}  // namespace
}  // namespace molva::transport
