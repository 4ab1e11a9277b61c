// The first contact of people on two servers.
#include "tests/support/catch.h"
#include "tests/unit/federated_topic/servers.h"

using molva::test::Servers;

#define GOT(session, json) CHECK(servers.Expect(session, json) == "")

SCENARIO("a user of another server is found by his login name", "[federated]") {
  Servers servers({"a.test", "b.test"});
  servers.Account("alice", "a.test");
  servers.Account("bob", "b.test");
  servers.Send("alice", R"({"sub":{"id":"1","topic":"fnd"}})");
  servers.Send("alice", R"({"set":{"id":"2","topic":"fnd","desc":{"public":"bob@b.test"}}})");
  servers.Send("alice", R"({"get":{"id":"3","topic":"fnd","what":"sub"}})");
  GOT("alice", R"({"meta":{"id":"3","sub":[{"topic":"$Bob","public":{"fn":"bob"}}]}})");
}

SCENARIO("a first contact across servers is a request that must be accepted", "[federated]") {
  Servers servers({"a.test", "b.test"});
  servers.Account("alice", "a.test");
  servers.Account("bob", "b.test");
  servers.Send("alice", R"({"sub":{"id":"1","topic":"$Bob"}})");
  GOT("alice", R"({"ctrl":{"id":"1","code":200,"topic":"$Bob"}})");
  GOT("bob", R"({"pres":{"topic":"me","what":"acs","src":"$Alice"}})");
  servers.Send("bob", R"({"get":{"id":"2","topic":"me","what":"sub"}})");
  GOT("bob", R"({"meta":{"id":"2","sub":[{"topic":"$Alice","acs":{"want":"JA"}}]}})");
  WHEN("nobody has accepted") {
    servers.Send("alice", R"({"pub":{"id":"3","topic":"$Bob","content":"hello"}})");
    THEN("nothing passes") { GOT("alice", R"({"ctrl":{"id":"3","code":403}})"); }
  }
  WHEN("it is accepted") {
    servers.Send("bob", R"({"sub":{"id":"4","topic":"$Alice"}})");
    GOT("bob", R"({"ctrl":{"id":"4","code":200}})");
    servers.Send("bob", R"({"set":{"id":"5","topic":"$Alice","sub":{"mode":"JRWPA"}}})");
    GOT("bob", R"({"ctrl":{"id":"5","code":200}})");
    servers.Send("bob",
                 R"({"set":{"id":"6","topic":"$Alice","sub":{"user":"$Alice","mode":"JRWPA"}}})");
    GOT("bob", R"({"ctrl":{"id":"6","code":200}})");
    THEN("messages pass both ways") {
      servers.Send("alice", R"({"pub":{"id":"7","topic":"$Bob","content":"hello"}})");
      GOT("alice", R"({"ctrl":{"id":"7","code":202,"params":{"seq":1}}})");
      GOT("bob", R"({"data":{"topic":"$Alice","from":"$Alice","seq":1,"content":"hello"}})");
      servers.Send("bob", R"({"pub":{"id":"8","topic":"$Alice","content":"hi"}})");
      GOT("bob", R"({"ctrl":{"id":"8","code":202,"params":{"seq":2}}})");
      GOT("alice", R"({"data":{"topic":"$Bob","from":"$Bob","seq":2,"content":"hi"}})");
    }
  }
}

SCENARIO("a request can be declined and cannot be repeated at once", "[federated]") {
  Servers servers({"a.test", "b.test"});
  servers.Account("alice", "a.test");
  servers.Account("bob", "b.test");
  servers.Send("alice", R"({"sub":{"id":"1","topic":"$Bob"}})");
  GOT("alice", R"({"ctrl":{"id":"1","code":200}})");
  servers.Send("bob", R"({"del":{"id":"2","topic":"$Alice","what":"topic"}})");
  GOT("bob", R"({"ctrl":{"id":"2","code":200}})");
  servers.Clear();
  servers.Send("alice", R"({"leave":{"id":"3","topic":"$Bob"}})");
  servers.Send("alice", R"({"sub":{"id":"4","topic":"$Bob"}})");
  GOT("alice", R"({"ctrl":{"id":"4","code":422}})");
  CHECK(servers.Silent("bob", R"({"pres":{"what":"acs"}})") == "");
  servers.Wait(absl::Hours(25));
  servers.Send("alice", R"({"sub":{"id":"5","topic":"$Bob"}})");
  GOT("alice", R"({"ctrl":{"id":"5","code":200}})");
  GOT("bob", R"({"pres":{"topic":"me","what":"acs","src":"$Alice"}})");
}

SCENARIO("a request can be blocked", "[federated]") {
  Servers servers({"a.test", "b.test"});
  servers.Account("alice", "a.test");
  servers.Account("bob", "b.test");
  servers.Send("alice", R"({"sub":{"id":"1","topic":"$Bob"}})");
  servers.Send("bob", R"({"sub":{"id":"2","topic":"$Alice"}})");
  servers.Send("bob", R"({"set":{"id":"3","topic":"$Alice","sub":{"mode":"N"}}})");
  GOT("bob", R"({"ctrl":{"id":"3","code":200}})");
  servers.Clear();
  servers.Send("alice", R"({"pub":{"id":"4","topic":"$Bob","content":"well?"}})");
  GOT("alice", R"({"ctrl":{"id":"4","code":403}})");
  CHECK(servers.Silent("bob", R"({"data":{"content":"*"}})") == "");
  CHECK(servers.Silent("bob", R"({"pres":{"src":"$Alice"}})") == "");
}

