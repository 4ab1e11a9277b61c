// The packets of the client as JSON. Source: docs/protocol messages §3, §5, §11.
#include "clients/cli/json_codec.h"

#include "tests/support/catch.h"

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

TEST_CASE("requests get the keys that JSON has for them", "[cli][json]") {
  v1::ClientMsg message;
  v1::ClientHi& hi = *message.mutable_hi();
  hi.set_id("1");
  hi.set_user_agent("ua \"x\"");
  hi.set_ver("0.25");
  CHECK(EncodeJson(message) == R"({"hi":{"id":"1","ua":"ua \"x\"","ver":"0.25"}})");

  v1::ClientAcc& acc = *message.mutable_acc();
  acc.set_user_id("new");
  acc.set_secret("a:b");
  acc.set_login(true);
  acc.add_tags("t");
  acc.set_state("ok");
  acc.set_auth_level(v1::AUTH_LEVEL_ROOT);
  acc.mutable_desc()->set_public_(R"({"fn":"A"})");
  (*acc.add_cred()->mutable_params())["k"] = "[1]";
  CHECK(
      EncodeJson(message) ==
      R"({"acc":{"user":"new","secret":"YTpi","login":true,"tags":["t"],"desc":{"public":{"fn":"A"}},)"
      R"("cred":[{"params":{"k":[1]}}],"status":"ok","authlevel":"root"}})");

  v1::ClientDel& del = *message.mutable_del();
  del.set_topic("me");
  del.set_what(v1::ClientDel::WHAT_SESSION);
  del.mutable_cred()->set_method("others");
  CHECK(EncodeJson(message) ==
        R"({"del":{"topic":"me","what":"session","cred":{"meth":"others"}}})");

  v1::GetQuery& search = *message.mutable_get()->mutable_query();
  search.set_what("search");
  search.mutable_search()->set_query("a \"b c\"");
  search.mutable_search()->set_before_id(7);
  CHECK(EncodeJson(message) ==
        R"({"get":{"what":"search","search":{"query":"a \"b c\"","before":7}}})");

  message.clear_get();
  v1::ClientGet& get = *message.mutable_get();
  get.set_topic("t");
  get.mutable_query()->set_what("sub");
  get.mutable_query()->mutable_sub()->set_if_modified_since(1783159200001);
  get.mutable_query()->mutable_data()->set_since_id(3);
  CHECK(
      EncodeJson(message) ==
      R"({"get":{"topic":"t","what":"sub","sub":{"ims":"2026-07-04T10:00:00.001Z"},"data":{"since":3}}})");

  v1::ClientNote& note = *message.mutable_note();
  note.set_topic("t");
  note.set_what(v1::INFO_NOTE_CALL);
  note.set_event(v1::CALL_EVENT_HANG_UP);
  note.set_seq_id(4);
  CHECK(EncodeJson(message) == R"({"note":{"topic":"t","what":"call","seq":4,"event":"hang-up"}})");

  message.mutable_leave();
  CHECK(EncodeJson(message) == R"({"leave":{}})");
}

TEST_CASE("packets are read whatever they carry", "[cli][json]") {
  const auto ctrl = DecodeJson(
      R"({"ctrl":{"id":"2","code":200,"text":"ok","params":{"token":"YQ==","n":{"a":[1, 2]}},"ts":"2026-07-04T10:00:00.001Z"},"x":1})");
  REQUIRE(ctrl.ok());
  CHECK(ctrl->ctrl().id() == "2");
  CHECK(ctrl->ctrl().code() == 200);
  CHECK(ctrl->ctrl().params().at("token") == R"("YQ==")");
  CHECK(ctrl->ctrl().params().at("n") == R"({"a":[1,2]})");
  CHECK(ctrl->ctrl().timestamp() == 1783159200001);

  const auto data = DecodeJson(
      R"({"data":{"topic":"t","from":"usrA","ts":"2026-07-04T10:00:00Z","seq":5,"content":"hi"}})");
  REQUIRE(data.ok());
  CHECK(data->data().from_user_id() == "usrA");
  CHECK(data->data().seq_id() == 5);
  CHECK(data->data().content() == R"("hi")");

  const auto meta = DecodeJson(
      R"({"meta":{"topic":"me","sub":[{"topic":"usrB","online":true,"acs":{"mode":"JRW"},"read":3,)"
      R"("seen":{"when":"2026-07-04T10:00:00Z","ua":"x"},"public":{"fn":"B"},"subcnt":2}],"tags":["a"]}})");
  REQUIRE(meta.ok());
  REQUIRE(meta->meta().sub_size() == 1);
  CHECK(meta->meta().sub(0).online());
  CHECK(meta->meta().sub(0).acs().mode() == "JRW");
  CHECK(meta->meta().sub(0).read_id() == 3);
  CHECK(meta->meta().sub(0).last_seen_time() == 1783159200000);
  CHECK(meta->meta().sub(0).subscriber_count() == 2);
  CHECK(meta->meta().tags(0) == "a");

  const auto pres = DecodeJson(
      R"({"pres":{"topic":"me","src":"usrB","what":"msg","seq":7,"act":"usrB","dacs":{"given":"+W"}}})");
  REQUIRE(pres.ok());
  CHECK(pres->pres().what() == v1::ServerPres::WHAT_MSG);
  CHECK(pres->pres().actor_user_id() == "usrB");
  CHECK(pres->pres().acs().given() == "+W");
}

TEST_CASE("what does not fit is skipped, what is no object is refused", "[cli][json]") {
  const auto odd = DecodeJson(
      R"({"data":{"topic":5,"seq":"x","head":[],"content":null},"ctrl":7,"pres":{"what":"new"}})");
  REQUIRE(odd.ok());
  CHECK(odd->has_pres());
  for (const char* text : {"", "1", "[]", "{", "{\"a\":}"}) CHECK_FALSE(DecodeJson(text).ok());
}

}  // namespace
}  // namespace molva::cli
