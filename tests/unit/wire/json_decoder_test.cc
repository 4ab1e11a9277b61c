// What the JSON decoder makes of packets, good and bad. Source: docs/protocol messages §1-§4.
#include "wire/json_decoder.h"

#include <fmt/core.h>

#include "model/fault.h"
#include "tests/support/catch.h"

namespace molva::wire {
namespace {

absl::StatusOr<model::Request> Decode(std::string_view text) {
  JsonDecoder decoder({.max_packet_bytes = 4096, .max_depth = 8});
  return decoder.DecodeCopy(text);
}

template <typename T>
T Body(std::string_view text) {
  const absl::StatusOr<model::Request> request = Decode(text);
  INFO(text);
  REQUIRE(request.ok());
  REQUIRE(std::holds_alternative<T>(request->body));
  return std::get<T>(request->body);
}

TEST_CASE("hi carries every field of its own", "[wire][json]") {
  const auto request = Decode(
      R"({"hi":{"id":"1","ver":"0.25.3","ua":"App/1","dev":"d","platf":"web","lang":"en","bkg":true}})");
  REQUIRE(request.ok());
  CHECK(request->id == "1");
  const auto& hi = std::get<model::Hi>(request->body);
  CHECK(hi.version == "0.25.3");
  CHECK(hi.user_agent == "App/1");
  CHECK(hi.device_id == "d");
  CHECK(hi.platform == "web");
  CHECK(hi.language == "en");
  CHECK(hi.background);
}

TEST_CASE("acc carries secrets, tags, credentials and a description", "[wire][json]") {
  const auto acc = Body<model::Acc>(
      R"({"acc":{"id":"2","user":"new","scheme":"basic","secret":"YTpiPz8_","login":true,
          "tags":["x","y"],"cred":[{"meth":"email","val":"a@b","resp":"1","params":{"k":[1, 2]}}],
          "desc":{"defacs":{"auth":"JRW","anon":"N"},"public":{"fn":"A"},"private":7},
          "status":"ok","authlevel":"ROOT","tmpscheme":"code","tmpsecret":"AAE"}})");
  CHECK(acc.user == "new");
  CHECK(acc.secret == "a:b???");
  CHECK(acc.login);
  CHECK(acc.tags == std::vector<std::string>{"x", "y"});
  REQUIRE(acc.credentials.size() == 1);
  CHECK(acc.credentials[0].method == "email");
  CHECK(acc.credentials[0].params == model::JsonFields{{"k", {"[1, 2]"}}});
  REQUIRE(acc.desc.has_value());
  CHECK(acc.desc->default_access->auth == "JRW");
  CHECK(acc.desc->public_card.text == R"({"fn":"A"})");
  CHECK(acc.desc->private_note.text == "7");
  CHECK(acc.desc->trusted.empty());
  CHECK(acc.auth_level == model::AuthLevel::kRoot);
  CHECK(acc.tmp_secret == std::string("\0\1", 2));
}

TEST_CASE("sub carries the queries to set and to get", "[wire][json]") {
  const auto sub = Body<model::Sub>(
      R"({"sub":{"id":"3","topic":"me","set":{"sub":{"user":"u","mode":"JRP"},"tags":[],
          "aux":{"pins":[1],"x":null}},"get":{"what":"sub data","sub":{"ims":"2026-07-04T10:00:00.5Z"},
          "data":{"since":11,"before":20,"limit":24,"ranges":[{"low":1,"hi":3},{"low":9}]}}}})");
  REQUIRE(sub.set.has_value());
  CHECK(sub.set->sub->mode == "JRP");
  REQUIRE(sub.set->tags.has_value());
  CHECK(sub.set->tags->empty());
  CHECK(*sub.set->aux == model::JsonFields{{"pins", {"[1]"}}, {"x", {"null"}}});
  REQUIRE(sub.get.has_value());
  CHECK(sub.get->what == "sub data");
  CHECK(sub.get->sub->if_modified_since == absl::FromUnixMillis(1783159200500));
  CHECK(sub.get->data->since == 11);
  CHECK(sub.get->data->ranges == std::vector<model::SeqRange>{{1, 3}, {9, 0}});
  CHECK_FALSE(sub.get->del.has_value());
}