SCENARIO("two who ask each other at once have accepted", "[federated]") {
  Servers servers({"a.test", "b.test"});
  servers.Account("alice", "a.test");
  servers.Account("bob", "b.test");
  // They know each other's cards already; now neither server hears of the other's request.
  for (const char* who : {"alice", "bob"}) {
    servers.Send(who, R"({"sub":{"id":"0","topic":"fnd"}})");
  }
  servers.Send("alice", R"({"set":{"id":"0","topic":"fnd","desc":{"public":"bob@b.test"}}})");
  servers.Send("alice", R"({"get":{"id":"0","topic":"fnd","what":"sub"}})");
  servers.Send("bob", R"({"set":{"id":"0","topic":"fnd","desc":{"public":"alice@a.test"}}})");
  servers.Send("bob", R"({"get":{"id":"0","topic":"fnd","what":"sub"}})");
  servers.CutOff("a.test", "b.test");
  servers.Clear();
  servers.Send("alice", R"({"sub":{"id":"1","topic":"$Bob"}})");
  servers.Wait(absl::Seconds(10));
  GOT("alice", R"({"ctrl":{"id":"1","code":200}})");
  servers.Send("bob", R"({"sub":{"id":"1","topic":"$Alice"}})");
  servers.Wait(absl::Seconds(10));
  GOT("bob", R"({"ctrl":{"id":"1","code":200}})");
  servers.Mend();
  servers.Send("bob", R"({"leave":{"id":"2","topic":"$Alice"}})");
  servers.Send("bob", R"({"sub":{"id":"3","topic":"$Alice"}})");
  GOT("bob", R"({"ctrl":{"id":"3","code":200}})");
  servers.Send("alice", R"({"pub":{"id":"4","topic":"$Bob","content":"hello"}})");
  GOT("alice", R"({"ctrl":{"id":"4","code":202,"params":{"seq":1}}})");
  GOT("bob", R"({"data":{"topic":"$Alice","seq":1,"content":"hello"}})");
  servers.Send("bob", R"({"pub":{"id":"5","topic":"$Alice","content":"hi"}})");
  GOT("bob", R"({"ctrl":{"id":"5","code":202,"params":{"seq":2}}})");
  GOT("alice", R"({"data":{"topic":"$Bob","seq":2,"content":"hi"}})");
}

SCENARIO("two who have both left and ask each other anew at once meet again", "[federated]") {
  Servers servers({"a.test", "b.test"});
  servers.Account("alice", "a.test");
  servers.Account("bob", "b.test");
  REQUIRE(servers.Befriend("alice", "bob") == "");
  servers.Send("alice", R"({"pub":{"id":"1","topic":"$Bob","content":"bye"}})");
  servers.Send("alice", R"({"leave":{"id":"2","topic":"$Bob","unsub":true}})");
  servers.Send("bob", R"({"leave":{"id":"2","topic":"$Alice","unsub":true}})");
  GOT("bob", R"({"ctrl":{"id":"2","code":200}})");
  servers.CutOff("a.test", "b.test");
  servers.Send("alice", R"({"sub":{"id":"3","topic":"$Bob"}})");
  servers.Send("bob", R"({"sub":{"id":"3","topic":"$Alice"}})");
  servers.Wait(absl::Seconds(20));
  GOT("alice", R"({"ctrl":{"id":"3","code":200}})");
  GOT("bob", R"({"ctrl":{"id":"3","code":200}})");
  servers.Mend();
  servers.Send("bob", R"({"leave":{"id":"4","topic":"$Alice"}})");
  servers.Send("bob", R"({"sub":{"id":"5","topic":"$Alice"}})");
  GOT("bob", R"({"ctrl":{"id":"5","code":200}})");
  servers.Clear();
  servers.Send("alice", R"({"pub":{"id":"6","topic":"$Bob","content":"hello"}})");
  GOT("alice", R"({"ctrl":{"id":"6","code":202,"params":{"seq":1}}})");
  GOT("bob", R"({"data":{"topic":"$Alice","seq":1,"content":"hello"}})");
}

SCENARIO("a topic of two that has ended begins anew on the other server", "[federated]") {
  Servers servers({"a.test", "b.test"});
  servers.Account("alice", "a.test");
  servers.Account("bob", "b.test");
  WHEN("the smaller domain was its home, too, long ago") {
    REQUIRE(servers.Befriend("alice", "bob") == "");
    servers.Send("alice", R"({"leave":{"topic":"$Bob","unsub":true}})");
    servers.Send("bob", R"({"leave":{"topic":"$Alice","unsub":true}})");
    REQUIRE(servers.Befriend("bob", "alice") == "");
  }
  WHEN("it was not") { REQUIRE(servers.Befriend("bob", "alice") == ""); }
  servers.Send("bob", R"({"leave":{"topic":"$Alice","unsub":true}})");
  servers.Send("alice", R"({"leave":{"id":"2","topic":"$Bob","unsub":true}})");
  GOT("alice", R"({"ctrl":{"id":"2","code":200}})");
  servers.CutOff("a.test", "b.test");
  servers.Send("alice", R"({"sub":{"id":"3","topic":"$Bob"}})");
  servers.Wait(absl::Seconds(20));
  GOT("alice", R"({"ctrl":{"id":"3","code":200}})");
  servers.Clear();
  servers.Mend();
  servers.Wait(absl::Minutes(2));
  GOT("bob", R"({"pres":{"topic":"me","src":"$Alice"}})");
  servers.Send("bob", R"({"sub":{"id":"4","topic":"$Alice"}})");
  GOT("bob", R"({"ctrl":{"id":"4","code":200}})");
  servers.Send("bob", R"({"get":{"id":"5","topic":"$Alice","what":"desc"}})");
  GOT("bob", R"({"meta":{"id":"5","desc":{"acs":{"want":"JA","given":"JRWPA"}}}})");
}
