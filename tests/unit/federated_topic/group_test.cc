// Groups with members on three servers.
#include "tests/support/catch.h"
#include "tests/unit/federated_topic/servers.h"

using molva::test::Servers;

#define GOT(session, json) CHECK(servers.Expect(session, json) == "")

namespace {

// Alice's group on a.test, as $G there and as $H elsewhere; Bob on b.test, Carol on c.test.
class Group : public Servers {
 public:
  Group() : Servers({"a.test", "b.test", "c.test"}) {
    Account("alice", "a.test");
    Account("bob", "b.test");
    Account("carol", "c.test");
    Send("alice", R"({"sub":{"id":"1","topic":"new","set":{"desc":{"public":{"fn":"Group"}}}}})");
    REQUIRE(Expect("alice", R"({"ctrl":{"id":"1","code":200,"topic":"$G"}})") == "");
    SetGlobal("$H", "$G", "a.test");
    Send("alice", R"({"pub":{"id":"2","topic":"$G","content":"before"}})");
    Clear();
  }

  void Invite() {
    InviteBob();
    Servers& servers = *this;
    Send("carol", R"({"sub":{"id":"6","topic":"$H"}})");
    GOT("carol", R"({"ctrl":{"id":"6","code":200,"topic":"$H"}})");
    Clear();
  }

  void InviteBob() {
    Servers& servers = *this;
    Send("alice", R"({"sub":{"id":"f","topic":"$Bob"}})");
    Send("alice", R"({"set":{"id":"3","topic":"$G","sub":{"user":"$Bob","mode":"JRWP"}}})");
    GOT("alice", R"({"ctrl":{"id":"3","code":200}})");
    GOT("bob", R"({"pres":{"topic":"me","what":"acs","src":"$H"}})");
    Send("bob", R"({"sub":{"id":"4","topic":"$H"}})");
    GOT("bob", R"({"ctrl":{"id":"4","code":200}})");
    Send("bob", R"({"set":{"id":"5","topic":"$H","sub":{"mode":"JRWP"}}})");
    GOT("bob", R"({"ctrl":{"id":"5","code":200}})");
    Clear();
  }
};

}  // namespace

SCENARIO("members of three servers talk in a group", "[federated]") {
  Group servers;
  servers.Invite();
  servers.Send("carol", R"({"pub":{"id":"1","topic":"$H","content":"from c"}})");
  GOT("carol", R"({"ctrl":{"id":"1","code":202,"params":{"seq":2}}})");
  GOT("alice", R"({"data":{"topic":"$G","from":"$Carol","seq":2,"content":"from c"}})");
  GOT("bob", R"({"data":{"topic":"$H","from":"$Carol","seq":2,"content":"from c"}})");
  servers.Send("bob", R"({"pub":{"id":"2","topic":"$H","content":"from b"}})");
  GOT("bob", R"({"ctrl":{"id":"2","code":202,"params":{"seq":3}}})");
  GOT("alice", R"({"data":{"topic":"$G","from":"$Bob","seq":3,"content":"from b"}})");
  GOT("carol", R"({"data":{"topic":"$H","from":"$Bob","seq":3,"content":"from b"}})");
  servers.Send("alice", R"({"pub":{"id":"3","topic":"$G","content":"from a"}})");
  GOT("bob", R"({"data":{"topic":"$H","from":"$Alice","seq":4,"content":"from a"}})");
  GOT("carol", R"({"data":{"topic":"$H","from":"$Alice","seq":4,"content":"from a"}})");
  servers.Clear();
  servers.Send("carol", R"({"get":{"id":"4","topic":"$H","what":"data"}})");
  GOT("carol", R"({"data":{"seq":1,"from":"$Alice","content":"before"}})");
  for (int seq = 2; seq <= 4; ++seq) {
    GOT("carol", R"({"data":{"seq":)" + std::to_string(seq) + "}}");
  }
  servers.Send("carol", R"({"get":{"id":"5","topic":"$H","what":"desc"}})");
  GOT("carol", R"({"meta":{"id":"5","desc":{"public":{"fn":"Group"}}}})");
}