TEST_CASE("the bytes of content and head survive as they were", "[wire][json]") {
  struct Row {
    std::string_view written;
    std::string_view kept;
  };
  const Row rows[] = {
      {R"("hi")", R"("hi")"},
      {R"("")", R"("")"},
      {R"(  {"b":1 , "a":[ ]}  )", R"({"b":1 , "a":[ ]})"},
      {R"(12345678901234567890)", R"(12345678901234567890)"},
      {R"(1.50e3 )", R"(1.50e3)"},
      {R"(true)", R"(true)"},
      {R"("\u2421\n")", R"("\u2421\n")"},
      {R"([[],{}])", R"([[],{}])"},
      {"null", ""},
  };
  for (const Row& row : rows) {
    const auto pub = Body<model::Pub>(
        fmt::format(R"({{"pub":{{"topic":"t","content":{},"noecho":true}}}})", row.written));
    CHECK(pub.content.text == row.kept);
    CHECK(pub.no_echo);
  }
  const auto pub = Body<model::Pub>(R"({"pub":{"topic":"t","head":{"a":1,"a" : "x" ,"b":null}}})");
  CHECK(pub.head == model::JsonFields{{"a", {R"("x")"}}, {"b", {"null"}}});
  CHECK(pub.content.empty());
}

TEST_CASE("get, set, leave, del, note and login carry their fields", "[wire][json]") {
  const auto get = Body<model::Get>(R"({"get":{"topic":"t","what":"del","del":{"since":1}}})");
  CHECK(get.query.del->since == 1);
  const auto set = Body<model::Set>(
      R"({"set":{"topic":"t","desc":{"public":"x"},"cred":{"meth":"tel","resp":"123"}}})");
  CHECK(set.query.desc->public_card.text == R"("x")");
  CHECK(set.query.credential->response == "123");
  CHECK(Body<model::Leave>(R"({"leave":{"topic":"t","unsub":true}})").unsubscribe);
  const auto del = Body<model::Del>(
      R"({"del":{"topic":"t","what":"msg","hard":true,"delseq":[{"low":5}],"user":"usr"}})");
  CHECK(del.hard);
  CHECK(del.ranges == std::vector<model::SeqRange>{{5, 0}});
  const auto note = Body<model::Note>(
      R"({"note":{"topic":"t","what":"call","seq":7,"event":"offer","payload":{"sdp":1},"unread":2}})");
  CHECK(note.seq == 7);
  CHECK(note.event == "offer");
  CHECK(note.payload.text == R"({"sdp":1})");
  const auto login = Body<model::Login>(R"({"login":{"scheme":"basic","secret":"YTpi"}})");
  CHECK(login.secret == "a:b");
}

TEST_CASE("extra stands beside the request", "[wire][json]") {
  const auto request = Decode(
      R"({"extra":{"attachments":["/v0/a"],"obo":"usrX","authlevel":"auth"},"leave":{"topic":"t"}})");
  REQUIRE(request.ok());
  REQUIRE(request->extra.has_value());
  CHECK(request->extra->attachments == std::vector<std::string>{"/v0/a"});
  CHECK(request->extra->on_behalf_of == "usrX");
  CHECK(request->extra->auth_level == model::AuthLevel::kAuth);
}

TEST_CASE("of several requests the first in precedence counts", "[wire][json]") {
  const auto request =
      Decode(R"({"note":{"topic":"n"},"pub":{"id":"p","topic":"t"},"hi":{"id":"h","ver":"1"}})");
  REQUIRE(request.ok());
  CHECK(request->id == "p");
  CHECK(model::TopicOf(*request) == "t");
}

TEST_CASE("the last of equal keys wins, keys match in any case", "[wire][json]") {
  CHECK(Body<model::Leave>(R"({"leave":{"topic":"a","topic":"b"}})").topic == "b");
  CHECK(Body<model::Leave>(R"({"leave":{"topic":"a"},"leave":{"topic":"b"}})").topic == "b");
  CHECK(Body<model::Leave>(R"({"LEAVE":{"Topic":"a"}})").topic == "a");
  CHECK(Body<model::Leave>(R"({"leave":{"to\u0070ic":"a"}})").topic == "a");
}

TEST_CASE("null and unknown keys are as if absent", "[wire][json]") {
  const auto request = Decode(R"({"x":[1,{"y":null}],"hi":null,"leave":{"id":null,"q":"z"}})");
  REQUIRE(request.ok());
  CHECK(request->id.empty());
  CHECK(std::holds_alternative<model::Leave>(request->body));
  const auto none = Decode("{}");
  REQUIRE(none.ok());
  CHECK(std::holds_alternative<std::monostate>(none->body));
}

