// What plugins are told and answer. Source: docs/protocol messages §10.
#include "wire/plugin_messages.h"

#include <molva/v1/plugin.pb.h>

#include "model/fault.h"
#include "tests/support/catch.h"
#include "wire/json_decoder.h"
#include "wire/json_encoder.h"
#include "wire/proto_encoder.h"

namespace molva::wire {
namespace {

namespace v1 = molva::v1;

// One request of each kind, with all that it may have.
constexpr const char* kRequests[] = {
    R"({"hi":{"id":"1","ver":"0.25","ua":"x/1","dev":"d","platf":"web","lang":"de","bkg":true}})",
    R"({"acc":{"id":"2","user":"new","scheme":"basic","secret":"YTpi","login":true,"tags":["a"],
        "cred":[{"meth":"email","val":"a@b.c","resp":"1","params":{"k":[1]}}],"status":"ok",
        "authlevel":"auth","tmpscheme":"code","tmpsecret":"YQ==",
        "desc":{"defacs":{"auth":"JR","anon":"N"},"public":{"fn":"A"},"private":1}}})",
    R"({"login":{"id":"3","scheme":"basic","secret":"AAEC","cred":[{"meth":"tel","val":"1"}]}})",
    R"({"sub":{"id":"4","topic":"grpA","set":{"desc":{"public":2},"sub":{"user":"usrA","mode":"JR"},
        "tags":["b"],"cred":{"meth":"email","val":"x"},"aux":{"k":"v"}},
        "get":{"what":"desc data","desc":{"ims":"2026-01-02T03:04:05Z"},
        "data":{"since":1,"before":9,"limit":5,"ranges":[{"low":1,"hi":3}]}}}})",
    R"({"leave":{"id":"5","topic":"grpA","unsub":true}})",
    R"({"pub":{"id":"6","topic":"usrB","noecho":true,"head":{"mime":"x"},"content":{"t":[1,2]}},
        "extra":{"attachments":["/v0/file/s/a"],"obo":"usrC","authlevel":"auth"}})",
    R"({"get":{"id":"7","topic":"me","what":"sub","sub":{"user":"usrA","topic":"grpA","limit":3}}})",
    R"({"get":{"id":"7","topic":"me","what":"search","search":{"query":"tea","limit":3,
        "page":"1.2.grpA"}}})",
    R"({"set":{"id":"8","topic":"me","desc":{"trusted":{"a":true}}}})",
    R"({"del":{"id":"9","topic":"grpA","what":"msg","hard":true,"delseq":[{"low":1,"hi":5}]}})",
    R"({"del":{"id":"9","topic":"me","what":"cred","cred":{"meth":"email","val":"x"}}})",
    R"({"note":{"topic":"grpA","what":"call","seq":4,"event":"ringing","payload":{"a":1}}})"};

model::Request Decoded(const char* json) {
  JsonDecoder decoder(DecodeLimits{});
  absl::StatusOr<model::Request> request = decoder.DecodeCopy(json);
  REQUIRE(request.ok());
  return *std::move(request);
}

TEST_CASE("a request that a plugin sends back is the one that it was shown", "[wire][plugin]") {
  PluginAnswerDecoder decoder(DecodeLimits{});
  for (const char* json : kRequests) {
    const model::Request request = Decoded(json);
    const std::string asked = EncodeFireHose(request, {});
    v1::ClientReq shown;
    REQUIRE(shown.ParseFromString(asked));
    v1::ServerResp answer;
    answer.set_status(v1::RESP_CODE_REPLACE);
    *answer.mutable_clmsg() = shown.msg();
    const absl::StatusOr<FireHoseAnswer> read = decoder.DecodeFireHose(answer.SerializeAsString());
    REQUIRE(read.ok());
    REQUIRE(read->request.has_value());
    CHECK(read->request->id == request.id);
    v1::ClientReq again;
    REQUIRE(again.ParseFromString(EncodeFireHose(*read->request, {})));
    CHECK(again.DebugString() == shown.DebugString());
  }
}

TEST_CASE("a plugin is shown the session and the secret of a login", "[wire][plugin]") {
  const PluginSession session{"1.2.3", "usrA", model::AuthLevel::kRoot, "::1", "x/1", "d", "de"};
  v1::ClientReq shown;
  REQUIRE(shown.ParseFromString(EncodeFireHose(Decoded(kRequests[2]), session)));
  CHECK(shown.msg().login().secret() == std::string("\0\1\2", 3));
  CHECK(shown.sess().session_id() == "1.2.3");
  CHECK(shown.sess().user_id() == "usrA");
  CHECK(shown.sess().auth_level() == v1::AUTH_LEVEL_ROOT);
  CHECK(shown.sess().remote_addr() == "::1");
  CHECK(shown.sess().language() == "de");
}

TEST_CASE("a plugin is shown which page of a search is asked for", "[wire][plugin]") {
  v1::ClientReq shown;
  REQUIRE(shown.ParseFromString(EncodeFireHose(
      Decoded(R"({"get":{"topic":"grpA","what":"search","search":{"query":"tea \"a b\"","since":2,
          "before":9,"limit":3,"page":"1.2.grpA"}}})"),
      {})));
  const v1::SearchOpts& search = shown.msg().get().query().search();
  CHECK(search.query() == "tea \"a b\"");
  CHECK(search.since_id() == 2);
  CHECK(search.before_id() == 9);
  CHECK(search.limit() == 3);
  CHECK(search.page() == "1.2.grpA");
}

