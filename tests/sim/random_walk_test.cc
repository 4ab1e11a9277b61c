// The whole core on a virtual clock. MOLVA_SIM_SEEDS sets how many seeds are tried (default 200),
// MOLVA_SIM_SEED tries one alone.
#include <cstdlib>

#include "tests/sim/random_walk.h"
#include "tests/support/catch.h"

using molva::test::RandomWalk;

namespace {

std::uint64_t FromEnvironment(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST_CASE("two people lose nothing, whatever the disk and the process do", "[sim]") {
  const std::uint64_t only = FromEnvironment("MOLVA_SIM_SEED", 0);
  const std::uint64_t first = only == 0 ? 1 : only;
  const std::uint64_t last = only == 0 ? FromEnvironment("MOLVA_SIM_SEEDS", 200) : only;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const std::string violation = RandomWalk(seed, 2).Run(150);
    INFO("MOLVA_SIM_SEED=" << seed << "\n" << violation);
    REQUIRE(violation.empty());
  }
}

TEST_CASE("neither do five", "[sim]") {
  const std::uint64_t only = FromEnvironment("MOLVA_SIM_SEED", 0);
  const std::uint64_t first = only == 0 ? 1 : only;
  const std::uint64_t last = only == 0 ? FromEnvironment("MOLVA_SIM_SEEDS", 200) / 2 : only;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const std::string violation = RandomWalk(seed, 5).Run(300);
    INFO("MOLVA_SIM_SEED=" << seed << "\n" << violation);
    REQUIRE(violation.empty());
  }
}

TEST_CASE("a seed tells the same story every time", "[sim]") {
  RandomWalk one(42, 3);
  RandomWalk other(42, 3);
  CHECK(one.Run(100) == other.Run(100));
}
