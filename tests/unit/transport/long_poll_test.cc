// Long polling, over real sockets.
#include <future>

#include "tests/unit/transport/test_client.h"
#include "tests/unit/transport/test_server.h"

namespace molva::transport {
namespace {

constexpr char kPath[] = "/v0/channels/lp?apikey=good";

ListenOptions WithWait(absl::Duration wait) {
  ListenOptions options;
  options.limits.poll_wait = wait;
  return options;
}

int StatusOf(const std::string& response) {
  return response.size() < 12 ? 0 : std::stoi(response.substr(9, 3));
}

std::string BodyOf(const std::string& response) {
  const std::size_t head_end = response.find("\r\n\r\n");
  return head_end == std::string::npos ? "no response" : response.substr(head_end + 4);
}

std::string Post(const std::string& target, const std::string& body = "",
                 const std::string& headers = "") {
  return "POST " + target +
         " HTTP/1.1\r\nHost: molva\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         headers + "\r\n" + body;
}

std::string Leave(const std::string& id) {
  return "{\"leave\":{\"id\":\"" + id + "\",\"topic\":\"me\"}}";
}

// One connection that speaks for one session, as an XMLHttpRequest would.
class Poller {
 public:
  explicit Poller(const TestServer& server) : client_(server.port()) {
    client_.Write(Post(kPath));
    const std::string response = client_.ReadResponse();
    REQUIRE(StatusOf(response) == 201);
    const std::string body = BodyOf(response);
    sid_ = body.substr(body.find("\"sid\":\"") + 7, 22);
  }
  Poller(const TestServer& server, std::string sid)
      : client_(server.port()), sid_(std::move(sid)) {}

  const std::string& sid() const { return sid_; }
  TestClient& client() { return client_; }
  std::string target() const { return std::string(kPath) + "&sid=" + sid_; }

  void StartPoll() { client_.Write(Post(target())); }
  void StartSend(const std::string& body) { client_.Write(Post(target(), body)); }
  std::string Read() { return client_.ReadResponse(); }
  std::string Poll() {
    StartPoll();
    return Read();
  }
  std::string Send(const std::string& body) {
    StartSend(body);
    return Read();
  }

