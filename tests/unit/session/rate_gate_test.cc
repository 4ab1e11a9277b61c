#include "session/rate_gate.h"

#include "tests/support/catch.h"

namespace molva::session {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);

TEST_CASE("a burst of twice the rate passes, what follows waits its turn", "[rate_gate]") {
  RateGate gate(10);
  for (int i = 0; i < 20; ++i) REQUIRE(gate.Admit(kStart) == absl::ZeroDuration());
  CHECK(absl::ToDoubleSeconds(gate.Admit(kStart)) == Approx(0.1));
  CHECK(absl::ToDoubleSeconds(gate.Admit(kStart)) == Approx(0.2));
}

TEST_CASE("who keeps to the rate never waits", "[rate_gate]") {
  RateGate gate(100);
  absl::Time now = kStart;
  for (int i = 0; i < 10'000; ++i) {
    REQUIRE(gate.Admit(now) == absl::ZeroDuration());
    now += absl::Milliseconds(10);
  }
}

TEST_CASE("who waits as told goes on at the rate", "[rate_gate]") {
  RateGate gate(10);
  absl::Time now = kStart;
  for (int i = 0; i < 120; ++i) now += gate.Admit(now);
  // 20 at once, 100 more at ten a second.
  CHECK(absl::ToDoubleSeconds(now - kStart) == Approx(10.0).epsilon(0.01));
}

TEST_CASE("a long silence saves up no more than the burst", "[rate_gate]") {
  RateGate gate(5);
  CHECK(gate.Admit(kStart) == absl::ZeroDuration());
  const absl::Time later = kStart + absl::Hours(24);
  for (int i = 0; i < 10; ++i) REQUIRE(gate.Admit(later) == absl::ZeroDuration());
  CHECK(gate.Admit(later) > absl::ZeroDuration());
}

TEST_CASE("a clock that is set back gives nothing and takes nothing", "[rate_gate]") {
  RateGate gate(5);
  for (int i = 0; i < 10; ++i) gate.Admit(kStart);
  const absl::Duration wait = gate.Admit(kStart - absl::Hours(1));
  CHECK(absl::ToDoubleSeconds(wait) == Approx(0.2));
}

TEST_CASE("a rate of zero lets everything through", "[rate_gate]") {
  RateGate gate(0);
  for (int i = 0; i < 100'000; ++i) REQUIRE(gate.Admit(kStart) == absl::ZeroDuration());
}

}  // namespace
}  // namespace molva::session
