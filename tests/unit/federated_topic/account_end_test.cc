// An account ends while its friends are on other servers.
#include "tests/support/catch.h"
#include "tests/unit/federated_topic/servers.h"

using molva::test::Servers;

#define GOT(session, json) CHECK(servers.Expect(session, json) == "")

namespace {

constexpr char kEnd[] = R"({"del":{"id":"end","what":"user","hard":true}})";
// "bob:secret" as another account: possible once nothing is left of the former one.
constexpr char kBobAnew[] =
    R"({"acc":{"id":"new","user":"new","scheme":"basic","secret":"Ym9iOnNlY3JldA=="}})";

// The members of the topic as Alice sees them: herself.
constexpr char kAlone[] = R"({"meta":{"id":"1","sub":[{"user":"$alice"}]}})";

// Alice on a.test, where the home is, and Bob and Bea on b.test.
class Friends : public Servers {
 public:
  Friends() : Servers({"a.test", "b.test"}) {
    Account("alice", "a.test");
    Account("bob", "b.test");
    Account("bea", "b.test");
    REQUIRE(Befriend("alice", "bob") == "");
    Clear();
  }
};

}  // namespace

SCENARIO("an account leaves the topics of other servers when it ends", "[federated]") {
  Friends servers;
  WHEN("the home can be reached") {
    servers.Send("bob", kEnd);
    GOT("bob", R"({"ctrl":{"id":"end","code":200}})");
    GOT("bob", R"({"ctrl":{"code":205,"text":"evicted"}})");
    servers.Wait(absl::Seconds(10));
    THEN("the home has let him go, and nothing is left of him on his server") {
      servers.Send("alice", R"({"get":{"id":"1","topic":"$Bob","what":"sub"}})");
      GOT("alice", kAlone);
      servers.Send("bea", kBobAnew);
      GOT("bea", R"({"ctrl":{"id":"new","code":201}})");
    }
  }
  WHEN("the home is away for an hour, and his server dies in between") {
    servers.CutOff("a.test", "b.test");
    servers.Wait(absl::Minutes(5));
    servers.Send("bob", kEnd);
    GOT("bob", R"({"ctrl":{"id":"end","code":200}})");
    servers.Wait(absl::Minutes(30));
    servers.Restart("b.test");
    servers.Wait(absl::Minutes(30));
    servers.Mend();
    servers.Wait(absl::Hours(2));
    THEN("he has left it in the end") {
      servers.Clear();
      servers.Send("alice", R"({"get":{"id":"1","topic":"$Bob","what":"sub"}})");
      GOT("alice", kAlone);
    }
  }
}

SCENARIO("what lives at the server of an account that ends is gone elsewhere too", "[federated]") {
  Friends servers;
  servers.Send("alice", kEnd);
  servers.Wait(absl::Seconds(10));
  GOT("bob", R"({"pres":{"topic":"me","src":"$Alice","what":"gone"}})");
  servers.Send("bob", R"({"get":{"id":"1","topic":"me","what":"sub"}})");
  GOT("bob", R"({"ctrl":{"id":"1","code":204}})");
}
