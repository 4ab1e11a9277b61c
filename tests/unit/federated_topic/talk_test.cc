// What two friends on two servers do in their topic.
#include "tests/support/catch.h"
#include "tests/unit/federated_topic/servers.h"

using molva::test::Servers;

#define GOT(session, json) CHECK(servers.Expect(session, json) == "")

namespace {

// Alice on a.test, where the home is, and Bob on b.test.
class Friends : public Servers {
 public:
  explicit Friends(const molva::federation::Options& options = {})
      : Servers({"a.test", "b.test"}, options) {
    Account("alice", "a.test");
    Account("bob", "b.test");
    REQUIRE(Befriend("alice", "bob") == "");
  }
};

}  // namespace

SCENARIO("both read the same history of their topic", "[federated]") {
  Friends servers;
  servers.Send("alice", R"({"pub":{"id":"1","topic":"$Bob","content":"one"}})");
  servers.Send("bob", R"({"pub":{"id":"2","topic":"$Alice","content":"two"}})");
  servers.Send("alice", R"({"pub":{"id":"3","topic":"$Bob","content":"three"}})");
  servers.Clear();
  servers.Send("alice", R"({"get":{"id":"4","topic":"$Bob","what":"data"}})");
  servers.Send("bob", R"({"get":{"id":"4","topic":"$Alice","what":"data"}})");
  GOT("alice", R"({"data":{"topic":"$Bob","from":"$alice","seq":1,"content":"one"}})");
  GOT("alice", R"({"data":{"topic":"$Bob","from":"$Bob","seq":2,"content":"two"}})");
  GOT("alice", R"({"data":{"topic":"$Bob","from":"$alice","seq":3,"content":"three"}})");
  GOT("bob", R"({"data":{"topic":"$Alice","from":"$Alice","seq":1,"content":"one"}})");
  GOT("bob", R"({"data":{"topic":"$Alice","from":"$bob","seq":2,"content":"two"}})");
  GOT("bob", R"({"data":{"topic":"$Alice","from":"$Alice","seq":3,"content":"three"}})");
}

SCENARIO("typing and receipts reach the other server", "[federated]") {
  Friends servers;
  servers.Send("alice", R"({"pub":{"id":"1","topic":"$Bob","content":"one"}})");
  servers.Clear();
  servers.Send("bob", R"({"note":{"topic":"$Alice","what":"kp"}})");
  GOT("alice", R"({"info":{"topic":"$Bob","from":"$Bob","what":"kp"}})");
  servers.Send("bob", R"({"note":{"topic":"$Alice","what":"recv","seq":1}})");
  GOT("alice", R"({"info":{"topic":"$Bob","from":"$Bob","what":"recv","seq":1}})");
  servers.Send("bob", R"({"note":{"topic":"$Alice","what":"read","seq":1}})");
  GOT("alice", R"({"info":{"topic":"$Bob","from":"$Bob","what":"read","seq":1}})");
  servers.Send("alice", R"({"note":{"topic":"$Bob","what":"kp"}})");
  GOT("bob", R"({"info":{"topic":"$Alice","from":"$Alice","what":"kp"}})");
}

SCENARIO("a friend on another server is seen to come and go", "[federated]") {
  Friends servers;
  servers.Close("bob");
  servers.Wait(absl::Seconds(30));
  GOT("alice", R"({"pres":{"topic":"me","src":"$Bob","what":"off"}})");
  servers.Open("bob", "bob");
  servers.Send("bob", R"({"sub":{"id":"1","topic":"me","get":{"what":"sub"}}})");
  GOT("alice", R"({"pres":{"topic":"me","src":"$Bob","what":"on"}})");
  servers.Clear();
  servers.Close("alice");
  servers.Wait(absl::Seconds(30));
  GOT("bob", R"({"pres":{"topic":"me","src":"$Alice","what":"off"}})");
}

SCENARIO("a message is edited on both servers", "[federated]") {
  Friends servers;
  servers.Send("alice", R"({"pub":{"id":"1","topic":"$Bob","content":"one"}})");
  servers.Send("bob", R"({"pub":{"id":"2","topic":"$Alice","content":"two"}})");
  servers.Clear();
  servers.Send("bob",
               R"({"pub":{"id":"3","topic":"$Alice","head":{"replace":":2"},"content":"2nd"}})");
  GOT("bob", R"({"ctrl":{"id":"3","code":202,"params":{"seq":3}}})");
  GOT("alice", R"({"data":{"seq":3,"head":{"replace":":2"},"content":"2nd"}})");
}

