// The sample conversation of the protocol description. Source: docs/protocol messages §13.
#include "tests/support/catch.h"
#include "wire/json_decoder.h"
#include "wire/json_encoder.h"

namespace molva::wire {
namespace {

std::string Encode(const model::Packet& packet) {
  std::string out;
  EncodeJson(packet, out);
  return out;
}

template <typename T>
std::pair<std::string, T> Decode(std::string_view text) {
  JsonDecoder decoder({});
  const absl::StatusOr<model::Request> request = decoder.DecodeCopy(text);
  INFO(text);
  REQUIRE(request.ok());
  REQUIRE(std::holds_alternative<T>(request->body));
  return {request->id, std::get<T>(request->body)};
}

TEST_CASE("what the client says in the sample conversation is understood", "[wire][sample]") {
  const auto [hi_id, hi] = Decode<model::Hi>(
      R"({"hi":{"id":"1","ver":"0.25.3","ua":"App (Chrome/120; Linux); tinodejs/0.25.3","lang":"en-GB","platf":"web"}})");
  CHECK(hi_id == "1");
  CHECK(hi.user_agent == "App (Chrome/120; Linux); tinodejs/0.25.3");
  CHECK(hi.language == "en-GB");
  const auto [login_id, login] = Decode<model::Login>(
      R"({"login":{"id":"2","scheme":"basic","secret":"YWxpY2U6YWxpY2UxMjM="}})");
  CHECK(login.secret == "alice:alice123");
  const auto [me_id, me] =
      Decode<model::Sub>(R"({"sub":{"id":"3","topic":"me","get":{"what":"sub desc"}}})");
  CHECK(me.get->what == "sub desc");
  const auto [sub_id, sub] = Decode<model::Sub>(
      R"({"sub":{"id":"4","topic":"usrAAAAAAAAAAI","get":{"what":"data del","data":{"since":11,"limit":24},"del":{"since":1,"limit":24}}}})");
  CHECK(sub.get->data->limit == 24);
  CHECK(sub.get->del->since == 1);
  const auto [pub_id, pub] = Decode<model::Pub>(
      R"({"pub":{"id":"5","topic":"usrAAAAAAAAAAI","noecho":true,"content":"how are you"}})");
  CHECK(pub.content.text == R"("how are you")");
  const auto [note_id, note] =
      Decode<model::Note>(R"({"note":{"topic":"usrAAAAAAAAAAE","what":"read","seq":13}})");
  CHECK(note_id.empty());
  CHECK(note.seq == 13);
}

TEST_CASE("what the server says in the sample conversation has its exact text", "[wire][sample]") {
  const absl::Time ts = absl::FromUnixMillis(1783159200500);
  CHECK(
      Encode(model::MakeCtrl(model::Fault::kOk, "2", "", ts,
                             {{"user", {R"("usrAAAAAAAAAAE")"}}, {"authlvl", {R"("auth")"}}})) ==
      R"({"ctrl":{"id":"2","code":200,"text":"ok","params":{"user":"usrAAAAAAAAAAE","authlvl":"auth"},"ts":"2026-07-04T10:00:00.5Z"}})");
  model::Meta meta;
  meta.id = "3";
  meta.topic = "me";
  meta.ts = ts;
  model::MetaSub& sub = meta.sub.emplace_back();
  sub.topic = "usrAAAAAAAAAAI";
  sub.updated = sub.touched = ts;
  sub.access = {"JRWPA", "JRWPA", "JRWPA"};
  sub.seq = 12;
  sub.read = 10;
  sub.recv = 12;
  sub.seen = model::LastSeen{ts, "Tinodios/1"};
  sub.public_card = {R"({"fn":"Bob"})"};
  CHECK(
      Encode(meta) ==
      R"({"meta":{"id":"3","topic":"me","ts":"2026-07-04T10:00:00.5Z","sub":[{"topic":"usrAAAAAAAAAAI","updated":"2026-07-04T10:00:00.5Z","touched":"2026-07-04T10:00:00.5Z","acs":{"want":"JRWPA","given":"JRWPA","mode":"JRWPA"},"seq":12,"read":10,"recv":12,"seen":{"when":"2026-07-04T10:00:00.5Z","ua":"Tinodios/1"},"public":{"fn":"Bob"}}]}})");
  CHECK(
      Encode(model::Pres{"me", "usrAAAAAAAAAAE", "msg", "", 13, 0, {}, "usrAAAAAAAAAAE", "", {}}) ==
      R"({"pres":{"topic":"me","src":"usrAAAAAAAAAAE","what":"msg","seq":13,"act":"usrAAAAAAAAAAE"}})");
  CHECK(Encode(model::Info{"usrAAAAAAAAAAI", "", "usrAAAAAAAAAAI", "read", 13, "", {}}) ==
        R"({"info":{"topic":"usrAAAAAAAAAAI","from":"usrAAAAAAAAAAI","what":"read","seq":13}})");
}

}  // namespace
}  // namespace molva::wire
