// What a seed stands for when nothing else is said.
#pragma once

#include "tests/sim/federated_walk.h"
#include "tests/sim/seeds.h"

namespace molva::test {

// 3 to 5 servers with 2 or 3 people each. MOLVA_SIM_SERVERS and MOLVA_SIM_STEPS say otherwise.
inline WalkPlan PlanOf(std::uint64_t seed) {
  WalkPlan plan;
  plan.seed = seed;
  plan.servers = static_cast<int>(FromEnvironment("MOLVA_SIM_SERVERS", 3 + seed % 3));
  plan.people_per_server = 2 + static_cast<int>(seed % 2);
  plan.steps = static_cast<int>(FromEnvironment("MOLVA_SIM_STEPS", 150));
  return plan;
}

}  // namespace molva::test
