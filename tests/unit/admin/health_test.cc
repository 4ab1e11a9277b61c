// When the node calls itself ready.
#include "admin/health.h"

#include "tests/support/catch.h"

namespace molva::admin {
namespace {

TEST_CASE("a node is ready only while it serves and every check holds", "[health]") {
  HealthBoard board;
  absl::Status store = absl::OkStatus();
  board.AddCheck("store", [&store] { return store; });
  CHECK_FALSE(board.Ready().ok());
  board.SetPhase(NodePhase::kServing);
  CHECK(board.Ready().ok());
  store = absl::UnavailableError("disk full");
  CHECK_FALSE(board.Ready().ok());
  store = absl::OkStatus();
  board.SetPhase(NodePhase::kDraining);
  CHECK_FALSE(board.Ready().ok());
}

TEST_CASE("a report names what failed and why, as text and as JSON", "[health]") {
  HealthBoard board;
  board.SetPhase(NodePhase::kServing);
  board.AddCheck("shards", [] { return absl::OkStatus(); });
  board.AddCheck("store", [] { return absl::UnavailableError("disk \"a\" full"); });
  const HealthReport report = board.Ready();
  CHECK(report.ToText() == "not ready (serving)\nshards: ok\nstore: disk \"a\" full\n");
  CHECK(report.ToJson() ==
        R"({"ready":false,"phase":"serving","checks":[{"name":"shards","ok":true},)"
        R"({"name":"store","ok":false,"detail":"disk \"a\" full"}]})");
}

}  // namespace
}  // namespace molva::admin
