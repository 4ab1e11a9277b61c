// Plain HTTP and the upgrade, over real sockets.
#include <sys/resource.h>

#include "tests/unit/transport/test_client.h"
#include "tests/unit/transport/test_server.h"

namespace molva::transport {
namespace {

ListenOptions WithPages() {
  ListenOptions options;
  options.http.Handle("/livez", [](const HttpRequest&) {
    HttpResponse response;
    response.body = "alive\n";
    return response;
  });
  options.http.Handle("/query", [](const HttpRequest& request) {
    HttpResponse response;
    response.body = request.query;
    return response;
  });
  options.http.Handle("/big", [](const HttpRequest&) {
    HttpResponse response;
    response.body = std::string(1 << 20, 'x');
    return response;
  });
  return options;
}

std::string Get(const std::string& target, const std::string& method = "GET") {
  return method + " " + target + " HTTP/1.1\r\nHost: molva\r\n\r\n";
}

int StatusOf(const std::string& response) {
  return response.size() < 12 ? 0 : std::stoi(response.substr(9, 3));
}

std::string BodyOf(const std::string& response) {
  return response.substr(response.find("\r\n\r\n") + 4);
}

TEST_CASE("a registered page is served again and again on one connection", "[http]") {
  TestServer server(WithPages());
  server.Start();
  TestClient client(server.port());
  for (int i = 0; i < 3; ++i) {
    client.Write(Get("/livez"));
    const std::string response = client.ReadResponse();
    CHECK(StatusOf(response) == 200);
    CHECK(BodyOf(response) == "alive\n");
    CHECK(response.find("\r\nDate: ") != std::string::npos);
  }
  CHECK(server.listener().traffic().connections_accepted == 1);
}

TEST_CASE("pipelined requests are answered in order", "[http]") {
  TestServer server(WithPages());
  server.Start();
  TestClient client(server.port());
  std::string requests;
  for (int i = 0; i < 500; ++i) requests += Get("/query?" + std::to_string(i));
  client.Write(requests);
  for (int i = 0; i < 500; ++i) {
    REQUIRE(BodyOf(client.ReadResponse()) == std::to_string(i));
  }
}

TEST_CASE("a client that pipelines and does not read is served at its own pace", "[http]") {
  TestServer server(WithPages());
  server.Start();
  TestClient client(server.port());
  std::string requests;
  for (int i = 0; i < 30; ++i) requests += Get("/big");
  client.Write(requests);
  for (int i = 0; i < 30; ++i) REQUIRE(client.ReadResponse().size() > (1 << 20));
}

TEST_CASE("HEAD gets the headers of GET and no body", "[http]") {
  TestServer server(WithPages());
  server.Start();
  TestClient client(server.port());
  client.Write(Get("/livez", "HEAD") + Get("/query?next"));
  const std::string response = client.ReadResponse(TestClient::Body::kNone);
  CHECK(StatusOf(response) == 200);
  CHECK(response.find("Content-Length: 6\r\n") != std::string::npos);
  CHECK(BodyOf(client.ReadResponse()) == "next");
}

TEST_CASE("unknown paths and methods are refused as ctrl in JSON", "[http]") {
  TestServer server(WithPages());
  server.Start();
  TestClient client(server.port());
  client.Write(Get("/nothing"));
  const std::string not_found = client.ReadResponse();
  CHECK(StatusOf(not_found) == 404);
  CHECK(not_found.find("Content-Type: application/json") != std::string::npos);
  CHECK(BodyOf(not_found).starts_with("{\"ctrl\":{\"code\":404,\"text\":\"not found\",\"ts\":\""));
  client.Write(Get("/livez", "DELETE"));
  const std::string not_allowed = client.ReadResponse();
  CHECK(StatusOf(not_allowed) == 405);
  CHECK(not_allowed.find("Allow: GET, HEAD\r\n") != std::string::npos);
}

TEST_CASE("a malformed request is answered, then the connection closes without a reset", "[http]") {
  TestServer server(WithPages());
  server.Start();
  TestClient client(server.port());
  client.Write("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + Get("/livez"));
  const std::string response = client.ReadResponse();
  CHECK(StatusOf(response) == 400);
  CHECK(response.find("Connection: close\r\n") != std::string::npos);
  CHECK(client.ReadToEnd());
}

TEST_CASE("Connection: close is obeyed", "[http]") {
  TestServer server(WithPages());
  server.Start();
  TestClient client(server.port());
  client.Write("GET /livez HTTP/1.1\r\nHost: molva\r\nConnection: close\r\n\r\n");
  CHECK(StatusOf(client.ReadResponse()) == 200);
  CHECK(client.ReadToEnd());
}

TEST_CASE("a request head that never ends is cut off, trickling or not", "[http]") {
  ListenOptions options = WithPages();
  options.limits.handshake_timeout = absl::Milliseconds(200);
  TestServer server(options);
  server.Start();
  SECTION("at the start") {
    TestClient client(server.port());
    CHECK(client.ReadToEnd());
  }
  SECTION("in a later request") {
    TestClient client(server.port());
    client.Write(Get("/livez"));
    CHECK(StatusOf(client.ReadResponse()) == 200);
    client.Write("GET /livez HTT");
    CHECK(client.ReadToEnd());
  }
  CHECK(Eventually([&] { return server.listener().traffic().connections_live == 0; }));
}

TEST_CASE("an idle connection without requests is closed in time", "[http]") {
  ListenOptions options = WithPages();
  options.limits.http_idle_timeout = absl::Milliseconds(100);
  TestServer server(options);
  server.Start();
  TestClient client(server.port());
  client.Write(Get("/livez"));
  CHECK(StatusOf(client.ReadResponse()) == 200);
  CHECK(client.ReadToEnd());
}

TEST_CASE("an upgrade with a good key is accepted, wherever the key stands", "[http]") {
  TestServer server;
  server.Start();
  const std::string target = "/v0/channels";
  const std::string rest =
      "Host: molva\r\nOrigin: https://elsewhere\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  for (const std::string& head : {"GET " + target + "?x=y&apikey=good HTTP/1.1\r\n",
                                  "GET " + target + " HTTP/1.1\r\nX-Tinode-APIKey: good\r\n",
                                  "GET " + target + " HTTP/1.1\r\nCookie: a=b; apikey=good\r\n"}) {
    TestClient client(server.port());
    client.Write(head + rest);
    const std::string response = client.ReadResponse();
    CHECK(StatusOf(response) == 101);
    // The example of RFC 6455 §1.3.
    CHECK(response.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") !=
          std::string::npos);
  }
  CHECK(server.behaviour.accepted == 3);
}

TEST_CASE("an upgrade that is not in order is refused with a reason", "[http]") {
  TestServer server;
  server.Start();
  TestClient client(server.port());
  const std::string bad_key = client.Upgrade("/v0/channels?apikey=bad");
  CHECK(StatusOf(bad_key) == 403);
  CHECK(BodyOf(bad_key).starts_with(
      "{\"ctrl\":{\"code\":403,\"text\":\"valid API key required\",\"ts\":\""));
  CHECK(StatusOf(client.Upgrade("/v0/channels")) == 403);
  client.Write(Get("/v0/channels?apikey=good", "POST"));
  CHECK(StatusOf(client.ReadResponse()) == 405);
  client.Write(Get("/v0/channels?apikey=good"));
  CHECK(StatusOf(client.ReadResponse()) == 400);
  const std::string head = "GET /v0/channels?apikey=good HTTP/1.1\r\nHost: molva\r\n";
  const std::string upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const std::string version = "Sec-WebSocket-Version: 13\r\n";
  for (const std::string& request :
       {head + upgrade + key + "\r\n", head + upgrade + key + "Sec-WebSocket-Version: 8\r\n\r\n",
        head + upgrade + version + "\r\n", head + upgrade + version + key + key + "\r\n",
        head + upgrade + version + "Sec-WebSocket-Key: c2hvcnQ=\r\n\r\n",
        head + "Connection: Upgrade\r\n" + version + key + "\r\n",
        head + "Upgrade: websocket\r\n" + version + key + "\r\n"}) {
    client.Write(request);
    CHECK(StatusOf(client.ReadResponse()) == 400);
  }
  CHECK(server.behaviour.accepted == 0);
}

TEST_CASE("a node that takes no more sessions answers 503 and goes on serving", "[http]") {
  ListenOptions options = WithPages();
  options.max_sessions = 1;
  TestServer server(options);
  server.Start();
  TestClient refused(server.port());
  SECTION("because the core says so") { server.behaviour.accepts = false; }
  TestClient first(server.port());
  SECTION("because the limit is reached") { CHECK(StatusOf(first.Upgrade()) == 101); }
  CHECK(StatusOf(refused.Upgrade()) == 503);
  refused.Write(Get("/livez"));
  CHECK(StatusOf(refused.ReadResponse()) == 200);
}

TEST_CASE("a process without descriptors accepts again when there are some", "[http]") {
  TestServer server(WithPages());
  server.Start();
  TestClient before(server.port());
  before.Write(Get("/livez"));
  CHECK(StatusOf(before.ReadResponse()) == 200);
  rlimit normal{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &normal) == 0);
  const int next_free = ::dup(0);
  REQUIRE(next_free >= 0);
  ::close(next_free);
  rlimit tight = normal;
  tight.rlim_cur = static_cast<rlim_t>(next_free) + 1;  // one more: the client's own
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
  TestClient client(server.port());
  client.Write(Get("/livez"));
  const bool had_errors = Eventually([&] { return server.listener().traffic().accept_errors > 0; });
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &normal) == 0);
  CHECK(had_errors);
  CHECK(StatusOf(client.ReadResponse()) == 200);
}

