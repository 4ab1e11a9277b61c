// WebSocket sessions over real sockets.
#include <map>
#include <mutex>

#include "tests/unit/transport/frame_builder.h"
#include "tests/unit/transport/test_client.h"
#include "tests/unit/transport/test_server.h"

namespace molva::transport {
namespace {

using session::CloseReason;
using session::Connection;
using session::SendResult;
using session::Urgency;

std::string Request(const std::string& id) {
  return "{\"leave\":{\"id\":\"" + id + "\",\"topic\":\"me\"}}";
}

model::PacketPtr MakeData(std::size_t bytes) {
  model::Data data;
  data.topic = "grp";
  data.seq = 1;
  data.content = model::JsonText(std::string(bytes, 'x'));
  return model::Share(data);
}

model::PacketPtr MakePresence() {
  model::Pres pres;
  pres.topic = "me";
  pres.what = "on";
  return model::Share(pres);
}

void Open(TestClient& client) { REQUIRE(client.Upgrade().starts_with("HTTP/1.1 101 ")); }

TEST_CASE("text, binary and fragmented packets reach the session and are answered", "[websocket]") {
  TestServer server;
  server.Start();
  TestClient client(server.port());
  Open(client);
  client.Write(TextFrame(Request("a")));
  CHECK(client.ReadText() == ReplyText("a"));
  client.Write(BuildFrame({0x82, Request("b")}));
  CHECK(client.ReadText() == ReplyText("b"));
  const std::string request = Request("c");
  client.Write(BuildFrame({0x01, request.substr(0, 5)}) + PingFrame("?"));
  client.Write(BuildFrame({0x80, request.substr(5)}));
  const auto pong = client.ReadFrame();
  REQUIRE(pong.has_value());
  CHECK(pong->opcode == 10);
  CHECK(pong->payload == "?");
  CHECK(client.ReadText() == ReplyText("c"));
  client.Write(TextFrame("not json"));
  CHECK(client.ReadText() == ReplyText("bad", 400));
  CHECK(server.listener().traffic().messages_in == 4);
}

TEST_CASE("many packets in one write are answered in order", "[websocket]") {
  TestServer server;
  server.Start();
  TestClient client(server.port());
  Open(client);
  std::string frames;
  for (int i = 0; i < 3000; ++i) frames += TextFrame(Request(std::to_string(i)));
  std::thread writer([&] { client.Write(frames); });
  std::vector<std::string> replies;
  for (int i = 0; i < 3000; ++i) replies.push_back(client.ReadText());
  writer.join();
  for (int i = 0; i < 3000; ++i) {
    REQUIRE(replies[static_cast<std::size_t>(i)] == ReplyText(std::to_string(i)));
  }
}

TEST_CASE("frames that came with the handshake are not lost", "[websocket]") {
  TestServer server;
  server.Start();
  TestClient client(server.port());
  client.Write(
      "GET /v0/channels?apikey=good HTTP/1.1\r\nHost: molva\r\nConnection: Upgrade\r\n"
      "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" +
      TextFrame(Request("early")));
  CHECK(client.ReadResponse().starts_with("HTTP/1.1 101 "));
  CHECK(client.ReadText() == ReplyText("early"));
}

TEST_CASE("what a session sends while it is being accepted follows the handshake", "[websocket]") {
  TestServer server;
  server.behaviour.on_accept = [](Connection& connection) {
    connection.Send(MakeReply("hello"), Urgency::kReply);
  };
  server.Start();
  TestClient client(server.port());
  Open(client);
  CHECK(client.ReadText() == ReplyText("hello"));
}

TEST_CASE("the probe is answered by the transport", "[websocket]") {
  TestServer server;
  server.Start();
  TestClient client(server.port());
  Open(client);
  client.Write(TextFrame("1"));
  CHECK(client.ReadText() == "0");
  CHECK(server.behaviour.requests == 0);
}

TEST_CASE("a client that breaks the rules gets the code for it and a clean end", "[websocket]") {
  ListenOptions options;
  options.limits.max_message_bytes = 1000;
  TestServer server(options);
  server.Start();
  const auto code_after = [&](const std::string& bytes) {
    TestClient client(server.port());
    Open(client);
    client.Write(bytes + TextFrame(Request("ignored")));
    const auto frame = client.ReadFrame();
    REQUIRE(frame.has_value());
    CHECK(frame->opcode == 8);
    CHECK(client.ReadToEnd());
    return frame->close_code();
  };
  CHECK(code_after(BuildFrame({0x81, "x", FrameSpec::Masking::kNone})) == 1002);
  CHECK(code_after(BuildFrame({0xC1, "x"})) == 1002);
  CHECK(code_after(TextFrame("\xff")) == 1007);
  CHECK(code_after(TextFrame(std::string(1001, 'x'))) == 1009);
  CHECK(server.behaviour.requests == 0);
  CHECK(Eventually([&] { return server.behaviour.destroyed == 4; }));
  CHECK(server.behaviour.closed == 4);
}

TEST_CASE("a close is echoed, and the session ends once", "[websocket]") {
  TestServer server;
  server.Start();
  TestClient client(server.port());
  Open(client);
  client.Write(TextFrame(Request("last")) + CloseFrame(3999, "done"));
  CHECK(client.ReadText() == ReplyText("last"));
  const auto frame = client.ReadFrame();
  REQUIRE(frame.has_value());
  CHECK(frame->opcode == 8);
  CHECK(frame->close_code() == 3999);
  CHECK(client.ReadToEnd());
  CHECK(Eventually([&] { return server.behaviour.destroyed == 1; }));
  CHECK(server.behaviour.closed == 1);
}

TEST_CASE("a session ends when its client vanishes", "[websocket]") {
  TestServer server;
  server.Start();
  TestClient client(server.port());
  Open(client);
  SECTION("with an end of stream") { client.CloseWrite(); }
  SECTION("with a reset") { client.Reset(); }
  CHECK(Eventually([&] { return server.behaviour.destroyed == 1; }));
  CHECK(server.behaviour.closed == 1);
  CHECK(Eventually([&] { return server.listener().traffic().connections_live == 0; }));
}

TEST_CASE("each reason to close has its code, after what was queued", "[websocket]") {
  const auto [reason, code] = GENERATE(table<CloseReason, unsigned>({
      {CloseReason::kServerShutdown, 1001u},
      {CloseReason::kEvicted, 1008u},
      {CloseReason::kSlowReader, 1013u},
      {CloseReason::kFlood, 1008u},
      {CloseReason::kIdle, 1001u},
  }));
  TestServer server;
  std::atomic<SendResult> after = SendResult::kQueued;
  server.behaviour.on_request = [why = reason, &after](Connection& connection, const auto&) {
    connection.Send(MakeReply("before"), Urgency::kFanOut);
    connection.Close(why);
    connection.Close(CloseReason::kServerShutdown);
    after = connection.Send(MakeReply("after"), Urgency::kReply);
  };
  server.Start();
  TestClient client(server.port());
  Open(client);
  client.Write(TextFrame(Request("x")) + TextFrame(Request("y")));
  CHECK(client.ReadText() == ReplyText("before"));
  const auto frame = client.ReadFrame();
  REQUIRE(frame.has_value());
  CHECK(frame->close_code() == code);
  CHECK(client.ReadToEnd());
  CHECK(Eventually([&] { return server.behaviour.destroyed == 1; }));
  CHECK(server.behaviour.requests == 1);
  CHECK(after == SendResult::kDropped);
}

TEST_CASE("a client that never answers our close is cut", "[websocket]") {
  ListenOptions options;
  options.limits.close_timeout = absl::Milliseconds(100);
  TestServer server(options);
  server.behaviour.on_request = [](Connection& connection, const auto&) {
    connection.Close(CloseReason::kEvicted);
  };
  server.Start();
  TestClient client(server.port());
  Open(client);
  client.Write(TextFrame(Request("x")));
  CHECK(Eventually([&] { return server.behaviour.destroyed == 1; }));
  CHECK(Eventually([&] { return server.listener().traffic().connections_live == 0; }));
}

TEST_CASE("a silent client is pinged, then dropped", "[websocket]") {
  ListenOptions options;
  options.limits.ping_interval = absl::Milliseconds(150);
  options.limits.read_timeout = absl::Milliseconds(400);
  TestServer server(options);
  server.Start();
  TestClient client(server.port());
  Open(client);
  const auto ping = client.ReadFrame();
  REQUIRE(ping.has_value());
  CHECK(ping->opcode == 9);
  SECTION("and dropped if it stays silent") {
    client.ReadToEnd();
    CHECK(Eventually([&] { return server.behaviour.destroyed == 1; }));
  }
  SECTION("but kept as long as it shows any life") {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(1200);
    while (std::chrono::steady_clock::now() < end) {
      const auto frame = client.ReadFrame();
      REQUIRE(frame.has_value());
      CHECK(frame->opcode == 9);
      client.Write(BuildFrame({0x8A, frame->payload}));
    }
    CHECK(server.behaviour.closed == 0);
  }
}

TEST_CASE("a client that reads nothing is cut after the write timeout", "[websocket]") {
  ListenOptions options;
  options.limits.write_timeout = absl::Milliseconds(200);
  TestServer server(options);
  server.behaviour.on_request = [](Connection& connection, const auto&) {
    for (int i = 0; i < 15; ++i) connection.Send(MakeData(1 << 20), Urgency::kReply);
  };
  server.Start();
  TestClient client(server.port());
  client.ShrinkReceiveBuffer();
  Open(client);
  client.Write(TextFrame(Request("x")));
  CHECK(Eventually([&] { return server.behaviour.destroyed == 1; }));
  CHECK(Eventually([&] { return server.listener().traffic().queued_bytes == 0; }));
}

TEST_CASE("a slow reader loses presence first, then overflows, and everything before arrives",
          "[websocket]") {
  ListenOptions options;
  options.limits.soft_queue_frames = 10;
  options.limits.hard_queue_frames = 20;
  TestServer server(options);
  std::atomic<int> queued = 0;
  std::atomic<int> dropped = 0;
  std::atomic<int> overflows = 0;
  server.behaviour.on_request = [&](Connection& connection, const auto&) {
    const auto send = [&](const model::PacketPtr& packet) {
      const SendResult result = connection.Send(packet, Urgency::kFanOut);
      if (result == SendResult::kQueued) ++queued;
      if (result == SendResult::kDropped) ++dropped;
      if (result == SendResult::kOverflow) ++overflows;
    };
    for (int i = 0; i < 15; ++i) send(MakePresence());
    for (int i = 0; i < 15; ++i) send(MakeReply("kept"));
    connection.Close(CloseReason::kSlowReader);
  };
  server.Start();
  TestClient client(server.port());
  Open(client);
  client.Write(TextFrame(Request("x")));
  int received = 0;
  while (!client.ReadText().empty()) ++received;
  CHECK(dropped == 5);
  CHECK(overflows == 5);
  CHECK(queued == 20);
  CHECK(received == 20);
  CHECK(server.listener().traffic().frames_dropped == 5);
  CHECK(server.listener().traffic().overflows == 5);
}

TEST_CASE("a client that floods with pings and reads nothing is cut", "[websocket]") {
  ListenOptions options;
  options.limits.hard_queue_frames = 1000;
  TestServer server(options);
  server.Start();
  TestClient client(server.port());
  client.ShrinkReceiveBuffer();
  Open(client);
  std::string pings;
  for (int i = 0; i < 1000; ++i) pings += PingFrame(std::string(100, 'p'));
  CHECK(Eventually([&] {
    client.WriteSome(pings);
    return server.behaviour.destroyed == 1;
  }));
  CHECK(server.listener().traffic().overflows >= 1);
}

TEST_CASE("a large answer reaches a slow reader, in order", "[websocket]") {
  ListenOptions options;
  options.limits.write_timeout = absl::Milliseconds(200);
  TestServer server(options);
  server.behaviour.on_request = [](Connection& connection, const auto&) {
    for (int i = 0; i < 14; ++i) connection.Send(MakeData(1 << 20), Urgency::kReply);
    connection.Send(MakeReply("end"), Urgency::kReply);
  };
  server.Start();
  TestClient client(server.port());
  Open(client);
  client.Write(TextFrame(Request("x")));
  // Far longer than the write timeout, but never without taking something for so long.
  for (int i = 0; i < 20; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    REQUIRE(client.ReadAhead(256 * 1024));
  }
  for (int i = 0; i < 14; ++i) REQUIRE(client.ReadText().size() > (1 << 20));
  CHECK(client.ReadText() == ReplyText("end"));
}

TEST_CASE("a paused session gets nothing until it resumes, and then everything in order",
          "[websocket]") {
  TestServer server;
  std::atomic<Connection*> paused = nullptr;
  server.behaviour.on_request = [&](Connection& connection, const Behaviour::Request& request) {
    connection.Send(MakeReply(request->id), Urgency::kReply);
    if (request->id != "0" && request->id != "500") return;
    connection.PauseReading();
    paused = &connection;
  };
  server.Start();
  TestClient client(server.port());
  Open(client);
  std::string frames;
  for (int i = 0; i < 1000; ++i) frames += TextFrame(Request(std::to_string(i)));
  client.Write(frames);
  int next = 0;
  for (const int last : {0, 500, 999}) {
    for (; next <= last; ++next) REQUIRE(client.ReadText() == ReplyText(std::to_string(next)));
    CHECK(server.behaviour.requests == last + 1);
    if (last == 999) break;
    REQUIRE(Eventually([&] { return paused != nullptr; }));
    server.shard().Post([connection = paused.exchange(nullptr)] { connection->ResumeReading(); });
  }
}

TEST_CASE("a fan-out reaches every session of its shard, in order", "[websocket]") {
  TestServer server({}, 2);
  std::mutex mutex;
  std::map<std::thread::id, std::vector<Connection*>> by_shard;
  const auto here = [&]() -> std::vector<Connection*>& {
    const std::lock_guard lock(mutex);
    return by_shard[std::this_thread::get_id()];
  };
  server.behaviour.on_accept = [&](Connection& connection) { here().push_back(&connection); };
  server.behaviour.on_request = [&](Connection&, const Behaviour::Request&) {
    for (int i = 0; i < 50; ++i) {
      const model::PacketPtr packet = MakeReply(std::to_string(i));
      for (Connection* each : here()) each->Send(packet, Urgency::kFanOut);
    }
  };
  server.Start();
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<TestClient>(server.port()));
    Open(*clients.back());
  }
  clients.front()->Write(TextFrame(Request("go")));
  for (int i = 0; i < 50; ++i) {
    REQUIRE(clients.front()->ReadText() == ReplyText(std::to_string(i)));
  }
  // The kernel decides who shares the shard with the first one; they all got the same.
  const std::uint64_t reached = server.listener().traffic().frames_out / 50;
  CHECK(server.listener().traffic().frames_out % 50 == 0);
  server.listener().Shutdown(absl::ZeroDuration());
  std::uint64_t complete = 0;
  for (std::size_t who = 1; who < clients.size(); ++who) {
    int next = 0;
    while (clients[who]->ReadText() == ReplyText(std::to_string(next))) ++next;
    CHECK((next == 0 || next == 50));
    if (next == 50) ++complete;
  }
  CHECK(complete + 1 == reached);
}

TEST_CASE("shutdown closes every session with 1001 and leaves nothing", "[websocket]") {
  TestServer server({}, 2);
  server.Start();
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<TestClient>(server.port()));
    Open(*clients.back());
  }
  std::vector<unsigned> codes;
  std::thread readers([&] {
    for (auto& client : clients) {
      const auto frame = client->ReadFrame();
      codes.push_back(frame.has_value() ? frame->close_code() : 0);
      client->Write(CloseFrame(1001));
      client->CloseWrite();
    }
  });
  server.listener().Shutdown(absl::Seconds(20));
  readers.join();
  CHECK(codes == std::vector<unsigned>(20, 1001));
  CHECK(server.behaviour.closed == 20);
  CHECK(server.behaviour.destroyed == 20);
}

TEST_CASE("shutdown does not wait for clients that do not answer", "[websocket]") {
  TestServer server;
  server.Start();
  TestClient client(server.port());
  Open(client);
  server.listener().Shutdown(absl::Milliseconds(50));
  CHECK(server.behaviour.destroyed == 1);
}

}  // namespace
}  // namespace molva::transport
