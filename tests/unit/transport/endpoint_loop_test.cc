#include "transport/endpoint_loop.h"

#include "tests/support/catch.h"
#include "transport/deadline_wheel.h"

namespace molva::transport {
namespace {

// Notes when it is flushed; never has a socket.
class FakeEndpoint final : public Endpoint {
 public:
  FakeEndpoint(int name, std::vector<int>& flushed) : name_(name), flushed_(flushed) {}
  void Flush() override { flushed_.push_back(name_); }
  Fate AfterTurn() override { return Fate::kGone; }
  void BeginShutdown() override {}
  void Cut() override {}
  CoarseMillis OnDeadline(CoarseMillis now) override { return now + 1000; }

 private:
  const int name_;
  std::vector<int>& flushed_;
};

TEST_CASE("replies go before fan-out, and a fan-out in portions", "[loop]") {
  runtime::AsioShard shard(0);  // not started: the test plays its thread
  LoopCounters counters;
  EndpointLoop loop(shard, {}, counters);
  std::vector<int> flushed;
  std::vector<FakeEndpoint*> endpoints;
  for (int i = 0; i < 1000; ++i) {
    auto endpoint = std::make_unique<FakeEndpoint>(i, flushed);
    endpoints.push_back(endpoint.get());
    loop.Adopt(std::move(endpoint));
  }
  for (FakeEndpoint* endpoint : endpoints) {
    loop.WantFlush(*endpoint, session::Urgency::kFanOut);
    loop.WantFlush(*endpoint, session::Urgency::kFanOut);
  }
  loop.WantFlush(*endpoints[900], session::Urgency::kReply);
  CHECK(loop.OnTurnEnd() == runtime::TurnEndHook::Remaining::kWork);
  REQUIRE(flushed.size() > 100);
  CHECK(flushed[0] == 900);
  CHECK(flushed[1] == 0);
  const std::size_t portion = flushed.size();
  CHECK(portion < 400);
  loop.WantFlush(*endpoints[0], session::Urgency::kReply);
  CHECK(loop.OnTurnEnd() == runtime::TurnEndHook::Remaining::kWork);
  CHECK(flushed[portion] == 0);
  CHECK(flushed[portion + 1] == static_cast<int>(portion) - 1);
  while (loop.OnTurnEnd() == runtime::TurnEndHook::Remaining::kWork) {
  }
  CHECK(flushed.size() == 1001);  // each once, and the one that replied later once more
  CHECK(counters.connections_live.value() == 1000);
}

TEST_CASE("an endpoint that says so is gone after the turn, out of every list", "[loop]") {
  runtime::AsioShard shard(0);
  LoopCounters counters;
  EndpointLoop loop(shard, {}, counters);
  std::vector<int> flushed;
  auto endpoint = std::make_unique<FakeEndpoint>(1, flushed);
  FakeEndpoint& kept = *endpoint;
  loop.Adopt(std::move(endpoint));
  loop.WantDeadline(kept, loop.now() + 10);
  loop.WantAfterTurn(kept);
  loop.WantAfterTurn(kept);
  loop.OnTurnEnd();
  CHECK(loop.empty());
}

TEST_CASE("a packet is rendered once, and referred to once per turn", "[loop]") {
  runtime::AsioShard shard(0);
  LoopCounters counters;
  EndpointLoop loop(shard, {}, counters);
  model::Ctrl ctrl;
  ctrl.code = 200;
  const model::PacketPtr packet = model::Share(ctrl);
  const FrameRef first = loop.FrameFor(packet);
  const FrameRef second = loop.FrameFor(packet);
  CHECK(packet.use_count() == 2);
  CHECK(first.bytes().data() == second.bytes().data());
  CHECK(loop.queued_bytes() == first.bytes().size());
}

class Alarm final : public DeadlineItem {
 public:
  CoarseMillis OnDeadline(CoarseMillis now) override {
    rang.push_back(now);
    return now + again;
  }
  std::vector<CoarseMillis> rang;
  CoarseMillis again = 1'000'000;
};

TEST_CASE("a deadline rings within a tick, never before its time", "[deadline]") {
  for (const CoarseMillis due : {1000, 1001, 1049, 1050, 1234, 9000, 150'000, 400'000}) {
    Alarm alarm;
    DeadlineWheel each(1000);
    each.Schedule(alarm, due);
    for (CoarseMillis now = 1000; alarm.rang.empty(); now += 10) {
      REQUIRE(now < due + 500);
      each.Advance(now);
    }
    CHECK(alarm.rang.front() >= due);
    CHECK(alarm.rang.front() <= due + 2 * DeadlineWheel::kTickMillis);
  }
}

TEST_CASE("the earlier of two deadlines stays, and the answer sets the next", "[deadline]") {
  DeadlineWheel wheel(0);
  Alarm alarm;
  alarm.again = 500;
  wheel.Schedule(alarm, 300);
  wheel.Schedule(alarm, 900);
  for (CoarseMillis now = 0; now <= 1500; now += 50) wheel.Advance(now);
  REQUIRE(alarm.rang.size() == 3);
  CHECK(alarm.rang[0] <= 350);
  CHECK(alarm.rang[1] - alarm.rang[0] >= 500);
  CHECK(alarm.rang[1] - alarm.rang[0] <= 600);
}

TEST_CASE("after a long pause everything overdue rings at once", "[deadline]") {
  DeadlineWheel wheel(0);
  std::array<Alarm, 50> alarms;
  CoarseMillis due = 0;
  for (Alarm& alarm : alarms) wheel.Schedule(alarm, due += 3000);
  wheel.Advance(10'000'000);
  for (const Alarm& alarm : alarms) CHECK(alarm.rang.size() == 1);
}

TEST_CASE("an item that is destroyed leaves the wheel", "[deadline]") {
  DeadlineWheel wheel(0);
  Alarm stays;
  wheel.Schedule(stays, 100);
  {
    Alarm leaves;
    wheel.Schedule(leaves, 100);
  }
  wheel.Advance(1000);
  CHECK(stays.rang.size() == 1);
}

}  // namespace
}  // namespace molva::transport
