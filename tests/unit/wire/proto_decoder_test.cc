// What the protobuf decoder makes of packets. Source: docs/protocol messages §10, §11.
#include "wire/proto_decoder.h"

#include <molva/v1/requests.pb.h>

#include "model/fault.h"
#include "tests/support/catch.h"
#include "wire/json_decoder.h"

namespace molva::wire {
namespace {

namespace v1 = molva::v1;

absl::StatusOr<model::Request> Decode(const v1::ClientMsg& message) {
  ProtoDecoder decoder({.max_packet_bytes = 4096, .max_depth = 8});
  return decoder.Decode(message.SerializeAsString());
}

template <typename T>
T Body(const v1::ClientMsg& message) {
  const absl::StatusOr<model::Request> request = Decode(message);
  REQUIRE(request.ok());
  REQUIRE(std::holds_alternative<T>(request->body));
  return std::get<T>(request->body);
}

TEST_CASE("hi and login arrive with their raw secrets", "[wire][proto]") {
  v1::ClientMsg message;
  v1::ClientHi& hi = *message.mutable_hi();
  hi.set_id("1");
  hi.set_ver("0.25");
  hi.set_user_agent("cli/1");
  hi.set_device_id("d");
  hi.set_lang("en");
  hi.set_platform("web");
  hi.set_background(true);
  const auto decoded = Decode(message);
  REQUIRE(decoded.ok());
  CHECK(decoded->id == "1");
  const auto& body = std::get<model::Hi>(decoded->body);
  CHECK(body.version == "0.25");
  CHECK(body.user_agent == "cli/1");
  CHECK(body.device_id == "d");
  CHECK(body.language == "en");
  CHECK(body.platform == "web");
  CHECK(body.background);

  v1::ClientLogin& login = *message.mutable_login();
  login.set_scheme("basic");
  login.set_secret("a:\xff");
  CHECK(Body<model::Login>(message).secret == "a:\xff");
}

TEST_CASE("acc and sub carry all their parts", "[wire][proto]") {
  v1::ClientMsg message;
  v1::ClientAcc& acc = *message.mutable_acc();
  acc.set_user_id("new1");
  acc.set_scheme("basic");
  acc.set_login(true);
  acc.add_tags("t");
  acc.set_state("susp");
  acc.set_auth_level(v1::AUTH_LEVEL_ROOT);
  acc.set_tmp_scheme("code");
  acc.set_tmp_secret("x");
  acc.mutable_desc()->mutable_default_acs()->set_auth("JRW");
  acc.mutable_desc()->set_public_(R"({"fn":"A"})");
  v1::ClientCred& cred = *acc.add_cred();
  cred.set_method("tel");
  (*cred.mutable_params())["countryCode"] = R"("GB")";
  const auto account = Body<model::Acc>(message);
  CHECK(account.login);
  CHECK(account.tags == std::vector<std::string>{"t"});
  CHECK(account.status == "susp");
  CHECK(account.auth_level == model::AuthLevel::kRoot);
  CHECK(account.desc->default_access->auth == "JRW");
  CHECK(account.desc->public_card.text == R"({"fn":"A"})");
  CHECK(account.credentials.at(0).params == model::JsonFields{{"countryCode", {R"("GB")"}}});

  v1::ClientSub& sub = *message.mutable_sub();
  sub.set_topic("me");
  sub.mutable_set_query()->mutable_sub()->set_mode("JRP");
  sub.mutable_set_query()->add_tags("a");
  (*sub.mutable_set_query()->mutable_aux())["pins"] = "[1]";
  v1::GetQuery& get = *sub.mutable_get_query();
  get.set_what("sub del");
  get.mutable_sub()->set_if_modified_since(1783159200500);
  get.mutable_sub()->set_user("usrA");
  get.mutable_data()->set_since_id(3);
  get.mutable_del()->set_limit(9);
  get.mutable_search()->set_query("tea");
  get.mutable_search()->set_before_id(5);
  get.mutable_search()->set_page("1.2.grp");
  const auto joined = Body<model::Sub>(message);
  CHECK(joined.set->sub->mode == "JRP");
  CHECK(joined.set->tags == std::vector<std::string>{"a"});
  CHECK(joined.set->aux == model::JsonFields{{"pins", {"[1]"}}});
  CHECK(joined.get->sub->if_modified_since == absl::FromUnixMillis(1783159200500));
  CHECK(joined.get->sub->user == "usrA");
  CHECK(joined.get->data->since == 3);
  CHECK(joined.get->del->limit == 9);
  CHECK(joined.get->search->query == "tea");
  CHECK(joined.get->search->before == 5);
  CHECK(joined.get->search->page == "1.2.grp");
  CHECK_FALSE(joined.get->desc.has_value());
}

TEST_CASE("pub keeps the bytes of its JSON, sorted by key", "[wire][proto]") {
  v1::ClientMsg message;
  v1::ClientPub& pub = *message.mutable_pub();
  pub.set_id("5");
  pub.set_topic("t");
  pub.set_no_echo(true);
  (*pub.mutable_head())["z"] = " 12345678901234567890 ";
  (*pub.mutable_head())["a"] = R"("x")";
  (*pub.mutable_head())["n"] = "null";
  (*pub.mutable_head())["e"] = "";
  pub.set_content(R"( {"b" : [1, 2]} )");
  const auto body = Body<model::Pub>(message);
  CHECK(body.no_echo);
  CHECK(body.head ==
        model::JsonFields{{"a", {R"("x")"}}, {"n", {"null"}}, {"z", {"12345678901234567890"}}});
  CHECK(body.content.text == R"({"b" : [1, 2]})");
  pub.set_content("null");
  CHECK(Body<model::Pub>(message).content.empty());
}

TEST_CASE("get, set, leave, del and note carry their fields", "[wire][proto]") {
  v1::ClientMsg message;
  message.mutable_get()->set_topic("t");
  message.mutable_get()->mutable_query()->set_what("tags");
  CHECK(Body<model::Get>(message).query.what == "tags");
  message.mutable_set()->set_topic("t");
  const auto empty = Body<model::Set>(message);
  CHECK_FALSE(empty.query.desc.has_value());
  CHECK_FALSE(empty.query.aux.has_value());
  message.mutable_leave()->set_unsub(true);
  CHECK(Body<model::Leave>(message).unsubscribe);
  v1::ClientDel& del = *message.mutable_del();
  CHECK(Body<model::Del>(message).what.empty());
  del.set_what(v1::ClientDel::WHAT_CRED);
  del.set_hard(true);
  del.add_del_seq()->set_low(7);
  del.mutable_cred()->set_method("email");
  const auto deletion = Body<model::Del>(message);
  CHECK(deletion.what == "cred");
  CHECK(deletion.hard);
  CHECK(deletion.ranges == std::vector<model::SeqRange>{{7, 0}});
  CHECK(deletion.credential->method == "email");
  v1::ClientNote& note = *message.mutable_note();
  note.set_what(v1::INFO_NOTE_CALL);
  note.set_event(v1::CALL_EVENT_ICE_CANDIDATE);
  note.set_payload("[]");
  const auto noticed = Body<model::Note>(message);
  CHECK(noticed.what == "call");
  CHECK(noticed.event == "ice-candidate");
  CHECK(noticed.payload.text == "[]");
  note.set_what(v1::INFO_NOTE_KPV);
  CHECK(Body<model::Note>(message).what == "kpv");
  note.set_what(static_cast<v1::InfoNote>(77));
  CHECK(Body<model::Note>(message).what.empty());
}

TEST_CASE("an empty packet names no request, an empty extra changes nothing", "[wire][proto]") {
  v1::ClientMsg message;
  const auto none = Decode(message);
  REQUIRE(none.ok());
  CHECK(std::holds_alternative<std::monostate>(none->body));
  message.mutable_extra()->add_attachments("/a");
  message.mutable_leave();
  const auto request = Decode(message);
  REQUIRE(request.ok());
  CHECK(request->extra->attachments == std::vector<std::string>{"/a"});
  CHECK(request->extra->on_behalf_of.empty());
  CHECK(request->extra->auth_level == model::AuthLevel::kNone);
}

TEST_CASE("broken JSON inside a packet is malformed", "[wire][proto]") {
  for (const std::string_view text :
       {"x", "1,2", "1],[2", "]", "[", "1]", "{", "{}}", "\"", "01", " ", "tru", "\"\\x\"",
        "[[[[[[[]]]]]]]", "\xff", "\"\xff\"", "1 2"}) {
    INFO(text);
    v1::ClientMsg message;
    message.mutable_pub()->set_content(std::string(text));
    const auto content = Decode(message);
    REQUIRE_FALSE(content.ok());
    CHECK(model::FaultOf(content.status()) == model::Fault::kMalformed);
    message.mutable_pub()->clear_content();
    (*message.mutable_pub()->mutable_head())["k"] = std::string(text);
    CHECK_FALSE(Decode(message).ok());
  }
}

TEST_CASE("content may be nested as deeply in protobuf as in JSON", "[wire][proto]") {
  for (int depth = 1; depth < 12; ++depth) {
    const std::string content = std::string(depth, '[') + std::string(depth, ']');
    v1::ClientMsg message;
    message.mutable_pub()->set_content(content);
    JsonDecoder json({.max_packet_bytes = 4096, .max_depth = 8});
    CHECK(Decode(message).ok() == json.DecodeCopy(R"({"pub":{"content":)" + content + "}}").ok());
  }
}

TEST_CASE("bytes that are no packet are malformed, long ones too large", "[wire][proto]") {
  ProtoDecoder decoder({.max_packet_bytes = 64, .max_depth = 8});
  for (const std::string_view bytes : {"\xff",
                                       "\x0a\x05"
                                       "ab",
                                       "\x0a\x03\x0a\x01\xff"}) {
    const auto request = decoder.Decode(bytes);
    REQUIRE_FALSE(request.ok());
    CHECK(model::FaultOf(request.status()) == model::Fault::kMalformed);
  }
  const auto large = decoder.Decode(std::string(65, 'x'));
  REQUIRE_FALSE(large.ok());
  CHECK(model::FaultOf(large.status()) == model::Fault::kTooLarge);
}

}  // namespace
}  // namespace molva::wire
