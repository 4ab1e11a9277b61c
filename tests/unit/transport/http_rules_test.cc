// Proxies and other origins.
#include "tests/support/catch.h"
#include "transport/http/cors.h"
#include "transport/http/proxy_rules.h"

namespace molva::transport {
namespace {

std::string ClientOf(const std::vector<std::string>& proxies, std::string_view peer,
                     std::vector<HttpHeader> headers) {
  const auto rules = ProxyRules::Parse(proxies);
  REQUIRE(rules.ok());
  HttpRequest request;
  request.headers = std::move(headers);
  return rules->ClientAddress(request, peer);
}

TEST_CASE("a stranger may not say where he comes from", "[http]") {
  const std::vector<HttpHeader> headers = {{"x-forwarded-for", "9.9.9.9"},
                                           {"x-real-ip", "9.9.9.9"}};
  CHECK(ClientOf({}, "8.8.8.8", headers) == "8.8.8.8");
  CHECK(ClientOf({"10.0.0.0/8"}, "11.0.0.1", headers) == "11.0.0.1");
  CHECK(ClientOf({"10.0.0.0/8"}, "", headers).empty());
}

TEST_CASE("the right-most address that is no proxy is the client", "[http]") {
  struct Case {
    std::vector<std::string> proxies;
    std::string peer;
    std::string forwarded;
    std::string client;
  };
  const Case cases[] = {
      {{"10.0.0.0/8"}, "10.1.2.3", "9.9.9.9", "9.9.9.9"},
      {{"10.0.0.0/8"}, "10.1.2.3", "1.1.1.1, 9.9.9.9", "9.9.9.9"},
      {{"10.0.0.0/8"}, "10.1.2.3", "1.1.1.1, 9.9.9.9, 10.2.2.2", "9.9.9.9"},
      {{"10.0.0.0/8"}, "10.1.2.3", "10.9.9.9", "10.9.9.9"},
      {{"10.0.0.0/8"}, "10.1.2.3", "9.9.9.9, nonsense", "10.1.2.3"},
      {{"10.0.0.0/8"}, "10.1.2.3", "nonsense, 10.4.4.4", "10.4.4.4"},
      {{"10.0.0.0/8"}, "10.1.2.3", "9.9.9.9:1234", "9.9.9.9"},
      {{"10.0.0.0/8"}, "10.1.2.3", "[2001:db8::1]:1234", "2001:db8::1"},
      {{"10.0.0.0/9"}, "10.128.0.1", "9.9.9.9", "10.128.0.1"},
      {{"192.0.2.7"}, "192.0.2.7", "9.9.9.9", "9.9.9.9"},
      {{"192.0.2.7"}, "192.0.2.8", "9.9.9.9", "192.0.2.8"},
      {{"fd00::/8"}, "fd12::1", "2001:db8::5", "2001:db8::5"},
      {{"unix"}, "", "9.9.9.9", "9.9.9.9"},
      {{"0.0.0.0/0"}, "1.2.3.4", "5.6.7.8", "5.6.7.8"},
      {{"0.0.0.0/0"}, "::1", "5.6.7.8", "::1"},
  };
  for (const Case& one : cases) {
    INFO(one.peer << " says " << one.forwarded);
    CHECK(ClientOf(one.proxies, one.peer, {{"x-forwarded-for", one.forwarded}}) == one.client);
  }
  CHECK(ClientOf({"10.0.0.0/8"}, "10.1.2.3",
                 {{"x-forwarded-for", "9.9.9.9"}, {"x-forwarded-for", "10.5.5.5"}}) == "9.9.9.9");
}

TEST_CASE("X-Real-IP counts without X-Forwarded-For", "[http]") {
  CHECK(ClientOf({"10.0.0.0/8"}, "10.1.2.3", {{"x-real-ip", " 9.9.9.9 "}}) == "9.9.9.9");
  CHECK(ClientOf({"10.0.0.0/8"}, "10.1.2.3", {{"x-real-ip", "nobody"}}) == "10.1.2.3");
  CHECK(ClientOf({"10.0.0.0/8"}, "10.1.2.3", {}) == "10.1.2.3");
}

TEST_CASE("what is no proxy's address is refused by name", "[http]") {
  for (const std::string text : {"", "proxy", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "::/129"}) {
    const auto rules = ProxyRules::Parse({"10.0.0.1", text});
    REQUIRE_FALSE(rules.ok());
    CHECK(std::string(rules.status().message()).starts_with(text + " is neither"));
  }
}

HttpRequest Preflight(const std::string& origin, const std::string& method) {
  HttpRequest request;
  request.method = "OPTIONS";
  request.headers = {{"origin", origin}, {"access-control-request-method", method}};
  return request;
}

std::string HeaderOf(const HttpResponse& response, std::string_view name) {
  for (const HttpHeader& header : response.headers) {
    if (header.first == name) return header.second;
  }
  return "none";
}

TEST_CASE("a preflight is answered by origin and method", "[http]") {
  const auto rules = CorsRules::Parse({"https://chat.example.com", "https://*.dev.example:8443"});
  REQUIRE(rules.ok());
  const auto answer = [&](const std::string& origin, const std::string& method) {
    const HttpRequest request = Preflight(origin, method);
    REQUIRE(CorsRules::IsPreflight(request));
    const HttpResponse response = rules->AnswerPreflight(request, "GET, POST");
    CHECK(response.status == 204);
    CHECK(HeaderOf(response, "Vary") == "Origin, Access-Control-Request-Method");
    return HeaderOf(response, "Access-Control-Allow-Origin");
  };
  CHECK(answer("https://chat.example.com", "POST") == "https://chat.example.com");
  CHECK(answer("https://CHAT.example.com", "POST") == "https://CHAT.example.com");
  CHECK(answer("https://a.dev.example:8443", "GET") == "https://a.dev.example:8443");
  CHECK(answer("https://chat.example.com", "DELETE") == "none");
  for (const std::string stranger :
       {"http://chat.example.com", "https://chat.example.com:444", "https://chat.example.com.evil",
        "https://a.b.dev.example:8443", "https://dev.example:8443", "https://.dev.example:8443",
        "https://xchat.example.com", "null", "https://"}) {
    INFO(stranger);
    CHECK(answer(stranger, "POST") == "none");
  }
}

TEST_CASE("a star lets every origin read, an empty list none", "[http]") {
  const auto everybody = CorsRules::Parse({"*"});
  const auto nobody = CorsRules::Parse({});
  REQUIRE(everybody.ok());
  REQUIRE(nobody.ok());
  HttpResponse open;
  everybody->AllowOrigin("https://a.example", open);
  CHECK(HeaderOf(open, "Access-Control-Allow-Origin") == "*");
  HttpResponse closed;
  nobody->AllowOrigin("https://a.example", closed);
  CHECK(HeaderOf(closed, "Access-Control-Allow-Origin") == "none");
  CHECK(HeaderOf(closed, "Vary") == "Origin");
  CHECK_FALSE(CorsRules::Parse({"*", "https://a.example"}).ok());
  CHECK_FALSE(CorsRules::Parse({"a.example"}).ok());
  CHECK_FALSE(CorsRules::Parse({"https://a.example/path"}).ok());
}

}  // namespace
}  // namespace molva::transport
