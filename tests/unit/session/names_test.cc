// Names as clients write them: with a domain or without, and the same text in the reply.
#include "tests/support/catch.h"
#include "tests/unit/session/session_bench.h"

namespace molva::session {
namespace {

// The text of member `key` in the last packet; "" if there is none.
std::string LastText(const RecordedConnection& connection, const std::string& key) {
  if (connection.sent.empty()) return "";
  const std::string& packet = connection.sent.back();
  const std::size_t at = packet.find('"' + key + "\":\"");
  if (at == std::string::npos) return "";
  const std::size_t begin = at + key.size() + 4;
  return packet.substr(begin, packet.find('"', begin) - begin);
}

// Code and topic of the only reply to `json`.
std::string Answer(SessionBench& bench, ConnectionHandler& session, RecordedConnection& connection,
                   const std::string& json) {
  connection.sent.clear();
  bench.Send(session, json);
  if (connection.sent.size() != 1) return std::to_string(connection.sent.size()) + " packets";
  const std::size_t code = connection.sent[0].find("\"code\":");
  return connection.sent[0].substr(code + 7, 3) + " " + LastText(connection, "topic");
}

std::string Register(SessionBench& bench, ConnectionHandler& session,
                     RecordedConnection& connection, const std::string& name) {
  bench.LogIn(session, name);
  return LastText(connection, "user");
}

std::string Ask(const std::string& kind, const std::string& topic, const std::string& more = "") {
  return R"({")" + kind + R"(":{"id":"1","topic":")" + topic + '"' + more + "}}";
}

TEST_CASE("one's own domain may be written or left out, and comes back as written", "[names]") {
  SessionBench bench("here.example");
  RecordedConnection ann_end;
  RecordedConnection bob_end;
  const auto ann = bench.Accept(ann_end);
  const auto bob = bench.Accept(bob_end);
  Register(bench, *ann, ann_end, "ann");
  const std::string bob_name = Register(bench, *bob, bob_end, "bob");
  const std::string full = bob_name + "@here.example";
  const std::string shouted = bob_name + "@HERE.example";

  CHECK(Answer(bench, *ann, ann_end, Ask("pub", full, R"(,"content":1)")) == "409 " + full);
  CHECK(Answer(bench, *ann, ann_end, Ask("sub", full)) == "200 " + full);
  CHECK(Answer(bench, *ann, ann_end, Ask("sub", bob_name)) == "304 " + bob_name);
  CHECK(Answer(bench, *ann, ann_end, Ask("leave", shouted)) == "200 " + shouted);
  CHECK(Answer(bench, *ann, ann_end, Ask("leave", bob_name)) == "304 " + bob_name);
}

TEST_CASE("a group goes by its name with the domain too", "[names]") {
  SessionBench bench("here.example");
  RecordedConnection end;
  const auto ann = bench.Accept(end);
  Register(bench, *ann, end, "ann");
  bench.Send(*ann, Ask("sub", "new1"));
  const std::string group = LastText(end, "topic");
  REQUIRE(group.starts_with("grp"));
  CHECK(Answer(bench, *ann, end, Ask("sub", group + "@here.example")) ==
        "304 " + group + "@here.example");
  CHECK(Answer(bench, *ann, end, Ask("leave", group + "@here.example")) ==
        "200 " + group + "@here.example");
}

TEST_CASE("ids made here are none that a foreign name could have", "[names]") {
  SessionBench bench("here.example");
  for (int i = 0; i < 20; ++i) {
    RecordedConnection end;
    const auto session = bench.Accept(end);
    const std::string user = Register(bench, *session, end, "user" + std::to_string(i));
    bench.Send(*session, Ask("sub", "new1"));
    const std::string group = LastText(end, "topic");
    CHECK(base::DecodeId(user.substr(3)).value() >> 63 == 0);
    CHECK(base::DecodeId(group.substr(3)).value() >> 63 == 0);
  }
}

TEST_CASE("an account is named with the domain or without when it is changed", "[names]") {
  SessionBench bench("here.example");
  RecordedConnection end;
  const auto session = bench.Accept(end);
  const std::string user = Register(bench, *session, end, "ann");
  const auto change = [&](const std::string& name) {
    const std::string secret = base::EncodeBase64("ann:another");
    return Answer(bench, *session, end,
                  R"({"acc":{"id":"1","user":")" + name + R"(","scheme":"basic","secret":")" +
                      secret + R"("}})")
        .substr(0, 3);
  };
  CHECK(change(user) == "200");
  CHECK(change(user + "@here.example") == "200");
  CHECK(change(user + "@there.example") == "403");
  CHECK(change(user + "@") == "400");
  CHECK(change("usrx") == "400");
}

TEST_CASE("where names have no domain, one that has is unknown", "[names]") {
  SessionBench bench;
  RecordedConnection end;
  const auto session = bench.Accept(end);
  const std::string user = Register(bench, *session, end, "ann");
  for (const std::string& name :
       {user + "@there.example", user + "@", std::string("grpBQAAAAAAAAA@there.example")}) {
    for (const char* kind : {"sub", "leave", "get", "set", "del"}) {
      CAPTURE(name, kind);
      CHECK(Answer(bench, *session, end, Ask(kind, name, R"(,"what":"desc")")) == "404 " + name);
    }
    end.sent.clear();
    bench.Send(*session, Ask("note", name, R"(,"what":"kp")"));
    CHECK(end.sent.empty());
  }
}

}  // namespace
}  // namespace molva::session