 private:
  TestClient client_;
  std::string sid_;
};

TEST_CASE("the first request opens a session, whatever its method", "[longpoll]") {
  TestServer server;
  server.Start();
  TestClient client(server.port());
  client.Write("GET " + std::string(kPath) + "&id=7 HTTP/1.1\r\nHost: molva\r\n\r\n");
  const std::string response = client.ReadResponse();
  CHECK(StatusOf(response) == 201);
  CHECK(BodyOf(response).starts_with(
      "{\"ctrl\":{\"id\":\"7\",\"code\":201,\"text\":\"created\",\"params\":{\"sid\":\""));
  CHECK(response.find("Access-Control-Allow-Origin: *\r\n") != std::string::npos);
  CHECK(response.find("Cache-Control: no-cache, no-store, must-revalidate\r\n") !=
        std::string::npos);
  CHECK(response.find("Content-Type: text/plain") != std::string::npos);
  CHECK(server.listener().traffic().sessions_live == 1);
  CHECK(server.listener().traffic().polling_sessions_live == 1);
  CHECK(Eventually([&] { return server.listener().traffic().connections_live == 1; }));
}

TEST_CASE("pages of origins that are not let in are told so, before and after", "[longpoll]") {
  ListenOptions options;
  options.cors = *CorsRules::Parse({"https://good.example"});
  TestServer server(std::move(options));
  server.Start();
  const auto ask = [&](const std::string& origin, const std::string& method) {
    TestClient client(server.port());
    client.Write(method + " " + kPath + " HTTP/1.1\r\nHost: molva\r\nOrigin: " + origin +
                 "\r\nAccess-Control-Request-Method: POST\r\n\r\n");
    return client.ReadResponse();
  };
  const std::string allowed = "Access-Control-Allow-Origin: https://good.example\r\n";
  CHECK(StatusOf(ask("https://good.example", "OPTIONS")) == 204);
  CHECK(ask("https://good.example", "OPTIONS").find(allowed) != std::string::npos);
  CHECK(ask("https://bad.example", "OPTIONS").find("Allow-Origin") == std::string::npos);
  CHECK(server.behaviour.accepted == 0);
  CHECK(ask("https://good.example", "POST").find(allowed) != std::string::npos);
  CHECK(ask("https://bad.example", "POST").find("Allow-Origin") == std::string::npos);
}

TEST_CASE("without a good key there is no session", "[longpoll]") {
  TestServer server;
  server.Start();
  TestClient client(server.port());
  client.Write(Post("/v0/channels/lp?apikey=bad"));
  CHECK(StatusOf(client.ReadResponse()) == 403);
  client.Write(Post("/v0/channels/lp", "apikey=good",
                    "Content-Type: application/x-www-form-urlencoded\r\n"));
  CHECK(StatusOf(client.ReadResponse()) == 201);
}

TEST_CASE("a sid that nobody has is answered 403 with a ctrl", "[longpoll]") {
  TestServer server;
  server.Start();
  for (const std::string sid :
       {"", "x", "AQAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAA", "_wAAAAAAAAAAAAAAAAAAAA"}) {
    Poller poller(server, sid);
    const std::string response = poller.Poll();
    CHECK(StatusOf(response) == 403);
    CHECK(BodyOf(response).find("invalid or expired session") != std::string::npos);
    CHECK(StatusOf(poller.Send(Leave("1"))) == 403);
  }
}

TEST_CASE("sends are answered with nothing, polls with one packet each in order", "[longpoll]") {
  TestServer server;
  server.Start();
  Poller poller(server);
  for (const char* id : {"1", "2", "3"}) {
    const std::string response = poller.Send(Leave(id));
    CHECK(StatusOf(response) == 200);
    CHECK(BodyOf(response).empty());
  }
  for (const char* id : {"1", "2", "3"}) {
    const std::string response = poller.Poll();
    CHECK(StatusOf(response) == 200);
    CHECK(BodyOf(response) == ReplyText(id));
  }
  CHECK(StatusOf(poller.Send("no json")) == 200);
  CHECK(BodyOf(poller.Poll()) == ReplyText("bad", 400));
}

TEST_CASE("a sid in a form polls", "[longpoll]") {
  TestServer server;
  server.Start();
  Poller poller(server);
  poller.Send(Leave("1"));
  poller.client().Write(Post("/v0/channels/lp", "apikey=good&sid=" + poller.sid(),
                             "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"));
  CHECK(BodyOf(poller.Read()) == ReplyText("1"));
}

TEST_CASE("the network probe is answered through a poll", "[longpoll]") {
  TestServer server;
  server.Start();
  Poller poller(server);
  poller.Send("1");
  CHECK(BodyOf(poller.Poll()) == "0");
  CHECK(server.behaviour.requests == 0);
}

TEST_CASE("a poll waits for a packet, and sends go on meanwhile", "[longpoll]") {
  TestServer server;
  server.Start();
  Poller poller(server);
  Poller sender(server, poller.sid());
  for (int i = 0; i < 20; ++i) {
    poller.StartPoll();
    CHECK(StatusOf(sender.Send(Leave(std::to_string(i)))) == 200);
    CHECK(BodyOf(poller.Read()) == ReplyText(std::to_string(i)));
  }
}

TEST_CASE("a poll that waits in vain is answered with nothing", "[longpoll]") {
  TestServer server(WithWait(absl::Milliseconds(100)));
  server.Start();
  Poller poller(server);
  const std::string response = poller.Poll();
  CHECK(StatusOf(response) == 200);
  CHECK(BodyOf(response).empty());
  poller.Send(Leave("1"));
  CHECK(BodyOf(poller.Poll()) == ReplyText("1"));
}

TEST_CASE("a newer poll sends the older one away", "[longpoll]") {
  TestServer server;
  server.Start();
  Poller older(server);
  const auto bytes_in = [&] { return server.listener().traffic().bytes_in; };
  const std::uint64_t before = bytes_in();
  older.StartPoll();
  REQUIRE(Eventually([&] { return bytes_in() > before; }));
  Poller newer(server, older.sid());
  newer.StartPoll();
  CHECK(BodyOf(older.Read()).empty());
  older.Send(Leave("1"));
  CHECK(BodyOf(newer.Read()) == ReplyText("1"));
}

TEST_CASE("any shard takes requests for any session", "[longpoll]") {
  TestServer server({}, 3);
  server.Start();
  Poller owner(server);
  // The kernel spreads connections: of so many, some are on each shard.
  for (int i = 0; i < 40; ++i) {
    Poller poller(server, owner.sid());
    const std::string id = std::to_string(i);
    REQUIRE(StatusOf(poller.Send(Leave(id))) == 200);
    REQUIRE(BodyOf(poller.Poll()) == ReplyText(id));
    poller.StartPoll();
    REQUIRE(StatusOf(owner.Send(Leave("w" + id))) == 200);
    REQUIRE(BodyOf(poller.Read()) == ReplyText("w" + id));
  }
}

TEST_CASE("requests behind a waiting poll wait for their turn", "[longpoll]") {
  TestServer server;
  server.Start();
  Poller poller(server);
  Poller sender(server, poller.sid());
  poller.StartPoll();
  poller.StartSend(Leave("second"));
  poller.StartPoll();
  sender.Send(Leave("first"));
  CHECK(BodyOf(poller.Read()) == ReplyText("first"));
  CHECK(BodyOf(poller.Read()).empty());
  CHECK(BodyOf(poller.Read()) == ReplyText("second"));
}

TEST_CASE("what comes when the polling connection is gone waits for the next poll", "[longpoll]") {
  TestServer server({}, 3);
  server.Start();
  Poller sender(server);
  for (int i = 0; i < 30; ++i) {
    const std::string id = std::to_string(i);
    {
      Poller gone(server, sender.sid());
      REQUIRE(Eventually([&] { return server.listener().traffic().connections_live == 2; }));
      gone.StartPoll();
      gone.client().Reset();
    }
    REQUIRE(Eventually([&] { return server.listener().traffic().connections_live == 1; }));
    REQUIRE(StatusOf(sender.Send(Leave(id))) == 200);
    REQUIRE(BodyOf(sender.Poll()) == ReplyText(id));
  }
}

TEST_CASE("a session for which nothing comes ends", "[longpoll]") {
  ListenOptions options = WithWait(absl::Milliseconds(50));
  options.limits.poll_idle_timeout = absl::Milliseconds(200);
  TestServer server(std::move(options));
  server.Start();
  Poller poller(server);
  // Polls keep it alive.
  for (int i = 0; i < 8; ++i) REQUIRE(StatusOf(poller.Poll()) == 200);
  CHECK(server.behaviour.closed == 0);
  REQUIRE(Eventually([&] { return server.behaviour.destroyed == 1; }));
  CHECK(server.behaviour.closed == 1);
  CHECK(StatusOf(poller.Poll()) == 403);
  CHECK(server.listener().traffic().polling_sessions_live == 0);
}

TEST_CASE("a session whose poll was cut off ends as if it had not polled", "[longpoll]") {
  ListenOptions options;
  options.limits.poll_idle_timeout = absl::Milliseconds(300);
  TestServer server(std::move(options), 2);
  server.Start();
  for (int i = 1; i <= 4; ++i) {
    Poller poller(server);
    // Its first deadline passes while it polls.
    poller.StartPoll();
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    REQUIRE(server.behaviour.closed == i - 1);
    poller.client().Reset();
    REQUIRE(Eventually([&] { return server.behaviour.closed == i; }));
  }
}

TEST_CASE("a client that asks and does not poll is told 503 and closed", "[longpoll]") {
  ListenOptions options;
  options.limits.hard_queue_frames = 10;
  TestServer server(std::move(options));
  server.behaviour.on_request = [](session::Connection& connection,
                                   const Behaviour::Request& request) {
    const auto result = connection.Send(MakeReply(request->id), session::Urgency::kReply);
    if (result == session::SendResult::kOverflow) {
      connection.Close(session::CloseReason::kSlowReader);
    }
  };
  server.Start();
  Poller poller(server);
  for (int i = 0; i < 11; ++i) REQUIRE(StatusOf(poller.Send(Leave("1"))) == 200);
  REQUIRE(Eventually([&] { return server.behaviour.closed == 1; }));
  const std::string response = poller.Poll();
  CHECK(StatusOf(response) == 503);
  CHECK(response.find("Connection: close\r\n") != std::string::npos);
  Poller again(server, poller.sid());
  CHECK(StatusOf(again.Poll()) == 403);
  CHECK(server.listener().traffic().overflows == 1);
}

TEST_CASE("probes nobody polls for are bounded as well", "[longpoll]") {
  ListenOptions options;
  options.limits.hard_queue_frames = 10;
  TestServer server(std::move(options));
  server.Start();
  Poller poller(server);
  for (int i = 0; i < 11; ++i) poller.Send("1");
  CHECK(StatusOf(poller.Poll()) == 503);
  CHECK(Eventually([&] { return server.behaviour.closed == 1; }));
}

TEST_CASE("a busy session makes senders wait, the sixteenth is the last", "[longpoll]") {
  TestServer server;
  std::atomic<session::Connection*> session = nullptr;
  server.behaviour.on_accept = [&](session::Connection& connection) {
    connection.PauseReading();
    session = &connection;
  };
  server.Start();
  Poller poller(server);
  std::vector<std::unique_ptr<Poller>> senders;
  for (int i = 0; i < 16; ++i) {
    senders.push_back(std::make_unique<Poller>(server, poller.sid()));
    senders.back()->StartSend(Leave("1"));
  }
  // Who comes when is not said: the one too many may be another than the last.
  Poller last(server, poller.sid());
  REQUIRE(Eventually([&] { return StatusOf(last.Send("2")) == 503; }));
  CHECK(server.behaviour.requests == 0);
  server.shard().Post([&] { session.load()->ResumeReading(); });
  for (const auto& sender : senders) CHECK(StatusOf(sender->Read()) == 200);
  CHECK(server.behaviour.requests == 16);
}

TEST_CASE("a packet over the limit is answered 417 with a ctrl 400", "[longpoll]") {
  ListenOptions options;
  options.limits.max_http_body_bytes = 1000;
  options.limits.max_message_bytes = 1000;
  TestServer server(std::move(options));
  server.Start();
  Poller poller(server);
  const std::string response = poller.Send(std::string(1001, ' '));
  CHECK(StatusOf(response) == 417);
  CHECK(BodyOf(response).starts_with("{\"ctrl\":{\"code\":400,\"text\":\"malformed\""));
  Poller again(server, poller.sid());
  CHECK(StatusOf(again.Send(std::string(1000, ' '))) == 200);
}

TEST_CASE("polling sessions count as sessions", "[longpoll]") {
  ListenOptions options;
  options.max_sessions = 2;
  TestServer server(std::move(options));
  server.Start();
  Poller first(server);
  TestClient second(server.port());
  CHECK(second.Upgrade().find(" 101 ") != std::string::npos);
  TestClient third(server.port());
  third.Write(Post(kPath));
  CHECK(StatusOf(third.ReadResponse()) == 503);
  CHECK(server.behaviour.accepted == 2);
}

TEST_CASE("the acceptor may refuse a polling session", "[longpoll]") {
  TestServer server;
  server.behaviour.accepts = false;
  server.Start();
  TestClient client(server.port());
  client.Write(Post(kPath));
  CHECK(StatusOf(client.ReadResponse()) == 503);
  CHECK(server.listener().traffic().sessions_live == 0);
}

TEST_CASE("a stop hands out what is queued, then ends session and connection", "[longpoll]") {
  TestServer server({}, 2);
  server.Start();
  Poller waiting(server);
  Poller between(server);
  between.Send(Leave("word"));
  waiting.StartPoll();
  std::thread stop([&] { server.listener().Shutdown(absl::Seconds(10)); });
  const std::string told = waiting.Read();
  CHECK(StatusOf(told) == 403);
  CHECK(told.find("Connection: close\r\n") != std::string::npos);
  const std::string word = between.Poll();
  CHECK(BodyOf(word) == ReplyText("word"));
  CHECK(word.find("Connection: close\r\n") != std::string::npos);
  stop.join();
  CHECK(server.behaviour.closed == 2);
}

TEST_CASE("a poll on a connection that the door has not seen yet gets the last word",
          "[longpoll]") {
  TestServer server;
  server.Start();
  Poller known(server);
  known.Send(Leave("word"));
  std::promise<void> go;
  server.shard().Post([gone = go.get_future()] { gone.wait(); });
  Poller late(server, known.sid());
  std::thread stop([&] { server.listener().Shutdown(absl::Seconds(10)); });
  go.set_value();
  CHECK(BodyOf(late.Poll()) == ReplyText("word"));
  stop.join();
}

}  // namespace
}  // namespace molva::transport
