// The checks before any handler, in the order of docs/protocol behaviour §2.
#include "tests/support/catch.h"
#include "tests/unit/session/session_bench.h"

namespace molva::session {
namespace {

// What `session` answers to `json`: "409 a" for code and id, "" for silence.
std::string Answer(SessionBench& bench, ConnectionHandler& session, RecordedConnection& connection,
                   std::string_view json) {
  connection.sent.clear();
  bench.Send(session, json);
  if (connection.sent.empty()) return "";
  REQUIRE(connection.sent.size() == 1);
  const std::string& packet = connection.sent[0];
  const std::size_t code = packet.find("\"code\":");
  REQUIRE(code != std::string::npos);
  std::string answer = packet.substr(code + 7, 3);
  const std::size_t id = packet.find("\"id\":\"");
  if (id != std::string::npos) answer += " " + packet.substr(id + 6, 1);
  return answer;
}

TEST_CASE("a version is read as the protocol says", "[hi]") {
  const std::pair<const char*, const char*> table[] = {
      {"0.25", "201 h"},        {"0.25.3", "201 h"},
      {"v0.25.3-rc1", "201 h"}, {"V0.20", "201 h"},
      {"0.20.0", "201 h"},      {"1.0", "201 h"},
      {"1", "201 h"},           {"0.25rc", "201 h"},
      {"0.19", "505 h"},        {"0.19.8191", "505 h"},
      {"0.16.1024", "505 h"},   {"0.9", "505 h"},
      {"0.0.1", "505 h"},       {"", "400 h"},
      {"abc", "400 h"},         {"0.0", "400 h"},
      {"0.8192", "400 h"},      {"-1.5", "505 h"},
      {".", "400 h"},           {"99999999999.0", "400 h"},
      {"8191.0", "201 h"},      {"vv1", "400 h"},
  };
  for (const auto& [version, answer] : table) {
    CAPTURE(version);
    SessionBench bench;
    RecordedConnection connection;
    const auto session = bench.Accept(connection);
    CHECK(Answer(bench, *session, connection,
                 std::string(R"({"hi":{"id":"h","ver":")") + version + R"("}})") == answer);
  }
}

TEST_CASE("a session that has said nothing may only say hi", "[dispatch]") {
  SessionBench bench;
  RecordedConnection connection;
  const auto session = bench.Accept(connection);
  const std::pair<const char*, const char*> table[] = {
      {"{}", "400"},
      {"[]", "400"},
      {"x", "400"},
      {R"({"login":{"id":"a","scheme":"basic"}})", "409 a"},
      {R"({"acc":{"id":"a","user":"new"}})", "409 a"},
      {R"({"sub":{"id":"a","topic":"me"}})", "409 a"},
      {R"({"note":{"topic":"me","what":"kp"}})", ""},
      {R"({"hi":{"id":"a","ver":"0.1"}})", "505 a"},
      {R"({"pub":{"id":"a","topic":"me"}})", "409 a"},  // a refused hi is no hi
      {R"({"hi":{"id":"a","ver":"0.25"}})", "201 a"},
  };
  for (const auto& [request, answer] : table) {
    CAPTURE(request);
    CHECK(Answer(bench, *session, connection, request) == answer);
  }
}

TEST_CASE("a session without a user may only log in", "[dispatch]") {
  SessionBench bench;
  RecordedConnection connection;
  const auto session = bench.Accept(connection);
  bench.Send(*session, R"({"hi":{"ver":"0.25"}})");
  for (const char* word : {"sub", "leave", "pub", "get", "set", "del"}) {
    CAPTURE(word);
    CHECK(Answer(bench, *session, connection,
                 std::string("{\"") + word + R"(":{"id":"a","topic":"me"}})") == "401 a");
  }
  CHECK(Answer(bench, *session, connection, R"({"note":{"topic":"me","what":"kp"}})").empty());
  CHECK(Answer(bench, *session, connection, R"({"hi":{"id":"a","ver":"0.24"}})") == "409 a");
  CHECK(Answer(bench, *session, connection, R"({"hi":{"id":"a","ver":"0.25","dev":"x"}})") ==
        "401 a");
}

TEST_CASE("only root acts for others", "[dispatch]") {
  SessionBench bench;
  RecordedConnection connection;
  const auto session = bench.Accept(connection);
  const std::pair<const char*, const char*> table[] = {
      // The check comes before any other and answers without an id.
      {R"({"extra":{"obo":"usrAQAAAAAAAAA"},"sub":{"id":"a","topic":"me"}})", "403"},
      {R"({"extra":{"obo":"rubbish"},"hi":{"id":"a","ver":"0.25"}})", "403"},
      {R"({"extra":{"authlevel":"root"},"hi":{"id":"a","ver":"0.25"}})", "403"},
      {R"({"extra":{"obo":"usrAQAAAAAAAAA"}})", "403"},
      {R"({"extra":{},"hi":{"id":"a","ver":"0.25"}})", "201 a"},
      {R"({"extra":{"attachments":["/v0/file/s/x"]},"sub":{"id":"a","topic":"me"}})", "401 a"},
  };
  for (const auto& [request, answer] : table) {
    CAPTURE(request);
    CHECK(Answer(bench, *session, connection, request) == answer);
  }
  bench.LogIn(*session, "alice");
  CHECK(Answer(bench, *session, connection,
               R"({"extra":{"obo":"usrAQAAAAAAAAA"},"pub":{"id":"a","topic":"me"}})") == "403");
}

}  // namespace
}  // namespace molva::session
