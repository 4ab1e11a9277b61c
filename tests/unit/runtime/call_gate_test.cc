// Calls that a plugin answers in time, late, twice or never: on a virtual clock where the plugin
// completes them, on real threads where it blocks.
#include "runtime/call_gate.h"

#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "runtime/asio_shard.h"
#include "tests/support/catch.h"
#include "tests/support/sim_world.h"

namespace molva::runtime {
namespace {

using State = base::Breaker::State;
using Answer = CallGate::Answer<int>;

constexpr CallRules kRules = {.deadline = absl::Seconds(5),
                              .breaker_after = 3,
                              .breaker_pause = absl::Seconds(10),
                              .threads = 1,
                              .max_held = 4};

// A plugin that completes nothing by itself, and who asks it.
class World {
 public:
  explicit World(const CallRules& rules = kRules) : gate("auth_test", rules) {}

  void Ask() {
    gate.Ask<int>(
        shard, 0, [this](const Answer& answer) { held.push_back(answer); },
        [this](absl::StatusOr<int> answer) { answers.push_back(std::move(answer)); });
    sim.Settle();
  }
  void Advance(absl::Duration span) { sim.Advance(span); }
  // All that were asked and nobody answers.
  void Miss(int calls) {
    for (int i = 0; i < calls; ++i) Ask();
    Advance(kRules.deadline);
  }

  test::SimWorld sim{1};
  test::SimShard& shard = sim.AddShard(0);
  CallGate gate;
  std::vector<Answer> held;
  std::vector<absl::StatusOr<int>> answers;
};

TEST_CASE("an answer in time is the answer, in a later turn", "[call_gate]") {
  World world;
  world.Ask();
  CHECK(world.gate.counts().held == 1);
  world.held[0](7);
  CHECK(world.answers.empty());
  world.Advance(kRules.deadline);
  REQUIRE(world.answers.size() == 1);
  CHECK(*world.answers[0] == 7);
  CHECK(world.gate.counts().held == 0);
  CHECK(world.gate.counts().timeouts == 0);
}

TEST_CASE("a call that is never answered ends at its deadline, and not before", "[call_gate]") {
  World world;
  world.Ask();
  world.Advance(kRules.deadline - absl::Milliseconds(1));
  CHECK(world.answers.empty());
  world.Advance(absl::Milliseconds(1));
  REQUIRE(world.answers.size() == 1);
  CHECK(world.answers[0].status() ==
        absl::UnavailableError("plugin auth_test has not answered in time"));
  CHECK(world.gate.counts().timeouts == 1);
  CHECK(world.gate.counts().held == 1);
}

TEST_CASE("an answer after the deadline, and a second one, come to nothing and are counted",
          "[call_gate]") {
  World world;
  world.Miss(1);
  world.held[0](1);
  world.held[0](2);
  world.Ask();
  world.held[1](3);
  world.held[1](4);
  world.Advance(kRules.deadline);
  REQUIRE(world.answers.size() == 2);
  CHECK_FALSE(world.answers[0].ok());
  CHECK(*world.answers[1] == 3);
  const CallGateCounts counts = world.gate.counts();
  CHECK(counts.late == 1);
  CHECK(counts.second == 2);
  CHECK(counts.held == 0);
}

TEST_CASE("an answer may come when gate, shard and asker are gone", "[call_gate]") {
  std::vector<Answer> held;
  {
    World world;
    world.Miss(1);
    world.Ask();
    held = world.held;
    world.gate.Stop(absl::InfinitePast());
  }
  REQUIRE(held.size() == 2);
  for (const Answer& answer : held) answer(1);
}

TEST_CASE("a plugin holds so many calls, further ones are refused at once", "[call_gate]") {
  World world;
  for (std::size_t i = 0; i <= kRules.max_held; ++i) world.Ask();
  REQUIRE(world.answers.size() == 1);
  CHECK(world.answers[0].status().message() == "plugin auth_test has 4 calls to answer");
  CHECK(world.held.size() == kRules.max_held);
  CHECK(world.gate.counts().refused_full == 1);
  world.held[0](1);
  world.Ask();
  CHECK(world.held.size() == kRules.max_held + 1);
}

TEST_CASE("after some deadlines in a row nothing is asked, until one call shows that it is back",
          "[call_gate]") {
  World world;
  world.Miss(2);
  CHECK(world.gate.Health().ok());
  world.Miss(1);
  CHECK(world.gate.counts().state == State::kOpen);
  CHECK(world.gate.Health().message() == "plugin auth_test does not answer");
  world.answers.clear();
  world.Ask();
  REQUIRE(world.answers.size() == 1);
  CHECK(world.answers[0].status().message() == "plugin auth_test did not answer and is left alone");
  CHECK(world.held.size() == 3);
  CHECK(world.gate.counts().refused_open == 1);

  world.Advance(kRules.breaker_pause);
  world.Ask();
  CHECK(world.held.size() == 4);
  CHECK(world.gate.counts().state == State::kProbing);
  SECTION("it answers") {
    world.held[3](1);
    world.sim.Settle();
    CHECK(world.gate.counts().state == State::kClosed);
    CHECK(world.gate.Health().ok());
  }
  SECTION("it does not: the next pause begins") {
    world.Advance(kRules.deadline);
    CHECK(world.gate.counts().state == State::kOpen);
    for (const Answer& answer : world.held) answer(1);
    world.Advance(kRules.breaker_pause - absl::Milliseconds(1));
    world.Ask();
    CHECK(world.held.size() == 4);
    world.Advance(absl::Milliseconds(1));
    world.Ask();
    CHECK(world.held.size() == 5);
  }
}

TEST_CASE("an answer between deadlines begins the count anew", "[call_gate]") {
  World world;
  world.Miss(2);
  world.Ask();
  world.held.back()(1);
  world.sim.Settle();
  for (const Answer& answer : world.held) answer(1);
  world.Miss(2);
  CHECK(world.gate.counts().state == State::kClosed);
}

TEST_CASE("that one track works says nothing of another one", "[call_gate]") {
  World world;
  const auto ask_other = [&] {
    world.gate.Ask<int>(
        world.shard, 1, [](const Answer& answer) { answer(1); },
        [&](absl::StatusOr<int> answer) { world.answers.push_back(std::move(answer)); });
    world.sim.Settle();
    return world.answers.back().ok();
  };
  for (int i = 0; i < 3; ++i) {
    world.Miss(1);
    CHECK(ask_other());
  }
  CHECK(world.gate.counts().state == State::kOpen);
  CHECK(ask_other());
  world.Ask();
  CHECK(world.gate.counts().refused_open == 1);
}

// On real threads, with a deadline that no machine is too slow for where it must not pass.
class Node {
 public:
  explicit Node(absl::Duration deadline, int breaker_after = 100)
      : gate("auth_test", [&] {
          CallRules rules = kRules;
          rules.deadline = deadline;
          rules.breaker_after = breaker_after;
          rules.breaker_pause = absl::Milliseconds(50);
          rules.max_held = 64;
          return rules;
        }()) {
    shard.Start();
  }
  ~Node() {
    gate.Stop(absl::Now() + absl::Seconds(20));
    shard.Stop();
  }