TEST_CASE("whatever is not a packet is malformed", "[wire][json]") {
  const std::string_view rows[] = {
      "",
      " ",
      "1",
      "\"x\"",
      "null",
      "[]",
      "{",
      "}",
      "{}}",
      "{} {}",
      "{}x",
      R"({"a"})",
      R"({"a":})",
      R"({"a":1,})",
      R"({"a":1 "b":2})",
      R"({a:1})",
      R"({"a":01})",
      R"({"a":1.})",
      R"({"a":-})",
      R"({"a":+1})",
      R"({"a":1e999})",
      R"({"a":tru})",
      R"({"a":nul})",
      R"({"a":"\x"})",
      R"({"a":"\ud800"})",
      R"({"a":"\u12"})",
      "{\"a\":\"\n\"}",
      "{\"a\":\"\xff\"}",
      "{\"a\":\"\xc0\xaf\"}",
      "{\"a\":\"\xed\xa0\x80\"}",
      R"({"a":"b})",
      R"({"a":[1,2})",
      R"({"a":[1 2]})",
      R"({"a":[,]})",
      R"({"a":[1,]})",
      // known keys of a wrong type
      R"({"hi":1})",
      R"({"hi":[]})",
      R"({"hi":{"id":1}})",
      R"({"hi":{"bkg":"true"}})",
      R"({"hi":{"bkg":0}})",
      R"({"note":{"seq":"1"}})",
      R"({"note":{"seq":1.5}})",
      R"({"note":{"seq":2147483648}})",
      R"({"note":{"seq":-2147483649}})",
      R"({"login":{"secret":"!!"}})",
      R"({"acc":{"tags":"x"}})",
      R"({"acc":{"tags":[1]}})",
      R"({"pub":{"head":[]}})",
      R"({"get":{"sub":{"ims":"yesterday"}}})",
      R"({"del":{"delseq":[1]}})",
      R"({"extra":[],"hi":{}})",
      R"({"leave":{"topic":"t"},"hi":{"id":1}})",
  };
  for (const std::string_view row : rows) {
    INFO(row);
    const auto request = Decode(row);
    REQUIRE_FALSE(request.ok());
    CHECK(model::FaultOf(request.status()) == model::Fault::kMalformed);
  }
}

TEST_CASE("a cut packet is malformed at every length", "[wire][json]") {
  const std::string whole =
      R"({"pub":{"id":"1","topic":"t","head":{"a":"\u00e9"},"content":{"x":[1,-2.5e3,true,null]}}})";
  REQUIRE(Decode(whole).ok());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    INFO(size);
    CHECK_FALSE(Decode(std::string_view(whole).substr(0, size)).ok());
  }
}

TEST_CASE(
    "a packet that breaks off in what is passed through is malformed, whatever stands behind it",
    "[wire][json]") {
  const std::string packet =
      R"({"acc":{"user":"new","desc":{"defacs":{},"public":{"fn":{"a":1},"b":{"c":true)";
  for (const char behind : {'}', ']', '\0', '"', ','}) {
    const std::string buffer = packet + std::string(JsonDecoder::kPaddingBytes, behind);
    JsonDecoder decoder{DecodeLimits{}};
    const auto request = decoder.Decode(std::string_view(buffer).substr(0, packet.size()));
    CAPTURE(behind);
    REQUIRE_FALSE(request.ok());
    CHECK(model::FaultOf(request.status()) == model::Fault::kMalformed);
  }
}

TEST_CASE("nesting and size have limits", "[wire][json]") {
  const auto nested = [](int depth) {
    return R"({"x":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  CHECK(Decode(nested(7)).ok());
  CHECK_FALSE(Decode(nested(8)).ok());
  const auto content = [](int depth) {
    return R"({"pub":{"content":)" + std::string(depth, '[') + std::string(depth, ']') + "}}";
  };
  CHECK(Decode(content(6)).ok());
  CHECK_FALSE(Decode(content(7)).ok());
  const auto big = Decode(R"({"hi":{"ua":")" + std::string(5000, 'x') + R"("}})");
  REQUIRE_FALSE(big.ok());
  CHECK(model::FaultOf(big.status()) == model::Fault::kTooLarge);
}

TEST_CASE("one decoder decodes packet after packet, bad ones between", "[wire][json]") {
  JsonDecoder decoder({});
  for (int i = 0; i < 100; ++i) {
    const auto good = decoder.DecodeCopy(fmt::format(R"({{"leave":{{"topic":"t{}"}}}})", i));
    REQUIRE(good.ok());
    CHECK(model::TopicOf(*good) == fmt::format("t{}", i));
    CHECK_FALSE(decoder.DecodeCopy(R"({"leave":{"topic":[[)").ok());
  }
}

}  // namespace
}  // namespace molva::wire
