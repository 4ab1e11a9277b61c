#include "runtime/gate.h"

#include "tests/support/catch.h"

namespace molva::runtime {
namespace {

TEST_CASE("a gate with nobody inside is empty at once", "[gate]") {
  Gate gate;
  int empty = 0;
  gate.Close([&] { ++empty; });
  CHECK(empty == 1);
  CHECK_FALSE(gate.Enter().has_value());
}

TEST_CASE("a gate tells once when the last one leaves", "[gate]") {
  Gate gate;
  int empty = 0;
  auto first = gate.Enter();
  auto second = gate.Enter();
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  gate.Close([&] { ++empty; });
  CHECK_FALSE(gate.Enter().has_value());
  first.reset();
  CHECK(empty == 0);
  Gate::Pass moved = *std::move(second);
  second.reset();
  CHECK(empty == 0);
  {
    const Gate::Pass last = std::move(moved);
  }
  CHECK(empty == 1);
  CHECK(gate.inside() == 0);
}

TEST_CASE("an open gate may empty and fill again", "[gate]") {
  Gate gate;
  {
    const auto pass = gate.Enter();
  }
  CHECK(gate.inside() == 0);
  CHECK(gate.Enter().has_value());
  CHECK_FALSE(gate.closed());
}

}  // namespace
}  // namespace molva::runtime
