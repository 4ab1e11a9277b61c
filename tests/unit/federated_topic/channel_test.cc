// Channels stay on their server for now.
#include "tests/support/catch.h"
#include "tests/unit/federated_topic/servers.h"

using molva::test::Servers;

#define GOT(session, json) CHECK(servers.Expect(session, json) == "")

SCENARIO("nobody reads or joins a channel of another server", "[federated]") {
  Servers servers({"a.test", "b.test"});
  servers.Account("alice", "a.test");
  servers.Account("amy", "a.test");
  servers.Account("bob", "b.test");
  servers.Send("alice", R"({"sub":{"id":"1","topic":"nch1","set":{"tags":["alias:daily"],)"
                        R"("desc":{"defacs":{"auth":"JRWPS"}}}}})");
  REQUIRE(servers.Expect("alice", R"({"ctrl":{"id":"1","code":200,"topic":"grp$C"}})") == "");
  const std::string here = servers.Fill("$C");
  servers.Send("bob", R"({"sub":{"id":"1","topic":"chn)" + here + R"(@a.test"}})");
  GOT("bob", R"({"ctrl":{"id":"1","code":501,)"
             R"("text":"channels of other servers are not implemented"}})");
  servers.Send("bob", R"({"get":{"id":"2","topic":"chn)" + here + R"(@a.test","what":"desc"}})");
  GOT("bob", R"({"ctrl":{"id":"2","code":501}})");
  servers.Send("bob", R"({"sub":{"id":"3","topic":"grp)" + here + R"(@a.test"}})");
  GOT("bob", R"({"ctrl":{"id":"3","code":501}})");
  servers.Send("alice", R"({"set":{"id":"2","topic":"grp)" + here + R"(","sub":{"user":"$Bob"}}})");
  GOT("alice", R"({"ctrl":{"id":"2","code":501}})");
  // Nor is it found from there.
  servers.Send("bob", R"({"sub":{"id":"4","topic":"fnd"}})");
  servers.Send("bob", R"({"set":{"id":"5","topic":"fnd","desc":{"public":"daily@a.test"}}})");
  servers.Send("bob", R"({"get":{"id":"6","topic":"fnd","what":"sub"}})");
  GOT("bob", R"({"ctrl":{"id":"6","code":204}})");
  servers.Send("amy", R"({"sub":{"id":"4","topic":"fnd"}})");
  servers.Send("amy", R"({"set":{"id":"5","topic":"fnd","desc":{"public":"daily@a.test"}}})");
  servers.Send("amy", R"({"get":{"id":"6","topic":"fnd","what":"sub"}})");
  GOT("amy", R"({"meta":{"id":"6","sub":[{"topic":"chn)" + here + R"("}]}})");
  // With its own domain in the name it is the same channel.
  servers.Send("amy", R"({"sub":{"id":"1","topic":"chn)" + here + R"(@a.test"}})");
  GOT("amy", R"({"ctrl":{"id":"1","code":200,"params":{"acs":{"mode":"JRP"}}}})");
  servers.Send("alice", R"({"pub":{"id":"3","topic":"grp)" + here + R"(","content":"news"}})");
  GOT("amy", R"({"data":{"topic":"chn)" + here + R"(","from":"!","content":"news"}})");
}
