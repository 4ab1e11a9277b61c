// Two people on two servers delete messages for both, where their servers let them.
#include "tests/support/catch.h"
#include "tests/unit/federated_topic/servers.h"

using molva::test::Servers;

#define GOT(session, json) CHECK(servers.Expect(session, json) == "")

namespace {

void Allow(Servers& servers, const std::string& domain) {
  servers.at(domain).node().topic_limits().most_in_p2p =
      molva::model::access::kP2p.With(molva::model::AccessMode::kDelete);
}

void Forbid(Servers& servers, const std::string& domain) {
  servers.at(domain).node().topic_limits().most_in_p2p = molva::model::access::kP2p;
}

// Alice, whose server is the topic's home, and Bob give each other all they can, and talk.
void Talk(Servers& servers) {
  servers.Account("alice", "a.test");
  servers.Account("bob", "b.test");
  REQUIRE(servers.Befriend("alice", "bob") == "");
  for (const auto& [who, topic] : {std::pair("alice", "$Bob"), std::pair("bob", "$Alice")}) {
    const std::string set = std::string(R"({"set":{"topic":")") + topic + R"(","sub":{)";
    servers.Send(who, set + R"("mode":"JRWPAD"}}})");
    servers.Send(who, set + R"("user":")" + topic + R"(","mode":"JRWPAD"}}})");
  }
  servers.Send("alice", R"({"pub":{"id":"1","topic":"$Bob","content":"one"}})");
  GOT("alice", R"({"ctrl":{"id":"1","code":202,"params":{"seq":1}}})");
  servers.Send("bob", R"({"pub":{"id":"1","topic":"$Alice","content":"two"}})");
  GOT("bob", R"({"ctrl":{"id":"1","code":202,"params":{"seq":2}}})");
  servers.Clear();
}

void Delete(Servers& servers, const std::string& who, const std::string& topic) {
  servers.Send(who, R"({"del":{"id":"del","topic":")" + topic +
                        R"(","what":"msg","delseq":[{"low":1}],"hard":true}})");
}

// How many messages `who` sees.
void Sees(Servers& servers, const std::string& who, const std::string& topic, int count) {
  CAPTURE(who);
  servers.Send(who, R"({"get":{"id":"see","topic":")" + topic + R"(","what":"data"}})");
  GOT(who, R"({"ctrl":{"id":"see","code":208,"params":{"count":)" + std::to_string(count) + "}}}");
}

}  // namespace

SCENARIO("two whose servers allow it delete for both across servers", "[federated]") {
  Servers servers({"a.test", "b.test"});
  Allow(servers, "a.test");
  Allow(servers, "b.test");
  Talk(servers);
  WHEN("the one elsewhere does") {
    Delete(servers, "bob", "$Alice");
    GOT("bob", R"({"ctrl":{"id":"del","code":200}})");
    THEN("it is gone for both") {
      GOT("alice", R"({"pres":{"topic":"$Bob","what":"del","delseq":[{"low":1}]}})");
      Sees(servers, "alice", "$Bob", 1);
      Sees(servers, "bob", "$Alice", 1);
    }
  }
  WHEN("the home does not allow it any more") {
    Forbid(servers, "a.test");
    Delete(servers, "bob", "$Alice");
    THEN("it refuses, and nothing is gone") {
      GOT("bob", R"({"ctrl":{"id":"del","code":403}})");
      Sees(servers, "alice", "$Bob", 2);
      Sees(servers, "bob", "$Alice", 2);
    }
  }
}

SCENARIO("a server that does not allow deletions for both carries out those of the home",
         "[federated]") {
  Servers servers({"a.test", "b.test"});
  Allow(servers, "a.test");
  Talk(servers);
  WHEN("the one at home deletes") {
    Delete(servers, "alice", "$Bob");
    GOT("alice", R"({"ctrl":{"id":"del","code":200}})");
    THEN("it is gone for both") {
      Sees(servers, "alice", "$Bob", 1);
      Sees(servers, "bob", "$Alice", 1);
    }
  }
  WHEN("its own user deletes") {
    Delete(servers, "bob", "$Alice");
    GOT("bob", R"({"ctrl":{"id":"del","code":200}})");
    THEN("he has hidden it") {
      Sees(servers, "alice", "$Bob", 2);
      Sees(servers, "bob", "$Alice", 1);
    }
  }
}

SCENARIO("a home that does not allow deletions for both gives nobody the right", "[federated]") {
  Servers servers({"a.test", "b.test"});
  Allow(servers, "b.test");
  Talk(servers);
  for (const auto& [who, topic] : {std::pair("alice", "$Bob"), std::pair("bob", "$Alice")}) {
    servers.Send(who,
                 std::string(R"({"get":{"id":"desc","topic":")") + topic + R"(","what":"desc"}})");
    GOT(who, R"({"meta":{"id":"desc","desc":{"acs":{"mode":"JRWPA"}}}})");
    Delete(servers, who, topic);
    GOT(who, R"({"ctrl":{"id":"del","code":200}})");
    Sees(servers, who, topic, 1);
    if (std::string(who) == "alice") Sees(servers, "bob", "$Alice", 2);
  }
}