  template <typename Work>
  std::future<absl::StatusOr<int>> Run(Work work) {
    auto promise = std::make_shared<std::promise<absl::StatusOr<int>>>();
    std::future<absl::StatusOr<int>> future = promise->get_future();
    shard.Post([this, promise, work = std::move(work)]() mutable {
      gate.Run<int>(shard, 0, std::move(work), [promise](absl::StatusOr<int> answer) {
        promise->set_value(std::move(answer));
      });
    });
    return future;
  }

  AsioShard shard{0};
  CallGate gate;
};

// Something that threads wait for.
class Signal {
 public:
  void Give() { promise_.set_value(); }
  void Await() const { future_.wait(); }

 private:
  std::promise<void> promise_;
  const std::shared_future<void> future_ = promise_.get_future().share();
};
// Shared with the calls that outlive the test's interest in them.
using Release = std::shared_ptr<Signal>;

int BlockUntil(const Release& release) {
  release->Await();
  return 1;
}

TEST_CASE("a call that blocks keeps nobody waiting, though there is one thread", "[call_gate]") {
  Node node(absl::Milliseconds(100));
  const auto release = std::make_shared<Signal>();
  auto stuck = node.Run([release] { return BlockUntil(release); });
  CHECK(absl::IsUnavailable(stuck.get().status()));
  CHECK(node.Run([] { return 2; }).get().value() == 2);
  CHECK(node.gate.counts().timeouts == 1);
  CHECK(node.gate.counts().held == 1);
  release->Give();
  const absl::Time until = absl::Now() + absl::Seconds(20);
  while (node.gate.counts().held > 0 && absl::Now() < until) absl::SleepFor(absl::Milliseconds(5));
  REQUIRE(node.gate.Stop(absl::Now() + absl::Seconds(20)));
  CHECK(node.gate.counts().late == 1);
  CHECK(node.gate.counts().held == 0);
}

TEST_CASE("who waits behind others for a turn that does not come says nothing of the plugin",
          "[call_gate]") {
  Node node(absl::Seconds(1), 1);
  const auto nap = [] {
    absl::SleepFor(absl::Milliseconds(300));
    return 1;
  };
  std::vector<std::future<absl::StatusOr<int>>> all;
  for (int i = 0; i < 12; ++i) all.push_back(node.Run(nap));
  int failed = 0;
  for (auto& one : all) failed += one.get().ok() ? 0 : 1;
  CHECK(failed > 0);
  CHECK(failed < 12);
  CHECK(node.gate.counts().timeouts == 0);
  CHECK(node.gate.counts().refused_full == static_cast<std::uint64_t>(failed));
  CHECK(node.gate.counts().state == State::kClosed);
}

TEST_CASE("a thread that waits for an answer waits as long as it said", "[call_gate]") {
  Node node(absl::Seconds(20));
  const auto release = std::make_shared<Signal>();
  CHECK(node.gate.Wait<int>(0, [] { return 5; }).value() == 5);
  const absl::Time begin = absl::Now();
  const auto answer =
      node.gate.Wait<int>(0, [release] { return BlockUntil(release); }, absl::Milliseconds(50));
  CHECK(absl::IsUnavailable(answer.status()));
  CHECK(absl::Now() - begin < absl::Seconds(10));
  release->Give();
}

TEST_CASE("a stop ends the waiting at once and leaves what hangs to itself", "[call_gate]") {
  const auto release = std::make_shared<Signal>();
  const auto witness = std::make_shared<int>(1);
  {
    Node node(absl::Minutes(5));
    Signal runs;
    absl::Status waited;
    std::thread waiter([&] {
      const auto answer = node.gate.Wait<int>(0, [release, witness, &runs] {
        runs.Give();
        return BlockUntil(release);
      });
      waited = answer.status();
    });
    runs.Await();
    CHECK_FALSE(node.gate.Stop(absl::InfinitePast()));
    waiter.join();
    CHECK(absl::IsUnavailable(waited));
    CHECK(absl::IsUnavailable(node.gate.Wait<int>(0, [] { return 1; }).status()));
    CHECK(witness.use_count() > 1);
    release->Give();
  }
  // What hung goes on by itself.
  for (int i = 0; i < 2000 && witness.use_count() > 1; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  CHECK(witness.use_count() == 1);
}

}  // namespace
}  // namespace molva::runtime
