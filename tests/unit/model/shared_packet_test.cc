#include "model/shared_packet.h"

#include <array>
#include <atomic>
#include <thread>

#include "model/request.h"
#include "tests/support/catch.h"

namespace molva::model {
namespace {

std::atomic<int> renderings{0};

Frame RenderSeq(const Packet& packet) {
  ++renderings;
  return Frame{"##" + std::to_string(std::get<Data>(packet).seq), 2};
}

Frame RenderOther(const Packet&) {
  ++renderings;
  return Frame{"other", 0};
}

PacketPtr Message(SeqId seq) {
  Data data;
  data.seq = seq;
  return Share(Packet(std::move(data)));
}

TEST_CASE("a packet is rendered once per form, at first need", "[shared_packet]") {
  renderings = 0;
  const PacketPtr packet = Message(7);
  CHECK(renderings == 0);
  const Frame& frame = packet->In(WireForm::kWebSocket, RenderSeq);
  CHECK(frame.bytes == "##7");
  CHECK(frame.payload() == "7");
  CHECK(&packet->In(WireForm::kWebSocket, RenderSeq) == &frame);
  CHECK(renderings == 1);
  CHECK(packet->In(WireForm::kProto, RenderOther).bytes == "other");
  CHECK(renderings == 2);
  CHECK(packet->In(WireForm::kWebSocket, RenderSeq).bytes == "##7");
}

TEST_CASE("threads that need a rendering at once all get the same one", "[shared_packet]") {
  for (SeqId round = 0; round < 200; ++round) {
    renderings = 0;
    const PacketPtr packet = Message(round);
    std::atomic<int> ready{0};
    std::array<const Frame*, 2> seen{};
    std::array<std::thread, 2> threads;
    for (std::size_t i = 0; i < threads.size(); ++i) {
      threads[i] = std::thread([&, i] {
        ++ready;
        while (ready < 2) std::this_thread::yield();
        seen[i] = &packet->In(WireForm::kWebSocket, RenderSeq);
      });
    }
    for (std::thread& thread : threads) thread.join();
    REQUIRE(seen[0] == seen[1]);
    REQUIRE(seen[0]->payload() == std::to_string(round));
    REQUIRE(renderings >= 1);
    REQUIRE(renderings <= 2);
  }
}

TEST_CASE("the levels of a login have their names", "[request]") {
  const std::pair<AuthLevel, const char*> table[] = {{AuthLevel::kAnon, "anon"},
                                                     {AuthLevel::kAuth, "auth"},
                                                     {AuthLevel::kRoot, "root"},
                                                     {AuthLevel::kNone, ""}};
  for (const auto& [level, name] : table) {
    CHECK(AuthLevelName(level) == name);
    CHECK(ParseAuthLevel(name) == level);
  }
  CHECK(ParseAuthLevel("ROOT") == AuthLevel::kRoot);
  CHECK(ParseAuthLevel("admin") == AuthLevel::kNone);
}

TEST_CASE("a request names the topic of its body", "[request]") {
  Request request;
  CHECK(TopicOf(request).empty());
  request.body = Login{};
  CHECK(TopicOf(request).empty());
  request.body.emplace<Pub>().topic = "grp1";
  CHECK(TopicOf(request) == "grp1");
  request.body.emplace<Note>().topic = "usr1";
  CHECK(TopicOf(request) == "usr1");
}

}  // namespace
}  // namespace molva::model