SCENARIO("a home that is busy takes what is proposed later", "[federated]") {
  Friends servers;
  servers.CutOff("a.test", "b.test");
  servers.Wait(absl::Minutes(2));
  for (const char* text : {"1", "2", "3"}) {
    servers.Send("bob",
                 R"({"pub":{"id":"q","topic":"$Alice","content":")" + std::string(text) + R"("}})");
  }
  servers.at("a.test").node().topic_limits().max_publishes_in_flight = 1;
  servers.at("a.test").disk().SetDelay(absl::Milliseconds(50));
  servers.Clear();
  servers.Mend();
  servers.Wait(absl::Hours(1));
  GOT("alice", R"({"data":{"seq":1,"content":"1"}})");
  GOT("alice", R"({"data":{"seq":2,"content":"2"}})");
  GOT("alice", R"({"data":{"seq":3,"content":"3"}})");
  CHECK(servers.Silent("bob", R"({"info":{"what":"failed"}})") == "");
}

SCENARIO("what is published while the link is cut arrives later, in order and once",
         "[federated]") {
  Friends servers;
  servers.CutOff("a.test", "b.test");
  servers.Wait(absl::Minutes(2));
  servers.Clear();
  for (const char* text : {"1", "2", "3"}) {
    servers.Send("bob", R"({"pub":{"id":"q)" + std::string(text) +
                            R"(","topic":"$Alice","content":"bob )" + text + R"("}})");
    GOT("bob", R"({"ctrl":{"id":"q)" + std::string(text) +
                   R"(","code":202,"params":{"queued":true,"seq":"!"}}})");
    servers.Send("alice", R"({"pub":{"id":"s)" + std::string(text) +
                              R"(","topic":"$Bob","content":"alice )" + text + R"("}})");
    GOT("alice", R"({"ctrl":{"id":"s)" + std::string(text) + R"(","code":202,"params":{"seq":)" +
                     text + R"(}}})");
  }
  SECTION("with both servers up") {}
  SECTION("with the home restarted in between") {
    servers.Restart("a.test");
    servers.Open("alice", "alice");
    servers.Send("alice", R"({"sub":{"id":"a","topic":"$Bob"}})");
  }
  SECTION("with the replica restarted in between") {
    servers.Restart("b.test");
    servers.Open("bob", "bob");
    servers.Send("bob", R"({"sub":{"id":"a","topic":"$Alice"}})");
  }
  servers.Mend();
  servers.Wait(absl::Hours(1));
  servers.Clear();
  servers.Send("alice", R"({"get":{"id":"4","topic":"$Bob","what":"data"}})");
  servers.Send("bob", R"({"get":{"id":"4","topic":"$Alice","what":"data"}})");
  for (const char* who : {"alice", "bob"}) {
    for (int seq = 1; seq <= 6; ++seq) {
      const std::string text =
          seq <= 3 ? "alice " + std::to_string(seq) : "bob " + std::to_string(seq - 3);
      GOT(who, R"({"data":{"seq":)" + std::to_string(seq) + R"(,"content":")" + text + R"("}})");
    }
    CHECK(servers.Silent(who, R"({"data":{"seq":"*"}})") == "");
  }
}

SCENARIO("no more is kept for a server than its share", "[federated]") {
  constexpr int kShare = 20;
  molva::federation::Options options;
  options.max_pending = kShare;
  Friends servers(options);
  const auto publish = [&](int i) {
    servers.Send("bob", R"({"pub":{"id":"q)" + std::to_string(i) +
                            R"(","topic":"$Alice","content":")" + std::to_string(i) + R"("}})");
  };
  servers.CutOff("a.test", "b.test");
  servers.Wait(absl::Minutes(2));
  for (int i = 1; i <= kShare; ++i) {
    publish(i);
    GOT("bob", R"({"ctrl":{"id":"q)" + std::to_string(i) + R"(","code":202}})");
  }
  publish(kShare + 1);
  GOT("bob", R"({"ctrl":{"id":"q21","code":503}})");
  WHEN("his server is restarted, its share stays used up") {
    servers.Restart("b.test");
    servers.Wait(absl::Minutes(2));
    servers.Open("bob", "bob");
    servers.Send("bob", R"({"sub":{"id":"a","topic":"$Alice"}})");
    GOT("bob", R"({"ctrl":{"id":"a","code":200}})");
    publish(kShare + 2);
    GOT("bob", R"({"ctrl":{"id":"q22","code":503}})");
  }
  servers.Mend();
  servers.Wait(absl::Hours(1));
  for (int i = 1; i <= kShare; ++i) {
    GOT("alice", R"({"data":{"content":")" + std::to_string(i) + R"("}})");
  }
  publish(kShare + 3);
  GOT("bob", R"({"ctrl":{"id":"q23","code":202,"params":{"seq":21}}})");
}
