#include "runtime/asio_shard.h"

#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <thread>

#include "runtime/fd_watch.h"
#include "tests/support/catch.h"

namespace molva::runtime {
namespace {

constexpr std::chrono::seconds kLong{20};

// Runs `body` on the shard and hands back what it returned.
template <typename Body>
auto On(AsioShard& shard, Body body) {
  std::promise<decltype(body())> promise;
  auto future = promise.get_future();
  shard.Post([&] { promise.set_value(body()); });
  REQUIRE(future.wait_for(kLong) == std::future_status::ready);
  return future.get();
}

TEST_CASE("tasks of one thread run in the order in which they were posted", "[shard]") {
  AsioShard shard(0);
  shard.Start();
  std::vector<int> seen;  // touched by the shard alone until it has stopped
  for (int i = 0; i < 1000; ++i) shard.Post([&seen, i] { seen.push_back(i); });
  shard.Stop();
  REQUIRE(seen.size() == 1000);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
}

TEST_CASE("tasks from several threads all run, each thread's in order", "[shard]") {
  AsioShard shard(0);
  shard.Start();
  std::array<int, 4> next{};
  bool in_order = true;
  std::vector<std::thread> producers;
  for (std::size_t who = 0; who < next.size(); ++who) {
    producers.emplace_back([&, who] {
      for (int i = 0; i < 5000; ++i) {
        shard.Post([&, who, i] { in_order = in_order && next[who]++ == i; });
      }
    });
  }
  for (std::thread& producer : producers) producer.join();
  shard.Stop();
  CHECK(in_order);
  CHECK(next == std::array<int, 4>{5000, 5000, 5000, 5000});
}

TEST_CASE("a task posted by a task runs later, not inside the call", "[shard]") {
  AsioShard shard(0);
  shard.Start();
  std::string trace;
  std::promise<void> done;
  shard.Post([&] {
    shard.Post([&] {
      trace += "inner ";
      done.set_value();
    });
    trace += "outer ";
  });
  REQUIRE(done.get_future().wait_for(kLong) == std::future_status::ready);
  shard.Stop();
  CHECK(trace == "outer inner ");
}

TEST_CASE("two shards that answer each other lose no message", "[shard]") {
  AsioShard left(0);
  AsioShard right(1);
  left.Start();
  right.Start();
  std::promise<void> done;
  int rounds = 0;
  std::function<void()> ping = [&] {
    if (++rounds == 2000) return done.set_value();
    right.Post([&] { left.Post([&] { ping(); }); });
  };
  left.Post([&] { ping(); });
  CHECK(done.get_future().wait_for(kLong) == std::future_status::ready);
  left.Stop();
  right.Stop();
  CHECK(rounds == 2000);
}

TEST_CASE("timers fire in order of their time and not before it", "[shard]") {
  AsioShard shard(0);
  shard.Start();
  std::string trace;
  std::promise<void> done;
  const auto start = std::chrono::steady_clock::now();
  shard.Post([&] {
    shard.StartTimer(absl::Milliseconds(30), [&] {
      trace += "b";
      done.set_value();
    });
    shard.StartTimer(absl::Milliseconds(10), [&] { trace += "a"; });
  });
  REQUIRE(done.get_future().wait_for(kLong) == std::future_status::ready);
  CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(30));
  shard.Stop();
  CHECK(trace == "ab");
}

TEST_CASE("a cancelled timer does not fire, and its task is destroyed at once", "[shard]") {
  AsioShard shard(0);
  shard.Start();
  auto token = std::make_shared<bool>(false);
  const long owners = On(shard, [&] {
    const TimerId timer = shard.StartTimer(absl::ZeroDuration(), [token] { *token = true; });
    shard.CancelTimer(timer);
    shard.CancelTimer(timer);
    shard.CancelTimer(TimerId::kNone);
    return token.use_count();
  });
  CHECK(owners == 1);
  On(shard, [] { return 0; });
  shard.Stop();
  CHECK_FALSE(*token);
}

TEST_CASE("stop runs what was posted before and destroys what comes after", "[shard]") {
  auto token = std::make_shared<int>(0);
  AsioShard shard(0);
  shard.Start();
  shard.Post([token] { ++*token; });
  shard.Post([&shard, token] { shard.StartTimer(absl::Hours(1), [token] { ++*token; }); });
  shard.Stop();
  shard.Post([token] { ++*token; });
  CHECK(*token == 1);
  CHECK(token.use_count() == 1);
}

// Counts its calls and asks for more turns until it has had enough.
class CountingHook final : public TurnEndHook {
 public:
  explicit CountingHook(int wanted) : wanted_(wanted) {}
  Remaining OnTurnEnd() override {
    if (++calls == wanted_) enough.set_value();
    return calls < wanted_ ? Remaining::kWork : Remaining::kNothing;
  }
  int calls = 0;  // the shard's
  std::promise<void> enough;

