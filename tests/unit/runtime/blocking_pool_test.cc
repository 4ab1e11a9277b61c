#include "runtime/blocking_pool.h"

#include <atomic>
#include <future>

#include "tests/support/catch.h"

namespace molva::runtime {
namespace {

TEST_CASE("every task that was taken runs, on several threads", "[pool]") {
  BlockingPool pool({.name = "test", .threads = 3, .max_queued = 10'000});
  std::atomic<int> done = 0;
  std::promise<void> all;
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(pool.Submit([&] {
      if (++done == 1000) all.set_value();
    }));
  }
  CHECK(all.get_future().wait_for(std::chrono::seconds(20)) == std::future_status::ready);
}

TEST_CASE("a full queue refuses at once, and takes again when there is room", "[pool]") {
  BlockingPool pool({.name = "test", .threads = 1, .max_queued = 2});
  std::promise<void> running;
  std::promise<void> release;
  REQUIRE(pool.Submit([&] {
    running.set_value();
    release.get_future().wait();
  }));
  running.get_future().wait();
  std::promise<void> last;
  CHECK(pool.Submit([] {}));
  CHECK(pool.Submit([&] { last.set_value(); }));
  CHECK_FALSE(pool.Submit([] {}));
  CHECK(pool.queued() == 2);
  release.set_value();
  REQUIRE(last.get_future().wait_for(std::chrono::seconds(20)) == std::future_status::ready);
  CHECK(pool.Submit([] {}));
}

TEST_CASE("stop finishes the running task and destroys the waiting ones", "[pool]") {
  BlockingPool pool({.name = "test", .threads = 1, .max_queued = 10});
  auto token = std::make_shared<int>(0);
  std::promise<void> running;
  std::promise<void> release;
  REQUIRE(pool.Submit([&, token] {
    running.set_value();
    release.get_future().wait();
    ++*token;
  }));
  running.get_future().wait();
  REQUIRE(pool.Submit([token] { *token += 100; }));
  std::thread stopper([&] { pool.Stop(); });
  while (pool.queued() > 0) std::this_thread::yield();
  release.set_value();
  stopper.join();
  CHECK(*token == 1);
  CHECK(token.use_count() == 1);
  CHECK_FALSE(pool.Submit([] {}));
}

}  // namespace
}  // namespace molva::runtime
