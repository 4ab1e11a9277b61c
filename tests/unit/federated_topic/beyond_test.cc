// What goes beyond the protocol of stock clients, in a topic on two servers.
#include "tests/support/catch.h"
#include "tests/unit/federated_topic/servers.h"

using molva::test::Servers;

#define GOT(session, json) CHECK(servers.Expect(session, json) == "")

namespace {

// Alice and Bob talk; a.test is the home.
class Friends : public Servers {
 public:
  Friends() : Servers({"a.test", "b.test"}) {
    Account("alice", "a.test");
    Account("bob", "b.test");
    REQUIRE(Befriend("alice", "bob") == "");
    Clear();
  }
};

}  // namespace

SCENARIO("a publication from another server that comes again is stored once", "[federated]") {
  Friends servers;
  const std::string pub =
      R"({"pub":{"id":"1","topic":"$Alice","head":{"x-molva-uid":"b-1"},"content":"once"}})";
  servers.Send("bob", pub);
  GOT("bob", R"({"ctrl":{"id":"1","code":202,"params":{"seq":1}}})");
  GOT("alice", R"({"data":{"seq":1,"from":"$Bob","content":"once"}})");
  WHEN("the link is up") {
    servers.Send("bob", pub);
    GOT("bob", R"({"ctrl":{"id":"1","code":202,"params":{"seq":1}}})");
  }
  WHEN("both servers have been down") {
    servers.Restart("a.test");
    servers.Restart("b.test");
    servers.Wait(absl::Minutes(1));
    servers.Open("alice", "alice");
    servers.Open("bob", "bob");
    servers.Send("alice", R"({"sub":{"id":"s","topic":"$Bob"}})");
    servers.Send("bob", R"({"sub":{"id":"s","topic":"$Alice"}})");
    servers.Send("bob", pub);
    GOT("bob", R"({"ctrl":{"id":"1","code":202,"params":{"seq":1}}})");
  }
  WHEN("it waits twice for a home that is away") {
    servers.CutOff("a.test", "b.test");
    const std::string other =
        R"({"pub":{"id":"2","topic":"$Alice","head":{"x-molva-uid":"b-2"},"content":"later"}})";
    servers.Send("bob", other);
    GOT("bob", R"({"ctrl":{"id":"2","code":202}})");
    servers.Send("bob", other);
    servers.Mend();
    servers.Wait(absl::Hours(2));
    GOT("alice", R"({"data":{"seq":2,"content":"later"}})");
    GOT("bob", R"({"data":{"seq":2,"content":"later"}})");
  }
  CHECK(servers.Silent("alice", R"({"data":{}})") == "");
  servers.Send("alice", R"({"pub":{"id":"9","topic":"$Bob","content":"next"}})");
  GOT("bob", R"({"data":{"content":"next"}})");
}

SCENARIO("a message for a time goes on both servers", "[federated]") {
  Friends servers;
  WHEN("its author says so, who is not at the home") {
    servers.Send("bob",
                 R"({"pub":{"id":"1","topic":"$Alice","head":{"x-molva-ttl":30},"content":1}})");
  }
  WHEN("a party has set a default for the topic, from either server") {
    servers.Send("bob", R"({"set":{"id":"0","topic":"$Alice","aux":{"x-molva-ttl":30}}})");
    GOT("bob", R"({"ctrl":{"id":"0","code":200}})");
    servers.Send("bob", R"({"pub":{"id":"1","topic":"$Alice","content":1}})");
  }
  GOT("bob", R"({"ctrl":{"id":"1","code":202,"params":{"seq":1}}})");
  GOT("alice", R"({"data":{"seq":1}})");
  servers.Wait(absl::Seconds(20));
  CHECK(servers.Silent("alice", R"({"pres":{"what":"del"}})") == "");
  servers.Wait(absl::Seconds(20));
  GOT("alice", R"({"pres":{"topic":"$Bob","what":"del","delseq":[{"low":1}]}})");
  GOT("bob", R"({"pres":{"topic":"$Alice","what":"del","delseq":[{"low":1}]}})");
  servers.Send("bob", R"({"get":{"id":"3","topic":"$Alice","what":"data"}})");
  GOT("bob", R"({"ctrl":{"id":"3","code":204}})");
}

SCENARIO("reactions are refused where they would be seen by one side only", "[federated]") {
  Friends servers;
  servers.Send("bob", R"({"pub":{"id":"1","topic":"$Alice","content":1}})");
  GOT("alice", R"({"data":{"seq":1}})");
  servers.Send("bob", R"({"note":{"topic":"$Alice","what":"react","seq":1,"payload":"+"}})");
  GOT("bob", R"({"ctrl":{"code":501,"params":{"what":"react","seq":1}}})");
  servers.Send("alice", R"({"note":{"topic":"$Bob","what":"react","seq":1,"payload":"+"}})");
  GOT("alice", R"({"ctrl":{"code":501}})");
}