 private:
  const int wanted_;
};

TEST_CASE("a hook with work left is called again although nothing else happens", "[shard]") {
  AsioShard shard(0);
  CountingHook hook(100);
  shard.AddTurnEndHook(hook);
  shard.Start();
  CHECK(hook.enough.get_future().wait_for(kLong) == std::future_status::ready);
  shard.Stop();
  CHECK(hook.calls >= 100);
}

// A socket pair whose one end a shard watches.
class WatchedPair : public FdEvents {
 public:
  explicit WatchedPair(AsioShard& shard) {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
    peer = ends[1];
    watch.emplace(shard, ends[0], *this);
  }
  ~WatchedPair() override {
    if (peer >= 0) ::close(peer);
  }
  void OnReadable() override {
    readable.set_value();
    if (dies_when_readable) watch.reset();
  }
  void OnWritable() override { writable.set_value(); }

  int peer = -1;
  bool dies_when_readable = false;
  std::promise<void> readable;
  std::promise<void> writable;
  std::optional<FdWatch> watch;
};

TEST_CASE("a watch tells of bytes, of room and of the end of the other side", "[shard]") {
  AsioShard shard(0);
  auto pair = std::make_unique<WatchedPair>(shard);
  shard.Start();
  SECTION("room") {
    shard.Post([&] { pair->watch->AwaitWritable(); });
    CHECK(pair->writable.get_future().wait_for(kLong) == std::future_status::ready);
  }
  SECTION("bytes") {
    shard.Post([&] { pair->watch->AwaitReadable(); });
    REQUIRE(::write(pair->peer, "x", 1) == 1);
    CHECK(pair->readable.get_future().wait_for(kLong) == std::future_status::ready);
  }
  SECTION("the end") {
    shard.Post([&] { pair->watch->AwaitReadable(); });
    ::close(std::exchange(pair->peer, -1));
    CHECK(pair->readable.get_future().wait_for(kLong) == std::future_status::ready);
  }
  SECTION("a call that destroys the watch") {
    pair->dies_when_readable = true;
    shard.Post([&] {
      pair->watch->AwaitReadable();
      pair->watch->AwaitWritable();
    });
    CHECK(pair->writable.get_future().wait_for(kLong) == std::future_status::ready);
    REQUIRE(::write(pair->peer, "x", 1) == 1);
    CHECK(pair->readable.get_future().wait_for(kLong) == std::future_status::ready);
  }
  shard.Stop();
}

TEST_CASE("no call follows the destruction of a watch whose answer is already on its way",
          "[shard]") {
  AsioShard shard(0);
  auto pair = std::make_unique<WatchedPair>(shard);
  shard.Start();
  REQUIRE(::write(pair->peer, "x", 1) == 1);
  On(shard, [&] {
    pair->watch->AwaitReadable();
    pair->watch->AwaitWritable();
    pair->watch.reset();
    return 0;
  });
  On(shard, [] { return 0; });
  shard.Stop();
  CHECK(pair->readable.get_future().wait_for(std::chrono::seconds(0)) ==
        std::future_status::timeout);
  CHECK(pair->writable.get_future().wait_for(std::chrono::seconds(0)) ==
        std::future_status::timeout);
}

}  // namespace
}  // namespace molva::runtime
