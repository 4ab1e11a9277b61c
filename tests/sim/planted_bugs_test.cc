// Shows that walks would find what they look for. MOLVA_SIM_BUG names one bug to show its first
// violation at length.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/sim/plan_of_seed.h"
#include "tests/support/catch.h"
#include "topic/remote/planted_bugs.h"

using molva::test::FederatedWalk;
using molva::topic::PlantedBug;

namespace {

struct Bug {
  const char* name;
  PlantedBug bug;
};

constexpr Bug kBugs[] = {{"skip_outbox", PlantedBug::kSkipOutbox},
                         {"drop_dedupe", PlantedBug::kDropDedupe},
                         {"ack_before_commit", PlantedBug::kAckBeforeCommit},
                         {"trust_foreign_author", PlantedBug::kTrustForeignAuthor},
                         {"forget_resume", PlantedBug::kForgetResume}};

// Each bug must show within so many.
constexpr std::uint64_t kSeeds = 500;

// The first violation with the bug planted, and its seed; "" if there is none.
std::string FirstViolation(PlantedBug bug, std::uint64_t& seed) {
  auto seeds = molva::test::SeedsToTry(kSeeds);
  // A run that is cut short must find the bugs all the same.
  if (seeds.last > seeds.first) seeds.last = std::max(seeds.last, seeds.first + kSeeds - 1);
  std::string violation;
  molva::topic::Plant(bug);
  for (seed = seeds.first; seed <= seeds.last && violation.empty(); ++seed) {
    molva::test::WalkPlan plan = molva::test::PlanOf(seed);
    // Nobody notices who believes everything until somebody lies.
    if (bug == PlantedBug::kTrustForeignAuthor) plan.liar = molva::test::WalkPlan::Liar::kYes;
    violation = FederatedWalk(plan).Run();
  }
  molva::topic::UprootAll();
  --seed;
  return violation;
}

}  // namespace

TEST_CASE("each planted bug is found", "[sim]") {
  const char* only = std::getenv("MOLVA_SIM_BUG");
  int tried = 0;
  for (const Bug& bug : kBugs) {
    if (only != nullptr && std::string(only) != bug.name) continue;
    ++tried;
    std::uint64_t seed = 0;
    const std::string violation = FirstViolation(bug.bug, seed);
    INFO(bug.name << " is not found");
    CHECK(!violation.empty());
    const std::string told =
        only != nullptr ? violation : violation.substr(0, violation.find('\n'));
    std::printf("%s: MOLVA_SIM_SEED=%llu %s\n", bug.name, static_cast<unsigned long long>(seed),
                told.c_str());
  }
  CHECK(tried > 0);
}
