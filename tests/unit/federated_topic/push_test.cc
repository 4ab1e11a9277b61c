// Who is told of messages when people of several servers talk: each server wakes its own.
#include "tests/support/catch.h"
#include "tests/unit/federated_topic/servers.h"

using molva::test::Servers;

SCENARIO("a message wakes the devices of people on both servers, each by his own", "[federated]") {
  Servers servers({"a.test", "b.test"});
  servers.Account("alice", "a.test");
  servers.Account("bob", "b.test");
  REQUIRE(servers.Befriend("alice", "bob") == "");
  servers.Send("alice", R"({"hi":{"dev":"phone of alice"}})");
  servers.Send("bob", R"({"hi":{"dev":"phone of bob"}})");
  servers.Send("bob", R"({"leave":{"id":"1","topic":"$Alice"}})");
  servers.TakePushes("a.test");
  servers.TakePushes("b.test");

  GIVEN("a message of the home's user") {
    servers.Send("alice", R"({"pub":{"id":"2","topic":"$Bob","content":"one"}})");
    const auto at_home = servers.TakePushes("a.test");
    const auto elsewhere = servers.TakePushes("b.test");
    THEN("the other server wakes its user, the home only keeps its own in step") {
      REQUIRE(elsewhere.size() == 1);
      CHECK(elsewhere[0].to == servers.Fill("$bob"));
      CHECK(elsewhere[0].json.find(servers.Fill(R"("topic":"$Alice")")) != std::string::npos);
      CHECK(elsewhere[0].json.find(R"("content":"one")") != std::string::npos);
      CHECK(elsewhere[0].json.find("silent") == std::string::npos);
      REQUIRE(at_home.size() == 1);
      CHECK(at_home[0].to == servers.Fill("$alice"));
      CHECK(at_home[0].json.find(R"("silent":true)") != std::string::npos);
    }
  }
  GIVEN("a message of the other server's user, and nobody in the topic") {
    servers.Send("alice", R"({"leave":{"id":"2","topic":"$Bob"}})");
    servers.Send("bob", R"({"sub":{"id":"3","topic":"$Alice"}})");
    servers.Send("bob", R"({"pub":{"id":"4","topic":"$Alice","content":"two"}})");
    const auto at_home = servers.TakePushes("a.test");
    THEN("the home wakes its user") {
      REQUIRE(at_home.size() == 1);
      CHECK(at_home[0].to == servers.Fill("$alice"));
      CHECK(at_home[0].json.find(servers.Fill(R"("from":"$Bob")")) != std::string::npos);
      CHECK(at_home[0].json.find("silent") == std::string::npos);
    }
  }
}
