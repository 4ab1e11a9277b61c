// A server that is asked too often.
#include "clients/cli/patience.h"

#include <algorithm>
#include <string>

#include "clients/cli/exit_code.h"
#include "clients/cli/session.h"
#include "tests/support/catch.h"

namespace molva::cli {
namespace {

molva::v1::ServerCtrl TooManyRequests(const std::string& seconds) {
  molva::v1::ServerCtrl ctrl;
  ctrl.set_code(429);
  ctrl.set_text("too many requests");
  if (!seconds.empty()) (*ctrl.mutable_params())["retryAfter"] = seconds;
  return ctrl;
}

TEST_CASE("who asks too often is told when to come back, by an exit code of its own", "[cli]") {
  const absl::Status status = Refusal(TooManyRequests("3"));
  CHECK(status.message() == "the server says: too many requests (429); try again in 3 seconds");
  CHECK(ExitCodeOf(status) == ExitCode::kTooOften);
  CHECK(ExitCodeOf(Refusal(TooManyRequests(""))) == ExitCode::kTooOften);
  CHECK(static_cast<int>(ExitCode::kTooOften) == 8);
}

TEST_CASE("patience with a busy server has an end", "[cli]") {
  Patience patience;
  for (const char* seconds : {"10", "0", "4"}) {
    const auto wait = patience.WaitAfter(Refusal(TooManyRequests(seconds)));
    REQUIRE(wait.has_value());
    CHECK(*wait == absl::Seconds(std::max(std::stoi(seconds), 1)));
  }
  CHECK_FALSE(patience.WaitAfter(Refusal(TooManyRequests("1"))).has_value());
  CHECK_FALSE(Patience().WaitAfter(Refusal(TooManyRequests("16"))).has_value());
  CHECK_FALSE(Patience().WaitAfter(Refusal(TooManyRequests(""))).has_value());
  CHECK_FALSE(Patience().WaitAfter(absl::OkStatus()).has_value());
  CHECK_FALSE(Patience().WaitAfter(absl::NotFoundError("x")).has_value());
}

}  // namespace
}  // namespace molva::cli
