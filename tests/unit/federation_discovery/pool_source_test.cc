// A source that blocks: asked on a pool, answered on the shard.
#include "federation/discovery/pool_source.h"

#include <memory>
#include <optional>

#include "tests/support/catch.h"
#include "tests/support/sim_world.h"

namespace molva::federation {
namespace {

using Answer = absl::StatusOr<SourceAnswer>;

// A pool whose queue is full.
class FullPool final : public runtime::WorkPool {
 public:
  bool Submit(runtime::Task) override { return false; }
};

Answer Echo(const std::string& domain) {
  SourceAnswer answer;
  answer.document = domain;
  return answer;
}

TEST_CASE("a question goes to the pool and its answer comes back, never inside the call",
          "[federation]") {
  test::SimWorld world(1);
  PoolSource source(world.AddShard(0), world, Source::kDns, Echo);
  std::optional<Answer> answer;
  source.Ask("a.example", [&answer](Answer got) { answer = std::move(got); });
  CHECK_FALSE(answer.has_value());
  world.Settle();
  REQUIRE(answer.has_value());
  CHECK((*answer)->document == "a.example");
  CHECK(source.kind() == Source::kDns);
}

TEST_CASE("a pool that is full is an answer too", "[federation]") {
  test::SimWorld world(1);
  FullPool pool;
  PoolSource source(world.AddShard(0), pool, Source::kDns, Echo);
  std::optional<Answer> answer;
  source.Ask("a.example", [&answer](Answer got) { answer = std::move(got); });
  CHECK_FALSE(answer.has_value());
  world.Settle();
  REQUIRE(answer.has_value());
  CHECK(absl::IsUnavailable(answer->status()));
}

TEST_CASE("nobody is answered by a source that has gone, though its question still runs",
          "[federation]") {
  test::SimWorld world(1);
  test::SimShard& shard = world.AddShard(0);
  int asked = 0;
  int answers = 0;
  auto source =
      std::make_unique<PoolSource>(shard, world, Source::kDns, [&asked](const std::string& domain) {
        ++asked;
        return Echo(domain);
      });
  source->Ask("a.example", [&answers](const Answer&) { ++answers; });
  source.reset();
  world.Settle();
  CHECK(asked == 1);
  CHECK(answers == 0);
}

}  // namespace
}  // namespace molva::federation
