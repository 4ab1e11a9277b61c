// The exact text of each packet. Source: docs/protocol messages §1, §5, §13.
#include "wire/json_encoder.h"

#include "base/time_text.h"
#include "tests/support/catch.h"

namespace molva::wire {
namespace {

const absl::Time kTime = absl::FromUnixMillis(1783159200001);  // 2026-07-04T10:00:00.001Z

std::string Encode(const model::Packet& packet) {
  std::string out;
  EncodeJson(packet, out);
  return out;
}

model::Meta MetaOf(std::string id, std::string topic) {
  model::Meta meta;
  meta.id = std::move(id);
  meta.topic = std::move(topic);
  meta.ts = kTime;
  return meta;
}

TEST_CASE("times have 20 to 24 characters, rounded to milliseconds", "[wire][json]") {
  struct Row {
    std::int64_t micros;
    std::string_view text;
  };
  const Row rows[] = {
      {1783159200000000, "2026-07-04T10:00:00Z"},
      {1783159200500000, "2026-07-04T10:00:00.5Z"},
      {1783159200001000, "2026-07-04T10:00:00.001Z"},
      {1783159200120000, "2026-07-04T10:00:00.12Z"},
      {1783159200000499, "2026-07-04T10:00:00Z"},
      {1783159200999500, "2026-07-04T10:00:01Z"},
      {0, "1970-01-01T00:00:00Z"},
      {-500000, "1969-12-31T23:59:59.5Z"},
  };
  for (const Row& row : rows) {
    std::string text;
    base::AppendTime(text, absl::FromUnixMicros(row.micros));
    CHECK(text == row.text);
  }
}

TEST_CASE("times are read with any offset and nothing else is", "[wire][json]") {
  absl::Time time;
  REQUIRE(base::ParseTime("2026-07-04T12:00:00.001+02:00", time));
  CHECK(time == kTime);
  for (const std::string_view text : {"", "infinite-future", " 2026-07-04T10:00:00Z", "2026-07-04",
                                      "2026-07-04T10:00:00", "2026-13-04T10:00:00Z"}) {
    CHECK_FALSE(base::ParseTime(text, time));
  }
}

TEST_CASE("a ctrl always has code and ts", "[wire][json]") {
  CHECK(Encode(model::MakeCtrl(model::Fault::kOk, "", "", kTime)) ==
        R"({"ctrl":{"code":200,"text":"ok","ts":"2026-07-04T10:00:00.001Z"}})");
  CHECK(
      Encode(model::MakeCtrl(model::Fault::kAccepted, "5", "usrA", kTime,
                             {{"seq", {"13"}}, {"x\"", {}}})) ==
      R"({"ctrl":{"id":"5","topic":"usrA","code":202,"text":"accepted","params":{"seq":13,"x\"":null},)"
      R"("ts":"2026-07-04T10:00:00.001Z"}})");
}

TEST_CASE("data carries content, null when there is none", "[wire][json]") {
  CHECK(Encode(model::Data{"usrA", "usrB", kTime, 12, {{"mime", {R"("x")"}}}, {R"({"a": 1})"}}) ==
        R"({"data":{"topic":"usrA","from":"usrB","ts":"2026-07-04T10:00:00.001Z","seq":12,)"
        R"("head":{"mime":"x"},"content":{"a": 1}}})");
  CHECK(Encode(model::Data{"chnA", "", kTime, 1, {}, {}}) ==
        R"({"data":{"topic":"chnA","ts":"2026-07-04T10:00:00.001Z","seq":1,"content":null}})");
}

