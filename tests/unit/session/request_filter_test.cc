// Requests that somebody looks at before the session does: rule 96, and what it does to the order.
#include "session/request_filter.h"

#include <fmt/core.h>

#include <deque>

#include "tests/support/catch.h"
#include "tests/unit/session/session_bench.h"

namespace molva::session {
namespace {

// Takes requests down and answers when it is told to.
class SlowFilter final : public RequestFilter {
 public:
  struct Asked {
    Petitioner from;
    model::Request request;
    Done done;
  };
  bool Wants(const model::Request& request) const override {
    return wants_all || std::holds_alternative<model::Login>(request.body);
  }
  void Judge(Petitioner from, model::Request request, Done done) override {
    asked.push_back({std::move(from), std::move(request), std::move(done)});
  }
  Asked Next() {
    Asked next = std::move(asked.front());
    asked.pop_front();
    return next;
  }
  void LetThrough() {
    Asked next = Next();
    next.done(std::move(next.request));
  }

  bool wants_all = true;
  std::deque<Asked> asked;
};

bool Has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

constexpr char kHi[] = R"({"hi":{"id":"h","ver":"0.25","ua":"test/1"}})";
constexpr char kLogin[] = R"({"login":{"id":"l","scheme":"basic","secret":"YTpi"}})";

TEST_CASE("a filter sees hi and login, and may refuse them", "[session]") {
  SessionBench bench;
  SlowFilter filter;
  bench.FilterBy(filter);
  RecordedConnection connection;
  const auto session = bench.Accept(connection);
  bench.Post(*session, kHi);
  CHECK(connection.sent.empty());
  REQUIRE(filter.asked.size() == 1);
  CHECK(filter.asked[0].from.user == model::UserId::Nobody());
  filter.LetThrough();
  REQUIRE(connection.sent.size() == 1);
  CHECK(Has(connection.sent[0], R"("code":201)"));

  bench.Post(*session, kLogin);
  REQUIRE(filter.asked.size() == 1);
  SlowFilter::Asked login = filter.Next();
  CHECK(login.from.user_agent == "test/1");
  CHECK(std::get<model::Login>(login.request.body).secret == "a:b");
  model::Ctrl refusal;
  refusal.id = "l";
  refusal.code = 403;
  login.done(model::Packet(refusal));
  bench.world.Settle();
  REQUIRE(connection.sent.size() == 2);
  CHECK(Has(connection.sent[1], R"("code":403)"));
}

TEST_CASE("requests behind one that is being judged wait their turn", "[session]") {
  SessionBench bench;
  bench.limits.waiting_soft = 3;
  SlowFilter filter;
  RecordedConnection connection;
  const auto session = bench.Accept(connection);
  bench.LogIn(*session, "alice");
  connection.sent.clear();
  bench.FilterBy(filter);
  for (const char* id : {"1", "2", "3", "4"}) {
    bench.Send(*session, fmt::format(R"({{"leave":{{"id":"{}","topic":"me"}}}})", id));
  }
  CHECK(filter.asked.size() == 1);
  CHECK(connection.pauses == 1);
  for (int i = 0; i < 4; ++i) {
    REQUIRE(filter.asked.size() == 1);
    filter.LetThrough();
    bench.world.Settle();
  }
  CHECK(filter.asked.empty());
  CHECK(connection.resumes == 1);
  REQUIRE(connection.sent.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(Has(connection.sent[i], fmt::format(R"("id":"{}")", i + 1)));
  }
}

TEST_CASE("a request that waits for its outcome holds back the verdict on the next", "[session]") {
  SessionBench bench;
  SlowFilter filter;
  RecordedConnection connection;
  const auto session = bench.Accept(connection);
  bench.LogIn(*session, "alice");
  connection.sent.clear();
  bench.FilterBy(filter);
  bench.Post(*session, R"({"sub":{"id":"s","topic":"me"}})");
  bench.Post(*session, R"({"leave":{"id":"l","topic":"me"}})");
  filter.LetThrough();
  CHECK(filter.asked.empty());  // the sub is under way
  bench.world.Settle();
  REQUIRE(filter.asked.size() == 1);
  filter.LetThrough();
  bench.world.Settle();
  REQUIRE(connection.sent.size() == 2);
  CHECK(Has(connection.sent[0], R"("id":"s")"));
  CHECK(Has(connection.sent[1], R"("id":"l")"));
}

TEST_CASE("a request may be forgotten or become another one", "[session]") {
  SessionBench bench;
  SlowFilter filter;
  RecordedConnection connection;
  const auto session = bench.Accept(connection);
  bench.LogIn(*session, "alice");
  connection.sent.clear();
  bench.FilterBy(filter);
  bench.Post(*session, R"({"leave":{"id":"1","topic":"me"}})");
  bench.Post(*session, R"({"leave":{"id":"2","topic":"me"}})");
  filter.Next().done(RequestFilter::Forget{});
  CHECK(connection.sent.empty());
  SlowFilter::Asked second = filter.Next();
  second.request.body = model::Leave{"fnd", false};
  second.done(std::move(second.request));
  bench.world.Settle();
  REQUIRE(connection.sent.size() == 1);
  CHECK(Has(connection.sent[0], R"("id":"2")"));
  CHECK(Has(connection.sent[0], R"("topic":"fnd")"));
}

TEST_CASE("what a filter does not want goes straight on, and so does what is no request",
          "[session]") {
  SessionBench bench;
  SlowFilter filter;
  filter.wants_all = false;
  bench.FilterBy(filter);
  RecordedConnection connection;
  const auto session = bench.Accept(connection);
  bench.Post(*session, kHi);
  bench.Post(*session, "rubbish");
  CHECK(filter.asked.empty());
  REQUIRE(connection.sent.size() == 2);
  CHECK(Has(connection.sent[1], R"("code":400)"));
}

TEST_CASE("a verdict on a request of a session that is gone is nobody's", "[session]") {
  SessionBench bench;
  SlowFilter filter;
  bench.FilterBy(filter);
  RecordedConnection connection;
  auto session = bench.Accept(connection);
  bench.Post(*session, kHi);
  session->OnClosed();
  session.reset();
  filter.LetThrough();
  CHECK(connection.sent.empty());
  CHECK(bench.host().is_empty());
}

}  // namespace
}  // namespace molva::session