// What the clients of a session would get of `packet`, if a plugin answered it.
std::string AnsweredBy(const model::Packet& packet) {
  v1::ServerResp answer;
  answer.set_status(v1::RESP_CODE_RESPOND);
  const model::Frame frame = EncodeProto(packet);
  REQUIRE(answer.mutable_srvmsg()->ParseFromString(std::string(frame.payload())));
  PluginAnswerDecoder decoder(DecodeLimits{});
  const absl::StatusOr<FireHoseAnswer> read = decoder.DecodeFireHose(answer.SerializeAsString());
  REQUIRE(read.ok());
  REQUIRE(read->reply.has_value());
  std::string json;
  EncodeJson(*read->reply, json);
  return json;
}

TEST_CASE("a reply of any kind reaches the client as the plugin wrote it", "[wire][plugin]") {
  const absl::Time when = absl::FromUnixMillis(1'700'000'000'123);
  model::Meta meta;
  meta.id = "1";
  meta.topic = "me";
  meta.ts = when;
  meta.desc.emplace();
  meta.desc->created = when;
  meta.desc->access = model::AccessText{"JR", "JRW", "JR"};
  meta.desc->default_access = model::DefaultAccessText{"JR", "N"};
  meta.desc->seen = model::LastSeen{when, "x/1"};
  meta.desc->public_card = {R"({"fn":"A"})"};
  meta.sub.emplace_back();
  meta.sub[0].user = "usrA";
  meta.sub[0].access = {"JR", "JR", "JR"};
  meta.sub[0].private_note = {"1"};
  meta.del = model::MetaDel{3, {{1, 2}, {4, 9}}};
  meta.tags = {"a", "b"};
  meta.credentials = {{"email", "a@b.c", true}};
  meta.aux = {{"k", {"[1]"}}};
  model::Pres pres;
  pres.topic = "me";
  pres.src = "grpA";
  pres.what = "acs";
  pres.access_delta = model::AccessText{"+W", "", ""};
  const model::Packet packets[] = {
      model::Ctrl{"1", "grpA", 299, "seen", {{"by", {"\"me\""}}}, when},
      model::Data{"grpA", "usrA", when, 7, {{"mime", {"\"x\""}}}, {R"({"a":1})"}}, meta, pres,
      model::Info{"grpA", "", "usrA", "call", 4, "ringing", {"{}"}}};
  for (const model::Packet& packet : packets) {
    std::string json;
    EncodeJson(packet, json);
    CHECK(AnsweredBy(packet) == json);
  }
}

TEST_CASE("an answer without what its verdict needs is malformed", "[wire][plugin]") {
  PluginAnswerDecoder decoder({.max_packet_bytes = 4096, .max_depth = 8});
  v1::ServerResp answer;
  CHECK(decoder.DecodeFireHose("").ok());  // to continue is the default
  for (const auto status : {v1::RESP_CODE_RESPOND, v1::RESP_CODE_REPLACE}) {
    answer.set_status(status);
    CHECK(model::FaultOf(decoder.DecodeFireHose(answer.SerializeAsString()).status()) ==
          model::Fault::kMalformed);
  }
  answer.set_status(static_cast<v1::RespCode>(9));
  CHECK_FALSE(decoder.DecodeFireHose(answer.SerializeAsString()).ok());
  answer.set_status(v1::RESP_CODE_REPLACE);
  answer.mutable_clmsg()->mutable_pub()->set_content("{");
  CHECK_FALSE(decoder.DecodeFireHose(answer.SerializeAsString()).ok());
  answer.mutable_clmsg()->mutable_pub()->set_content("\"" + std::string(5000, 'x') + "\"");
  CHECK(model::FaultOf(decoder.DecodeFireHose(answer.SerializeAsString()).status()) ==
        model::Fault::kTooLarge);
  CHECK_FALSE(decoder.DecodeFireHose("\xff\xff").ok());
  CHECK_FALSE(decoder.DecodeFind("\xff\xff").ok());
}

TEST_CASE("events have the fields of their messages", "[wire][plugin]") {
  v1::SubscriptionEvent subscription;
  REQUIRE(subscription.ParseFromString(EncodeEvent(SubscriptionEvent{
      Crud::kDelete, "grpA", "AAAAAAAAAAE", 1, 2, 3, {"JR", "JRW", "JR"}, {"1"}})));
  CHECK(subscription.action() == v1::CRUD_DELETE);
  CHECK(subscription.user_id() == "AAAAAAAAAAE");
  CHECK(subscription.read_id() == 2);
  CHECK(subscription.mode().given() == "JRW");
  v1::AccountEvent account;
  REQUIRE(account.ParseFromString(
      EncodeEvent(AccountEvent{Crud::kUpdate, "usrA", {"JR", "N"}, {"{}"}, {"a", "b"}})));
  CHECK(account.action() == v1::CRUD_UPDATE);
  CHECK(account.tags_size() == 2);
  v1::MessageEvent message;
  MessageEvent said;
  said.message = {"grpA", "usrA", absl::FromUnixMillis(5), 7, {}, {"\"x\""}};
  REQUIRE(message.ParseFromString(EncodeEvent(said)));
  CHECK(message.msg().seq_id() == 7);
  CHECK(message.msg().content() == "\"x\"");
  v1::TopicEvent topic;
  TopicEvent made;
  made.name = "grpA";
  made.desc.is_channel = true;
  REQUIRE(topic.ParseFromString(EncodeEvent(made)));
  CHECK(topic.desc().is_chan());
}

}  // namespace
}  // namespace molva::wire