TEST_CASE("meta desc leaves out what is empty", "[wire][json]") {
  model::Meta meta = MetaOf("3", "me");
  meta.desc.emplace();
  CHECK(Encode(meta) ==
        R"({"meta":{"id":"3","topic":"me","ts":"2026-07-04T10:00:00.001Z","desc":{}}})");
  model::MetaDesc& desc = *meta.desc;
  desc.created = desc.updated = desc.touched = kTime;
  desc.state = "ok";
  desc.online = desc.is_channel = true;
  desc.seen = model::LastSeen{kTime, "UA"};
  desc.default_access = model::DefaultAccessText{"JRWPAS", "N"};
  desc.access = model::AccessText{"JPS", "JPS", "JPS"};
  desc.seq = 9;
  desc.read = 8;
  desc.recv = 7;
  desc.clear = 6;
  desc.subscriber_count = 5;
  desc.public_card = {R"({"fn":"A"})"};
  desc.trusted = {"{}"};
  desc.private_note = {R"("p")"};
  CHECK(
      Encode(meta) ==
      R"({"meta":{"id":"3","topic":"me","ts":"2026-07-04T10:00:00.001Z","desc":{)"
      R"("created":"2026-07-04T10:00:00.001Z","updated":"2026-07-04T10:00:00.001Z",)"
      R"("touched":"2026-07-04T10:00:00.001Z","state":"ok","online":true,"chan":true,)"
      R"("seen":{"when":"2026-07-04T10:00:00.001Z","ua":"UA"},"defacs":{"auth":"JRWPAS","anon":"N"},)"
      R"("acs":{"want":"JPS","given":"JPS","mode":"JPS"},"seq":9,"read":8,"recv":7,"clear":6,)"
      R"("subcnt":5,"public":{"fn":"A"},"trusted":{},"private":"p"}}})");
}

TEST_CASE("every meta sub has acs unless told otherwise", "[wire][json]") {
  model::Meta meta = MetaOf("", "me");
  meta.sub.resize(2);
  meta.sub[0].topic = "usrB";
  meta.sub[0].deleted = kTime;
  meta.sub[1].user = "usrC";
  meta.sub[1].omit_access = true;
  meta.sub[1].online = true;
  CHECK(Encode(meta) == R"({"meta":{"topic":"me","ts":"2026-07-04T10:00:00.001Z","sub":[)"
                        R"({"topic":"usrB","deleted":"2026-07-04T10:00:00.001Z","acs":{}},)"
                        R"({"user":"usrC","online":true}]}})");
}

TEST_CASE("meta del, tags, cred and aux have their forms", "[wire][json]") {
  model::Meta meta = MetaOf("", "t");
  meta.del = model::MetaDel{0, {{1, 2}, {5, 9}, {12, 0}}};
  CHECK(Encode(meta) == R"({"meta":{"topic":"t","ts":"2026-07-04T10:00:00.001Z","del":{"clear":0,)"
                        R"("delseq":[{"low":1},{"low":5,"hi":9},{"low":12}]}}})");
  meta.del.reset();
  meta.tags = {"a", "b"};
  meta.credentials = {{"email", "a@b", true}, {"tel", "+1", false}};
  meta.aux = {{"pins", {"[1]"}}};
  CHECK(
      Encode(meta) ==
      R"({"meta":{"topic":"t","ts":"2026-07-04T10:00:00.001Z","tags":["a","b"],"cred":[)"
      R"({"meth":"email","val":"a@b","done":true},{"meth":"tel","val":"+1"}],"aux":{"pins":[1]}}})");
}

TEST_CASE("pres and info leave out what is empty", "[wire][json]") {
  CHECK(Encode(model::Pres{"me", "usrA", "on", "", 0, 0, {}, "", "", {}}) ==
        R"({"pres":{"topic":"me","src":"usrA","what":"on"}})");
  CHECK(Encode(model::Pres{.topic = "me",
                           .src = "grpA",
                           .what = "acs",
                           .user_agent = "u",
                           .seq = 1,
                           .clear = 2,
                           .ranges = {{3, 4}},
                           .actor = "usrB",
                           .target = "usrC",
                           .access_delta = model::AccessText{"+W", "N", ""}}) ==
        R"({"pres":{"topic":"me","src":"grpA","what":"acs","ua":"u","seq":1,"clear":2,)"
        R"("delseq":[{"low":3}],"tgt":"usrC","act":"usrB","dacs":{"want":"+W","given":"N"}}})");
  CHECK(Encode(model::Info{"t", "", "usrA", "kp", 0, "", {}}) ==
        R"({"info":{"topic":"t","from":"usrA","what":"kp"}})");
  CHECK(Encode(model::Info{"me", "grpA", "usrA", "call", 4, "offer", {"[1]"}}) ==
        R"({"info":{"topic":"me","src":"grpA","from":"usrA","what":"call","seq":4,"event":"offer",)"
        R"("payload":[1]}})");
}

}  // namespace
}  // namespace molva::wire