SCENARIO("a member of a group on another server is removed, leaves and comes back", "[federated]") {
  Group servers;
  servers.Invite();
  WHEN("the owner removes him") {
    servers.Send("alice", R"({"del":{"id":"1","topic":"$G","what":"sub","user":"$Bob"}})");
    GOT("alice", R"({"ctrl":{"id":"1","code":200}})");
    THEN("he is out and hears no more") {
      GOT("bob", R"({"ctrl":{"topic":"$H","code":205,"params":{"unsub":true}}})");
      servers.Clear();
      servers.Send("alice", R"({"pub":{"id":"2","topic":"$G","content":"secret"}})");
      CHECK(servers.Silent("bob", R"({"data":{"content":"*"}})") == "");
      GOT("carol", R"({"data":{"content":"secret"}})");
      CHECK(servers.at("b.test").disk().With(
                [](const auto& disk) { return disk.ListForeignNames("", 100).size(); }) > 0);
    }
  }
  WHEN("he leaves") {
    servers.Send("bob", R"({"leave":{"id":"1","topic":"$H","unsub":true}})");
    GOT("bob", R"({"ctrl":{"id":"1","code":200}})");
    servers.Send("alice", R"({"get":{"id":"2","topic":"$G","what":"sub"}})");
    CHECK(servers.Silent("alice", R"({"meta":{"sub":["*","*","*"]}})") == "");
    THEN("he can come back and has missed nothing") {
      servers.Send("alice", R"({"pub":{"id":"2","topic":"$G","content":"meanwhile"}})");
      servers.Send("bob", R"({"sub":{"id":"3","topic":"$H"}})");
      GOT("bob", R"({"ctrl":{"id":"3","code":200}})");
      servers.Send("bob", R"({"get":{"id":"4","topic":"$H","what":"data"}})");
      GOT("bob", R"({"data":{"seq":2,"content":"meanwhile"}})");
      servers.Send("bob", R"({"pub":{"id":"5","topic":"$H","content":"back"}})");
      GOT("bob", R"({"ctrl":{"id":"5","code":202,"params":{"seq":3}}})");
      GOT("carol", R"({"data":{"seq":3,"content":"back"}})");
    }
  }
}

SCENARIO("what is deleted for everybody is gone on all servers", "[federated]") {
  Group servers;
  servers.Invite();
  servers.Send("bob", R"({"pub":{"id":"1","topic":"$H","content":"secret"}})");
  GOT("alice", R"({"data":{"seq":2}})");
  WHEN("the owner deletes it") {
    servers.Send("alice", R"({"del":{"id":"2","topic":"$G","hard":true,"delseq":[{"low":2}]}})");
    GOT("alice", R"({"ctrl":{"id":"2","code":200}})");
  }
  WHEN("a member of another server deletes it, who may") {
    servers.Send("alice",
                 R"({"set":{"id":"2","topic":"$G","sub":{"user":"$Carol","mode":"JRWPD"}}})");
    servers.Send("carol", R"({"set":{"id":"3","topic":"$H","sub":{"mode":"JRWPD"}}})");
    servers.Send("carol", R"({"del":{"id":"4","topic":"$H","hard":true,"delseq":[{"low":2}]}})");
    GOT("carol", R"({"ctrl":{"id":"4","code":200}})");
    GOT("alice", R"({"pres":{"topic":"$G","what":"del","delseq":[{"low":2}]}})");
  }
  GOT("bob", R"({"pres":{"topic":"$H","what":"del","delseq":[{"low":2}]}})");
  servers.Clear();
  for (const std::string who : {"alice", "bob", "carol"}) {
    servers.Send(who, R"({"get":{"id":"5","topic":")" + std::string(who == "alice" ? "$G" : "$H") +
                          R"(","what":"data"}})");
    GOT(who, R"({"data":{"seq":1}})");
    CHECK(servers.Silent(who, R"({"data":{"seq":2}})") == "");
  }
}

SCENARIO("what was deleted before a server had members is not there for them", "[federated]") {
  Group servers;
  for (const char* text : {"one", "two", "three"}) {
    servers.Send("alice", R"({"pub":{"topic":"$G","content":")" + std::string(text) + R"("}})");
  }
  WHEN("before there was a chain") {
    servers.Send("alice",
                 R"({"del":{"id":"2","topic":"$G","hard":true,"delseq":[{"low":2,"hi":4}]}})");
    GOT("alice", R"({"ctrl":{"id":"2","code":200}})");
    servers.InviteBob();
  }
  WHEN("when there was one, in two deletions") {
    servers.Send("carol", R"({"sub":{"id":"6","topic":"$H"}})");
    GOT("carol", R"({"ctrl":{"id":"6","code":200}})");
    for (const char* low : {"2", "3"}) {
      servers.Send("alice", R"({"del":{"id":"2","topic":"$G","hard":true,"delseq":[{"low":)" +
                                std::string(low) + "}]}}");
      GOT("alice", R"({"ctrl":{"id":"2","code":200}})");
    }
    servers.InviteBob();
  }
  servers.Send("bob", R"({"get":{"id":"5","topic":"$H","what":"data del"}})");
  GOT("bob", R"({"data":{"seq":1,"content":"before"}})");
  GOT("bob", R"({"data":{"seq":4,"content":"three"}})");
  GOT("bob", R"({"meta":{"del":{"delseq":[{"low":2,"hi":4}]}}})");
  CHECK(servers.Silent("bob", R"({"data":{"seq":2}})") == "");
  CHECK(servers.Silent("bob", R"({"data":{"seq":3}})") == "");
}
