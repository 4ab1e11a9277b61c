#include "app/grpc_log.h"

#include "tests/support/catch.h"

namespace molva::app {
namespace {

TEST_CASE("a budget of lines is used up and comes back with the next minute", "[app]") {
  LineBudget budget(3);
  const absl::Time begin = absl::FromUnixSeconds(1'000'000);
  for (int i = 0; i < 3; ++i) CHECK(budget.Take(begin));
  CHECK_FALSE(budget.Take(begin));
  CHECK_FALSE(budget.Take(begin + absl::Seconds(59)));
  CHECK(budget.Take(begin + absl::Seconds(60)));
}

}  // namespace
}  // namespace molva::app
