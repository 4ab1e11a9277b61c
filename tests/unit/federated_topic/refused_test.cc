// Publications that were queued and that the home then refuses.
#include "federation/peer/frames.h"
#include "tests/support/catch.h"
#include "tests/unit/federated_topic/servers.h"

using molva::test::Servers;

#define GOT(session, json) CHECK(servers.Expect(session, json) == "")

namespace {

// Alice's open group on a.test, as $G there and as $H elsewhere; Bob and Dave on b.test are in.
class Group : public Servers {
 public:
  Group() : Servers({"a.test", "b.test"}) {
    Account("alice", "a.test");
    Account("bob", "b.test");
    Account("dave", "b.test");
    Send("alice", R"({"sub":{"id":"1","topic":"new"}})");
    REQUIRE(Expect("alice", R"({"ctrl":{"id":"1","code":200,"topic":"$G"}})") == "");
    SetGlobal("$H", "$G", "a.test");
    for (const char* who : {"bob", "dave"}) {
      Send(who, R"({"sub":{"id":"2","topic":"$H"}})");
      REQUIRE(Expect(who, R"({"ctrl":{"id":"2","code":200}})") == "");
    }
  }

  // While the link is cut Dave publishes, then Bob; Alice has taken Dave's right to.
  void QueueOneThatMayNot() {
    CutOff("a.test", "b.test");
    Wait(absl::Minutes(2));
    Send("alice", R"({"set":{"id":"3","topic":"$G","sub":{"user":"$Dave","mode":"JR"}}})");
    Clear();
    Publish("dave", "may not");
    Publish("bob", "may");
  }

  // What `domain` acknowledges from now on is lost, or not any more.
  void LoseAcks(const std::string& domain, bool are_lost) {
    network().SetAlter(domain, [are_lost](const std::string& frame) -> std::vector<std::string> {
      const auto decoded = molva::federation::DecodeFrame(frame);
      if (are_lost && decoded.ok() && std::holds_alternative<molva::federation::Ack>(*decoded)) {
        return {};
      }
      return {frame};
    });
  }

 private:
  void Publish(const std::string& who, const std::string& text) {
    Send(who, R"({"pub":{"id":"p","topic":"$H","content":")" + text + R"("}})");
    CHECK(Expect(who, R"({"ctrl":{"id":"p","code":202,"params":{"queued":true}}})") == "");
  }
};

}  // namespace

SCENARIO("the author of a queued message that the home refuses is told", "[federated]") {
  Group servers;
  servers.QueueOneThatMayNot();
  WHEN("all goes well") { servers.Mend(); }
  WHEN("the home's answer is lost after the event of a later one has come") {
    servers.LoseAcks("a.test", true);
    servers.Mend();
    servers.Wait(absl::Minutes(5));
    GOT("bob", R"({"data":{"content":"may"}})");
    CHECK(servers.Silent("dave", R"({"info":{"what":"failed"}})") == "");
    servers.LoseAcks("a.test", false);
    AND_WHEN("the link breaks") { servers.network().Break("a.test", "b.test"); }
    AND_WHEN("his server is restarted") {
      servers.Restart("b.test");
      servers.Wait(absl::Minutes(5));
      servers.Open("dave", "dave");
      servers.Open("bob", "bob");
      servers.Send("dave", R"({"sub":{"id":"7","topic":"$H"}})");
      GOT("dave", R"({"ctrl":{"id":"7","code":200}})");
    }
  }
  servers.Wait(absl::Minutes(5));
  GOT("dave", R"({"info":{"what":"failed","from":"$dave"}})");
  CHECK(servers.Silent("dave", R"({"info":{"what":"failed"}})") == "");
  CHECK(servers.Silent("bob", R"({"info":{"what":"failed"}})") == "");
  // Nothing is left waiting.
  servers.network().Break("a.test", "b.test");
  servers.Wait(absl::Minutes(5));
  CHECK(servers.Silent("dave", R"({"info":{"what":"failed"}})") == "");
  servers.Send("alice", R"({"get":{"id":"4","topic":"$G","what":"data"}})");
  GOT("alice", R"({"data":{"seq":1,"content":"may"}})");
  const auto left = servers.at("b.test").disk().With([](const auto& disk) {
    molva::store::DeliveryQuery query;
    query.peer = "a.test";
    return disk.ListDeliveries(query).size();
  });
  CHECK(left == 0);
}
