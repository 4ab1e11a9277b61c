// Logins over whole nodes: how many, how long, and what happens to one that ends while it is used.
#include "session/logins.h"

#include "base/strings.h"
#include "tests/support/catch.h"
#include "tests/support/sim_node.h"

namespace molva::session {
namespace {

using Catch::Matchers::Contains;
using test::SimClient;

// A node of two shards with one account, "ann".
class Node {
 public:
  Node() {
    const auto client = node_.Connect(0);
    client->Send(R"({"hi":{"ver":"0.25"}})");
    client->Send(R"({"acc":{"id":"a","user":"new","scheme":"basic","secret":")" +
                 base::EncodeBase64("ann:secret") + R"("}})");
    REQUIRE_THAT(client->inbox().back(), Contains(R"("code":201)"));
  }

  std::unique_ptr<SimClient> Connect(int shard) {
    auto client = node_.Connect(shard);
    client->Send(R"({"hi":{"ver":"0.25"}})");
    client->inbox().clear();
    return client;
  }
  std::unique_ptr<SimClient> LogIn(int shard) {
    auto client = Connect(shard);
    client->Send(Login("basic", base::EncodeBase64("ann:secret")));
    REQUIRE_THAT(client->inbox().back(), Contains(R"("code":200)"));
    return client;
  }
  static std::string Login(const std::string& scheme, const std::string& secret) {
    return R"({"login":{"id":"l","scheme":")" + scheme + R"(","secret":")" + secret + R"("}})";
  }
  // What the account has, as a client of it is told.
  static std::size_t Count(SimClient& client) {
    client.inbox().clear();
    client.Send(R"({"get":{"id":"g","topic":"me","what":"sessions"}})");
    REQUIRE(client.inbox().size() == 1);
    std::size_t count = 0;
    const std::string& packet = client.inbox().back();
    for (std::size_t at = packet.find("\"created\""); at != std::string::npos;
         at = packet.find("\"created\"", at + 1)) {
      ++count;
    }
    return count;
  }
  // Of the reply to a login.
  static std::string TokenOf(SimClient& client) {
    const std::string& packet = client.inbox().back();
    const std::size_t begin = packet.find(R"("token":")") + 9;
    return packet.substr(begin, packet.find('"', begin) - begin);
  }

  test::SimWorld world{1};
  const std::shared_ptr<test::MemoryDisk> disk = std::make_shared<test::MemoryDisk>();

 private:
  test::SimNode node_{world, 2, disk};
};

constexpr char kEndOthers[] =
    R"({"del":{"id":"d","topic":"me","what":"session","cred":{"meth":"others"}}})";

TEST_CASE("an account keeps so many logins; the one unused for longest goes first", "[logins]") {
  Node node;
  const auto first = node.LogIn(0);
  const std::string first_token = Node::TokenOf(*first);
  node.world.Advance(absl::Seconds(1));
  const auto second = node.LogIn(1);
  const std::string second_token = Node::TokenOf(*second);
  for (std::size_t i = 2; i < store::kMostLogins; ++i) {
    node.world.Advance(absl::Seconds(1));
    node.LogIn(0);
  }
  CHECK(Node::Count(*second) == store::kMostLogins);
  node.world.Advance(absl::Seconds(1));
  node.LogIn(0);
  CHECK(Node::Count(*second) == store::kMostLogins);
  const auto late = node.Connect(1);
  late->Send(Node::Login("token", first_token));
  CHECK_THAT(late->inbox().back(), Contains(R"("code":401)"));
  late->Send(Node::Login("token", second_token));
  CHECK_THAT(late->inbox().back(), Contains(R"("code":200)"));
}

TEST_CASE("a login that is used lasts, and one that is not is over with its token", "[logins]") {
  Node node;
  const auto idle = node.LogIn(0);
  const auto busy = node.LogIn(1);
  std::string token = Node::TokenOf(*busy);
  for (int day = 0; day < 20; ++day) {
    node.world.Advance(absl::Hours(24));
    const auto again = node.Connect(day % 2);
    again->Send(Node::Login("token", token));
    REQUIRE_THAT(again->inbox().back(), Contains(R"("code":200)"));
    token = Node::TokenOf(*again);
  }
  CHECK(Node::Count(*busy) == 1);
}

TEST_CASE("that a login is used is written down once an hour", "[logins]") {
  Node node;
  const auto client = node.LogIn(0);
  Node::Count(*client);
  const int before = node.disk->committed_batches();
  for (int minute = 0; minute < 59; ++minute) {
    node.world.Advance(absl::Minutes(1));
    Node::Count(*client);
  }
  CHECK(node.disk->committed_batches() == before);
  node.world.Advance(absl::Minutes(2));
  Node::Count(*client);
  node.world.Settle();
  CHECK(node.disk->committed_batches() == before + 1);
}

TEST_CASE("whoever is on the way in by a login that ends does not get in", "[logins]") {
  constexpr absl::Duration kDelay = absl::Milliseconds(10);
  int refused = 0;
  int closed = 0;
  for (int offset = -40; offset <= 40; ++offset) {
    INFO("the login begins " << offset << " ms after the other is ended");
    Node node;
    const auto owner = node.LogIn(0);
    const auto thief = node.LogIn(1);
    const std::string token = Node::TokenOf(*thief);
    const auto again = node.Connect(1);
    owner->inbox().clear();
    node.disk->SetDelay(kDelay);
    node.world.Advance(absl::Milliseconds(100));
    if (offset < 0) again->Send(Node::Login("token", token));
    node.world.Advance(absl::Milliseconds(std::max(0, -offset)));
    owner->Send(kEndOthers);
    node.world.Advance(absl::Milliseconds(std::max(0, offset)));
    if (offset >= 0) again->Send(Node::Login("token", token));
    node.world.Advance(absl::Seconds(1));
    REQUIRE_THAT(owner->inbox().back(), Contains(R"("count":1)"));
    CHECK(thief->was_closed_by_server());
    if (again->was_closed_by_server()) {
      ++closed;
      continue;
    }
    REQUIRE_FALSE(again->inbox().empty());
    CHECK_THAT(again->inbox().back(), Contains(R"("code":401)"));
    ++refused;
  }
  CHECK(refused > 0);  // both do happen
  CHECK(closed > 0);
}

}  // namespace
}  // namespace molva::session
