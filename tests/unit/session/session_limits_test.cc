// How a session slows its client down and when it gives up on it.
#include "tests/support/catch.h"
#include "tests/unit/session/session_bench.h"

namespace molva::session {
namespace {

using Reasons = std::vector<CloseReason>;

TEST_CASE("requests behind a slow one wait, and reading pauses at the soft limit", "[session]") {
  SessionBench bench;
  bench.limits.waiting_soft = 4;
  RecordedConnection connection;
  const auto session = bench.Accept(connection);
  bench.LogIn(*session, "alice");
  connection.sent.clear();
  bench.Post(*session, R"({"sub":{"id":"s","topic":"me"}})");
  for (int i = 1; i <= 3; ++i) {
    bench.Post(*session, R"({"get":{"id":"g","topic":"me","what":"desc"}})");
    CHECK(connection.pauses == 0);
  }
  bench.Post(*session, R"({"get":{"id":"g","topic":"me","what":"desc"}})");
  CHECK(connection.pauses == 1);
  bench.Post(*session, R"({"get":{"id":"g","topic":"me","what":"desc"}})");
  CHECK(connection.pauses == 1);  // told once
  CHECK(connection.resumes == 0);
  bench.world.Settle();
  CHECK(connection.resumes == 1);
  REQUIRE(connection.sent.size() == 6);
  CHECK(connection.sent[0].find(R"("id":"s")") != std::string::npos);  // in order
  for (std::size_t i = 1; i < 6; ++i) CHECK(connection.sent[i].find("meta") != std::string::npos);
  CHECK(connection.closed.empty());
}

TEST_CASE("who sends on over the hard limit is cut off as a flood", "[session]") {
  SessionBench bench;
  bench.limits.waiting_soft = 2;
  bench.limits.waiting_hard = 5;
  RecordedConnection connection;
  const auto session = bench.Accept(connection);
  bench.LogIn(*session, "alice");
  connection.sent.clear();
  bench.Post(*session, R"({"sub":{"id":"s","topic":"me"}})");
  for (int i = 0; i < 5; ++i) bench.Post(*session, R"({"leave":{"id":"l","topic":"me"}})");
  CHECK(connection.closed.empty());
  bench.Post(*session, R"({"leave":{"id":"l","topic":"me"}})");
  CHECK(connection.closed == Reasons{CloseReason::kFlood});
  bench.Post(*session, R"({"leave":{"id":"l","topic":"me"}})");
  bench.world.Settle();
  CHECK(connection.closed == Reasons{CloseReason::kFlood});  // once
  CHECK(connection.sent.empty());                            // and nothing more is said
}

TEST_CASE("bytes that are no request wait their turn too", "[session]") {
  SessionBench bench;
  RecordedConnection connection;
  const auto session = bench.Accept(connection);
  bench.LogIn(*session, "alice");
  connection.sent.clear();
  bench.Post(*session, R"({"sub":{"id":"s","topic":"me"}})");
  bench.Post(*session, "rubbish");
  CHECK(connection.sent.empty());
  bench.world.Settle();
  REQUIRE(connection.sent.size() == 2);
  CHECK(connection.sent[0].find(R"("code":200)") != std::string::npos);
  CHECK(connection.sent[1].find(R"("code":400)") != std::string::npos);
}

TEST_CASE("who asks faster than the rate is read no further for a while", "[session]") {
  SessionBench bench;
  bench.limits.requests_per_second = 2;
  RecordedConnection connection;
  const auto session = bench.Accept(connection);
  for (int i = 0; i < 4; ++i) bench.Send(*session, R"({"hi":{"id":"h","ver":"0.25"}})");
  CHECK(connection.pauses == 0);
  bench.Send(*session, R"({"hi":{"id":"h","ver":"0.25"}})");
  CHECK(connection.pauses == 1);
  CHECK(connection.sent.size() == 5);  // nothing is lost
  bench.world.Advance(absl::Milliseconds(400));
  CHECK(connection.resumes == 0);
  bench.world.Advance(absl::Milliseconds(200));
  CHECK(connection.resumes == 1);
}

TEST_CASE("a session that is gone when its pause ends is left in peace", "[session]") {
  SessionBench bench;
  bench.limits.requests_per_second = 1;
  RecordedConnection connection;
  auto session = bench.Accept(connection);
  for (int i = 0; i < 5; ++i) bench.Send(*session, R"({"hi":{"ver":"0.25"}})");
  REQUIRE(connection.pauses == 1);
  session->OnClosed();
  session.reset();
  bench.world.Advance(absl::Minutes(1));
  CHECK(connection.resumes == 0);
  CHECK(bench.host().is_empty());
}

TEST_CASE("who does not read what he is sent is cut off", "[session]") {
  SessionBench bench;
  RecordedConnection connection;
  const auto session = bench.Accept(connection);
  bench.Send(*session, R"({"hi":{"ver":"0.25"}})");
  connection.answer = SendResult::kOverflow;
  bench.Send(*session, R"({"hi":{"ver":"0.25"}})");
  CHECK(connection.closed == Reasons{CloseReason::kSlowReader});
  bench.Send(*session, R"({"hi":{"ver":"0.25"}})");
  CHECK(connection.closed == Reasons{CloseReason::kSlowReader});
}

TEST_CASE("a packet left out at the soft limit closes nothing", "[session]") {
  SessionBench bench;
  RecordedConnection connection;
  const auto session = bench.Accept(connection);
  connection.answer = SendResult::kDropped;
  bench.Send(*session, R"({"hi":{"ver":"0.25"}})");
  CHECK(connection.closed.empty());
}

TEST_CASE("one slow reader in a topic does not hold up the others", "[session]") {
  SessionBench bench;
  RecordedConnection quick;
  RecordedConnection slow;
  const auto alice = bench.Accept(quick);
  const auto bob = bench.Accept(slow);
  bench.LogIn(*alice, "alice");
  bench.LogIn(*bob, "bob");
  bench.Send(*alice, R"({"sub":{"id":"1","topic":"new1"}})");
  const std::size_t at = quick.sent.back().find("grp");
  REQUIRE(at != std::string::npos);
  const std::string group = quick.sent.back().substr(at, 14);
  bench.Send(*bob, R"({"sub":{"id":"1","topic":")" + group + R"("}})");
  slow.answer = SendResult::kOverflow;
  quick.sent.clear();
  bench.Send(*alice, R"({"pub":{"id":"p","topic":")" + group + R"(","content":"x"}})");
  CHECK(slow.closed == Reasons{CloseReason::kSlowReader});
  REQUIRE(quick.sent.size() == 2);
  CHECK(quick.sent[0].rfind(R"(reply {"ctrl")", 0) == 0);
  CHECK(quick.sent[1].rfind(R"(fanout {"data")", 0) == 0);
}

TEST_CASE("a full shard takes no session more", "[session]") {
  SessionBench bench;
  bench.limits.max_sessions_per_shard = 2;
  RecordedConnection connections[3];
  auto first = bench.Accept(connections[0]);
  const auto second = bench.Accept(connections[1]);
  CHECK(bench.Accept(connections[2]) == nullptr);
  first->OnClosed();
  first.reset();
  CHECK(bench.Accept(connections[2]) != nullptr);
}

TEST_CASE("a host that shuts down tells every session and takes none more", "[session]") {
  SessionBench bench;
  RecordedConnection connections[2];
  const auto first = bench.Accept(connections[0]);
  const auto second = bench.Accept(connections[1]);
  bench.host().Shutdown();
  for (const RecordedConnection& connection : connections) {
    REQUIRE(connection.sent.size() == 1);
    CHECK(connection.sent[0].find(R"("code":205)") != std::string::npos);
    CHECK(connection.sent[0].find("server shutdown") != std::string::npos);
    CHECK(connection.closed == Reasons{CloseReason::kServerShutdown});
  }
  RecordedConnection late;
  CHECK(bench.Accept(late) == nullptr);
}

TEST_CASE("a session that dies while it joins leaves nothing behind", "[session]") {
  SessionBench bench;
  RecordedConnection connection;
  auto session = bench.Accept(connection);
  bench.LogIn(*session, "alice");
  bench.Post(*session, R"({"sub":{"id":"s","topic":"me"}})");
  session->OnClosed();
  session.reset();
  bench.world.Advance(absl::Minutes(1));
  CHECK(bench.host().is_empty());
  CHECK(connection.closed.empty());
}

}  // namespace
}  // namespace molva::session
