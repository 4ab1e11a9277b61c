// What is counted of the calls of a plugin.
#include "plugin/call_stats.h"

#include "tests/support/catch.h"

namespace molva::plugin {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"open", "", "verify"};

TEST_CASE("calls are counted by outcome and by how long they took", "[plugin]") {
  CallStats stats("auth_mine", kNames);
  stats.Count(2, CallOutcome::kOk, std::chrono::microseconds(50));
  stats.Count(2, CallOutcome::kRefused, std::chrono::milliseconds(5));
  stats.Count(2, CallOutcome::kFailed, std::chrono::seconds(20));
  const std::vector<CallStats::Sum> sums = stats.Read();
  REQUIRE(sums.size() == 1);
  CHECK(sums[0].call == "verify");
  CHECK(sums[0].outcomes == std::array<std::uint64_t, 3>{1, 1, 1});
  CHECK(sums[0].below == std::array<std::uint64_t, 7>{1, 1, 2, 2, 2, 2, 3});
  CHECK(sums[0].seconds == Approx(20.00505));
}

TEST_CASE("a call that was never made has no figures", "[plugin]") {
  CallStats stats("auth_mine", kNames);
  CHECK(stats.Read().empty());
}

TEST_CASE("what a plugin refuses is told apart from what it could not do", "[plugin]") {
  CHECK(OutcomeOf(MOLVA_OK) == CallOutcome::kOk);
  CHECK(OutcomeOf(MOLVA_DENIED) == CallOutcome::kRefused);
  CHECK(OutcomeOf(MOLVA_ALREADY_EXISTS) == CallOutcome::kRefused);
  CHECK(OutcomeOf(MOLVA_UNAVAILABLE) == CallOutcome::kFailed);
  CHECK(OutcomeOf(MOLVA_INTERNAL) == CallOutcome::kFailed);
  CHECK(OutcomeOf(4711) == CallOutcome::kFailed);
}

TEST_CASE("a timer hands on the code it counts", "[plugin]") {
  CallStats stats("auth_mine", kNames);
  CallTimer timer(stats, 0);
  CHECK(timer.Answered(MOLVA_DENIED) == MOLVA_DENIED);
  REQUIRE(stats.Read().size() == 1);
  CHECK(stats.Read()[0].outcomes[1] == 1);
}

}  // namespace
}  // namespace molva::plugin