TEST_CASE("addresses that make no sense or are taken are refused by name", "[http]") {
  runtime::AsioShard shard(0);
  Behaviour behaviour;
  TestAcceptor acceptor(behaviour);
  const auto open = [&](const std::string& address) {
    ListenOptions options;
    options.address = address;
    options.is_valid_api_key = [](std::string_view) { return true; };
    return Listener::Open(options, {{&shard, &acceptor}});
  };
  for (const std::string address : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http",
                                    "127.0.0.1:65536", "no such host:1", "::1:80", "example:1"}) {
    INFO(address);
    CHECK(open(address).status().code() == absl::StatusCode::kInvalidArgument);
  }
  const auto first = open("127.0.0.1:0");
  REQUIRE(first.ok());
  CHECK((*first)->port() != 0);
  const std::string taken = "127.0.0.1:" + std::to_string((*first)->port());
  const absl::Status status = open(taken).status();
  CHECK(status.code() == absl::StatusCode::kUnavailable);
  CHECK(std::string(status.message()).find(taken) != std::string::npos);
}

TEST_CASE("the address is free once the listener stopped accepting, and sessions stay", "[http]") {
  TestServer server;
  server.Start();
  TestClient client(server.port());
  CHECK(StatusOf(client.Upgrade()) == 101);
  server.listener().StopAccepting();
  runtime::AsioShard shard(0);
  TestAcceptor acceptor(server.behaviour);
  ListenOptions options;
  options.address = "127.0.0.1:" + std::to_string(server.port());
  options.is_valid_api_key = [](std::string_view) { return true; };
  CHECK(Listener::Open(options, {{&shard, &acceptor}}).ok());
  CHECK(server.listener().traffic().sessions_live == 1);
}

}  // namespace
}  // namespace molva::transport
