// What replies look like in protobuf. Source: docs/protocol messages §10, §11.
#include "wire/proto_encoder.h"

#include <molva/v1/node.pb.h>

#include "tests/support/catch.h"

namespace molva::wire {
namespace {

namespace v1 = molva::v1;

const absl::Time kTime = absl::FromUnixMillis(1783159200001);

v1::ServerMsg Encode(const model::Packet& packet) {
  const model::Frame frame = EncodeProto(packet);
  v1::ServerMsg message;
  REQUIRE(message.ParseFromArray(frame.payload().data(), static_cast<int>(frame.payload().size())));
  return message;
}

TEST_CASE("frames laid end to end are one batch", "[wire][proto]") {
  std::string bytes;
  for (int seq = 1; seq <= 3; ++seq) {
    bytes += EncodeProto(model::Data{"t", "", kTime, seq, {}, {std::string(100 * seq, '1')}}).bytes;
  }
  v1::ServerBatch batch;
  REQUIRE(batch.ParseFromString(bytes));
  REQUIRE(batch.messages_size() == 3);
  for (int i = 0; i < 3; ++i) CHECK(batch.messages(i).data().seq_id() == i + 1);
}

TEST_CASE("ctrl keeps its params as JSON and its time", "[wire][proto]") {
  const v1::ServerMsg message = Encode(
      model::MakeCtrl(model::Fault::kOk, "1", "me", kTime, {{"token", {R"("YQ==")"}}, {"x", {}}}));
  CHECK(message.ctrl().id() == "1");
  CHECK(message.ctrl().topic() == "me");
  CHECK(message.ctrl().code() == 200);
  CHECK(message.ctrl().text() == "ok");
  CHECK(message.ctrl().params().at("token") == R"("YQ==")");
  CHECK(message.ctrl().params().at("x") == "null");
  CHECK(message.ctrl().timestamp() == 1783159200001);
}

TEST_CASE("data keeps head and content as JSON", "[wire][proto]") {
  const v1::ServerMsg message =
      Encode(model::Data{"t", "usrA", kTime, 4, {{"mime", {R"("x")"}}}, {R"("hi")"}});
  CHECK(message.data().topic() == "t");
  CHECK(message.data().from_user_id() == "usrA");
  CHECK(message.data().timestamp() == 1783159200001);
  CHECK(message.data().seq_id() == 4);
  CHECK(message.data().head().at("mime") == R"("x")");
  CHECK(message.data().content() == R"("hi")");
}

TEST_CASE("meta desc carries every field", "[wire][proto]") {
  model::Meta meta;
  meta.id = "3";
  meta.topic = "me";
  meta.ts = kTime;
  model::MetaDesc& from = meta.desc.emplace();
  from.created = kTime;
  from.updated = kTime + absl::Milliseconds(1);
  from.touched = kTime + absl::Milliseconds(2);
  from.state = "ok";
  from.online = from.is_channel = true;
  from.seen = model::LastSeen{kTime, "UA"};
  from.default_access = model::DefaultAccessText{"JRW", "N"};
  from.access = model::AccessText{"JPS", "JP", "JP"};
  from.seq = 9;
  from.read = 8;
  from.recv = 7;
  from.clear = 6;
  from.subscriber_count = 5;
  from.public_card = {"1"};
  from.trusted = {"2"};
  from.private_note = {"3"};
  const v1::ServerMsg message = Encode(meta);
  const v1::TopicDesc& desc = message.meta().desc();
  CHECK(message.meta().id() == "3");
  CHECK(message.meta().timestamp() == 1783159200001);
  CHECK(desc.created_at() == 1783159200001);
  CHECK(desc.updated_at() == 1783159200002);
  CHECK(desc.touched_at() == 1783159200003);
  CHECK(desc.state() == "ok");
  CHECK(desc.online());
  CHECK(desc.is_chan());
  CHECK(desc.last_seen_time() == 1783159200001);
  CHECK(desc.last_seen_user_agent() == "UA");
  CHECK(desc.defacs().auth() == "JRW");
  CHECK(desc.acs().given() == "JP");
  CHECK(desc.acs().mode() == "JP");
  CHECK(desc.seq_id() == 9);
  CHECK(desc.read_id() == 8);
  CHECK(desc.recv_id() == 7);
  CHECK(desc.del_id() == 6);
  CHECK(desc.subscriber_count() == 5);
  CHECK(desc.public_() == "1");
  CHECK(desc.trusted() == "2");
  CHECK(desc.private_() == "3");
}

TEST_CASE("meta sub, del, tags, cred and aux carry their fields", "[wire][proto]") {
  model::Meta meta;
  meta.sub.resize(2);
  meta.sub[0].user = "usrA";
  meta.sub[0].deleted = kTime;
  meta.sub[0].omit_access = true;
  meta.sub[1].topic = "usrB";
  meta.sub[1].access.want = "JR";
  meta.sub[1].subscriber_count = 3;
  meta.sub[1].private_note = {"7"};
  meta.del = model::MetaDel{4, {{1, 2}, {5, 9}}};
  meta.tags = {"a"};
  meta.credentials = {{"email", "a@b", true}};
  meta.aux = {{"pins", {"[1]"}}};
  const v1::ServerMsg message = Encode(meta);
  const v1::ServerMeta& out = message.meta();
  REQUIRE(out.sub_size() == 2);
  CHECK(out.sub(0).user_id() == "usrA");
  CHECK(out.sub(0).deleted_at() == 1783159200001);
  CHECK_FALSE(out.sub(0).has_acs());
  CHECK(out.sub(1).topic() == "usrB");
  CHECK(out.sub(1).acs().want() == "JR");
  CHECK(out.sub(1).subscriber_count() == 3);
  CHECK(out.sub(1).private_() == "7");
  CHECK(out.del().del_id() == 4);
  CHECK(out.del().del_seq(0).hi() == 0);
  CHECK(out.del().del_seq(1).hi() == 9);
  CHECK(out.tags(0) == "a");
  CHECK(out.cred(0).done());
  CHECK(out.aux().at("pins") == "[1]");
}

TEST_CASE("every word of pres and info has its enumerator", "[wire][proto]") {
  int number = 0;
  for (const char* word : {"on", "off", "ua", "upd", "gone", "acs", "term", "msg", "read", "recv",
                           "del", "tags", "aux"}) {
    model::Pres pres;
    pres.what = word;
    CHECK(Encode(pres).pres().what() == ++number);
  }
  struct Row {
    const char* word;
    int number;
  };
  for (const Row& row : {Row{"read", 1}, Row{"recv", 2}, Row{"kp", 3}, Row{"call", 4},
                         Row{"kpa", 1000}, Row{"kpv", 1001}, Row{"data", 1002}}) {
    model::Info info;
    info.what = row.word;
    CHECK(Encode(info).info().what() == row.number);
  }
  number = 0;
  for (const char* word :
       {"accept", "answer", "hang-up", "ice-candidate", "invite", "offer", "ringing"}) {
    model::Info info;
    info.event = word;
    CHECK(Encode(info).info().event() == ++number);
  }
}

TEST_CASE("pres and info carry their other fields", "[wire][proto]") {
  const v1::ServerMsg pres = Encode(model::Pres{
      "me", "grpA", "acs", "ua", 1, 2, {{3, 4}}, "usrB", "usrC", model::AccessText{"+W", "N", ""}});
  CHECK(pres.pres().topic() == "me");
  CHECK(pres.pres().src() == "grpA");
  CHECK(pres.pres().user_agent() == "ua");
  CHECK(pres.pres().seq_id() == 1);
  CHECK(pres.pres().del_id() == 2);
  CHECK(pres.pres().del_seq(0).low() == 3);
  CHECK(pres.pres().actor_user_id() == "usrB");
  CHECK(pres.pres().target_user_id() == "usrC");
  CHECK(pres.pres().acs().want() == "+W");
  const v1::ServerMsg info = Encode(model::Info{"me", "grpA", "usrA", "read", 4, "", {"[1]"}});
  CHECK(info.info().src() == "grpA");
  CHECK(info.info().from_user_id() == "usrA");
  CHECK(info.info().seq_id() == 4);
  CHECK(info.info().payload() == "[1]");
}

}  // namespace
}  // namespace molva::wire
