// Several servers on a virtual clock. MOLVA_SIM_SEEDS sets how many seeds are tried, MOLVA_SIM_SEED
// tries one alone, MOLVA_SIM_SERVERS sets how many servers there are (default: 3 to 5 by the seed).
#include <cstdio>

#include "tests/sim/plan_of_seed.h"
#include "tests/support/catch.h"

using molva::test::FederatedWalk;
using molva::test::PlanOf;
using molva::test::WalkPlan;

namespace {

constexpr std::uint64_t kSeeds = 250;  // of each kind
constexpr int kMostFailures = 10;      // are enough to look at

int CountFailures(WalkPlan::Liar liar) {
  const auto seeds = molva::test::SeedsToTry(kSeeds);
  int failures = 0;
  for (std::uint64_t seed = seeds.first; seed <= seeds.last; ++seed) {
    WalkPlan plan = PlanOf(seed);
    plan.liar = liar;
    const std::string violation = FederatedWalk(plan).Run();
    if (violation.empty()) continue;
    // The first failure at length, of the others only what they are.
    const std::string told = failures == 0 ? violation : violation.substr(0, violation.find('\n'));
    std::printf("MOLVA_SIM_SEED=%llu %s\n", static_cast<unsigned long long>(seed), told.c_str());
    if (++failures == kMostFailures) break;
  }
  return failures;
}

}  // namespace

TEST_CASE("people on several servers lose nothing, whatever links, disks and processes do",
          "[sim]") {
  CHECK(CountFailures(WalkPlan::Liar::kNo) == 0);
}

TEST_CASE("people on several servers are not deceived when one of the servers lies", "[sim]") {
  CHECK(CountFailures(WalkPlan::Liar::kYes) == 0);
}

TEST_CASE("a seed tells the same story of several servers every time", "[sim]") {
  FederatedWalk one(PlanOf(42));
  FederatedWalk other(PlanOf(42));
  one.Run();
  other.Run();
  CHECK(one.history() == other.history());
}
