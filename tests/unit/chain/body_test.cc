// Bodies: what is written is read, and what no honest server writes is refused by the field's name.
#include "chain/body.h"

#include <functional>

#include "molva/federation/v1/chain.pb.h"
#include "tests/support/catch.h"

namespace molva::chain {
namespace {

namespace v1 = molva::federation::v1;

const std::string kHash(32, 'h');
const std::string kTopic = "grpBQAAAAAAAAA@a.example";
const std::string kAnn = "usrBwAAAAAAAAA@a.example";
const absl::Time kNoon = absl::FromUnixMillis(1'800'000'000'123);

Event MakeEvent(decltype(Event::state) state, std::int64_t n = 2) {
  return {kTopic, n, n > 1 ? kHash : "", kNoon, kAnn, 3, std::move(state)};
}
Proposal MakeProposal(Action action, std::int64_t number = 2) {
  return {kTopic, "b.example", number, number > 1 ? kHash : "", kNoon, kAnn, std::move(action)};
}

TopicState FullTopic() {
  TopicState state;
  state.home = "a.example";
  state.created = kNoon;
  state.updated = kNoon + absl::Seconds(1);
  state.owner = kAnn;
  state.access_auth = "JRWPS";
  state.access_anon = "N";
  state.public_card.text = R"({"fn":"Team","n":9007199254740993})";
  state.trusted.text = R"({"verified":true})";
  state.aux.text = R"({"pins":[1]})";
  state.tags = {"basic:team", "x"};
  state.state = 10;
  return state;
}

// One of each kind, with every field in use.
std::vector<Event> AllEvents() {
  return {MakeEvent(FullTopic(), 1),
          MakeEvent(MemberState{kAnn, "JRWPASDO", "N", kNoon, kNoon, std::nullopt}),
          MakeEvent(MemberState{kAnn, "", "", kNoon, kNoon, kNoon}),
          MakeEvent(MessageState{1, kAnn, kHash}),
          MakeEvent(MessageState{7, "", ""}),
          MakeEvent(DeletionState{{{1, 3}, {7, 8}}}),
          MakeEvent(EndState{})};
}
std::vector<Proposal> AllProposals() {
  return {MakeProposal(PublishAction{kHash}, 1),
          MakeProposal(JoinAction{"JRP"}),
          MakeProposal(LeaveAction{}),
          MakeProposal(SetRights{kAnn, "JR"}),
          MakeProposal(SetRights{"", ""}),
          MakeProposal(SetDescription{{"\"\xe2\x90\xa1\""}, {"{}"}, "JRW", "N"}),
          MakeProposal(SetTags{{"a", "b"}}),
          MakeProposal(SetTags{}),
          MakeProposal(SetAux{{R"({"a":1})"}}),
          MakeProposal(RemoveMessages{{{1, 2}}}),
          MakeProposal(RemoveMember{kAnn}),
          MakeProposal(RemoveTopic{}),
          MakeProposal(VoidAction{})};
}

TEST_CASE("an event survives its bytes", "[body]") {
  for (const Event& event : AllEvents()) {
    CAPTURE(event.state.index());
    const std::string bytes = Encode(event);
    CHECK(Encode(event) == bytes);
    const absl::StatusOr<Event> copy = DecodeEvent(bytes);
    REQUIRE(copy.ok());
    CHECK(copy->state.index() == event.state.index());
    CHECK(copy->topic == kTopic);
    CHECK(copy->n == event.n);
    CHECK(copy->prev == event.prev);
    CHECK(copy->time == kNoon);
    CHECK(copy->actor == kAnn);
    CHECK(copy->proposal == 3);
    CHECK(Encode(*copy) == bytes);
  }
}

TEST_CASE("every field of a topic and of a member is kept", "[body]") {
  const TopicState topic = FullTopic();
  const auto event = DecodeEvent(Encode(MakeEvent(topic, 1)));
  const auto& copy = std::get<TopicState>(event->state);
  CHECK(copy.home == topic.home);
  CHECK(copy.created == topic.created);
  CHECK(copy.updated == topic.updated);
  CHECK(copy.owner == topic.owner);
  CHECK(copy.access_auth == topic.access_auth);
  CHECK(copy.access_anon == topic.access_anon);
  CHECK(copy.public_card == topic.public_card);
  CHECK(copy.trusted == topic.trusted);
  CHECK(copy.aux == topic.aux);
  CHECK(copy.tags == topic.tags);
  CHECK(copy.state == topic.state);
  const auto gone = DecodeEvent(Encode(MakeEvent(
      MemberState{kAnn, "JR", "N", kNoon, kNoon + absl::Seconds(1), kNoon + absl::Seconds(2)})));
  const auto& member = std::get<MemberState>(gone->state);
  CHECK(member.user == kAnn);
  CHECK(member.want == "JR");
  CHECK(member.given == "N");
  CHECK(member.created == kNoon);
  CHECK(member.updated == kNoon + absl::Seconds(1));
  CHECK(member.deleted == kNoon + absl::Seconds(2));
}

TEST_CASE("a proposal survives its bytes", "[body]") {
  for (const Proposal& proposal : AllProposals()) {
    CAPTURE(proposal.action.index());
    const std::string bytes = Encode(proposal);
    const absl::StatusOr<Proposal> copy = DecodeProposal(bytes);
    REQUIRE(copy.ok());
    CHECK(copy->action.index() == proposal.action.index());
    CHECK(copy->topic == kTopic);
    CHECK(copy->origin == "b.example");
    CHECK(copy->number == proposal.number);
    CHECK(copy->prev == proposal.prev);
    CHECK(copy->time == kNoon);
    CHECK(copy->author == kAnn);
    CHECK(Encode(*copy) == bytes);
  }
}

TEST_CASE("a payload survives its bytes, and so does its hash", "[body]") {
  const Payload payload{{{"mime", {"\"text/x-drafty\""}}, {"n", {"1.50e3"}}},
                        {R"({ "txt" : "hi", "n":12345678901234567890 })"}};
  const auto copy = DecodePayload(Encode(payload));
  REQUIRE(copy.ok());
  CHECK(copy->head == payload.head);
  CHECK(copy->content == payload.content);
  CHECK(HashOf(*copy) == HashOf(payload));
  CHECK(DecodePayload("").ok());
}

TEST_CASE("a single number comes out as a range of one", "[body]") {
  const auto event = DecodeEvent(Encode(MakeEvent(DeletionState{{{5, 0}}})));
  REQUIRE(event.ok());
  CHECK(std::get<DeletionState>(event->state).ranges == std::vector<model::SeqRange>{{5, 6}});
}

TEST_CASE("a field that is not known yet is passed over", "[body]") {
  const std::string later = std::string("\xfa\x01\x03new", 6);  // field 31
  CHECK(DecodeEvent(Encode(AllEvents()[3]) + later).ok());
  CHECK(DecodeProposal(Encode(AllProposals()[0]) + later).ok());
}

// The refusal of `good` after `change`; "" if it is taken.
template <typename Body>
std::string Refusal(const std::string& good, const std::function<void(Body&)>& change) {
  Body body;
  REQUIRE(body.ParseFromString(good));
  change(body);
  absl::Status status;
  if constexpr (std::is_same_v<Body, v1::EventBody>) {
    status = DecodeEvent(body.SerializeAsString()).status();
  } else if constexpr (std::is_same_v<Body, v1::ProposalBody>) {
    status = DecodeProposal(body.SerializeAsString()).status();
  } else {
    status = DecodePayload(body.SerializeAsString()).status();
  }
  if (status.ok()) return "";
  CHECK(absl::IsInvalidArgument(status));
  const std::string message(status.message());
  return message.substr(0, message.find(' '));
}

TEST_CASE("an event with a bad field is refused by the field's name", "[body]") {
  using Body = v1::EventBody;
  const std::vector<Event> events = AllEvents();
  struct Row {
    std::size_t event;
    const char* field;
    std::function<void(Body&)> change;
  };
  const std::vector<Row> table = {
      {3, "", [](Body&) {}},
      {3, "topic", [](Body& body) { body.clear_topic(); }},
      {3, "topic", [](Body& body) { body.set_topic(std::string(538, 'x')); }},
      {3, "n", [](Body& body) { body.set_n(0); }},
      {3, "n", [](Body& body) { body.set_n(-1); }},
      {3, "prev", [](Body& body) { body.clear_prev(); }},
      {3, "prev", [](Body& body) { body.set_prev("short"); }},
      {0, "prev", [](Body& body) { body.set_prev(kHash); }},
      {3, "time", [](Body& body) { body.set_time(-1); }},
      {3, "time", [](Body& body) { body.set_time(253'402'300'800'000); }},
      {3, "actor", [](Body& body) { body.set_actor(std::string(269, 'x')); }},
      {3, "", [](Body& body) { body.clear_actor(); }},
      {3, "proposal", [](Body& body) { body.set_proposal(-1); }},
      {3, "kind", [](Body& body) { body.clear_kind(); }},
      {0, "home", [](Body& body) { body.mutable_topic_state()->clear_home(); }},
      {0, "home", [](Body& body) { body.mutable_topic_state()->set_home(std::string(254, 'x')); }},
      {0, "created", [](Body& body) { body.mutable_topic_state()->set_created(-1); }},
      {0, "updated", [](Body& body) { body.mutable_topic_state()->set_updated(-1); }},
      {0, "", [](Body& body) { body.mutable_topic_state()->clear_owner(); }},
      {0, "owner",
       [](Body& body) { body.mutable_topic_state()->set_owner(std::string(269, 'x')); }},
      {0, "access_auth", [](Body& body) { body.mutable_topic_state()->set_access_auth("X"); }},
      {0, "access_auth",
       [](Body& body) { body.mutable_topic_state()->set_access_auth("JJJJJJJJJ"); }},
      {0, "access_anon", [](Body& body) { body.mutable_topic_state()->set_access_anon("?"); }},
      {0, "public_card", [](Body& body) { body.mutable_topic_state()->set_public_card("{"); }},
      {0, "trusted", [](Body& body) { body.mutable_topic_state()->set_trusted("1 2"); }},
      {0, "aux", [](Body& body) { body.mutable_topic_state()->set_aux("[]"); }},
      {0, "tags", [](Body& body) { body.mutable_topic_state()->add_tags(""); }},
      {0, "tags", [](Body& body) { body.mutable_topic_state()->add_tags(std::string(513, 'x')); }},
      {0, "tags",
       [](Body& body) {
         for (int i = 0; i < 1024; ++i) body.mutable_topic_state()->add_tags("x");
       }},
      {0, "state", [](Body& body) { body.mutable_topic_state()->set_state(20); }},
      {1, "user", [](Body& body) { body.mutable_member()->clear_user(); }},
      {1, "want", [](Body& body) { body.mutable_member()->set_want("+J"); }},
      {1, "given", [](Body& body) { body.mutable_member()->set_given("Z"); }},
      {1, "created", [](Body& body) { body.mutable_member()->set_created(-1); }},
      {1, "updated", [](Body& body) { body.mutable_member()->set_updated(-1); }},
      {1, "deleted", [](Body& body) { body.mutable_member()->set_deleted(-1); }},
      {3, "seq", [](Body& body) { body.mutable_message()->set_seq(0); }},
      {3, "author", [](Body& body) { body.mutable_message()->clear_author(); }},
      {3, "payload_hash", [](Body& body) { body.mutable_message()->clear_payload_hash(); }},
      {3, "payload_hash", [](Body& body) { body.mutable_message()->set_payload_hash("x"); }},
      {5, "ranges", [](Body& body) { body.mutable_deletion()->clear_ranges(); }},
      {5, "ranges", [](Body& body) { body.mutable_deletion()->mutable_ranges(0)->set_low(0); }},
      {5, "ranges", [](Body& body) { body.mutable_deletion()->mutable_ranges(0)->set_hi(1); }},
      {5, "ranges", [](Body& body) { body.mutable_deletion()->mutable_ranges(0)->set_hi(-5); }},
      {5, "ranges",
       [](Body& body) {
         body.mutable_deletion()->mutable_ranges(0)->set_low(0x7fffffff);
         body.mutable_deletion()->mutable_ranges(0)->set_hi(0);
       }},
  };
  for (const Row& row : table) {
    CAPTURE(row.event, row.field, &row - table.data());
    CHECK(Refusal<Body>(Encode(events[row.event]), row.change) == row.field);
  }
}

TEST_CASE("a proposal with a bad field is refused by the field's name", "[body]") {
  using Body = v1::ProposalBody;
  const std::vector<Proposal> proposals = AllProposals();
  struct Row {
    std::size_t proposal;
    const char* field;
    std::function<void(Body&)> change;
  };
  const std::vector<Row> table = {
      {0, "", [](Body&) {}},
      {0, "topic", [](Body& body) { body.clear_topic(); }},
      {0, "origin", [](Body& body) { body.clear_origin(); }},
      {0, "number", [](Body& body) { body.set_number(0); }},
      {0, "prev", [](Body& body) { body.set_prev(kHash); }},
      {1, "prev", [](Body& body) { body.clear_prev(); }},
      {0, "time", [](Body& body) { body.set_time(-1); }},
      {0, "author", [](Body& body) { body.clear_author(); }},
      {0, "kind", [](Body& body) { body.clear_kind(); }},
      {0, "payload_hash", [](Body& body) { body.mutable_publish()->clear_payload_hash(); }},
      {1, "mode", [](Body& body) { body.mutable_join()->set_mode("x"); }},
      {3, "mode", [](Body& body) { body.mutable_change()->mutable_rights()->set_mode("x"); }},
      {3, "user",
       [](Body& body) {
         body.mutable_change()->mutable_rights()->set_user(std::string(269, 'x'));
       }},
      {3, "change", [](Body& body) { body.mutable_change()->clear_part(); }},
      {5, "public_card",
       [](Body& body) { body.mutable_change()->mutable_description()->set_public_card("nul"); }},
      {5, "trusted",
       [](Body& body) { body.mutable_change()->mutable_description()->set_trusted("{]"); }},
      {5, "access_auth",
       [](Body& body) { body.mutable_change()->mutable_description()->set_access_auth("x"); }},
      {5, "access_anon",
       [](Body& body) { body.mutable_change()->mutable_description()->set_access_anon("x"); }},
      {6, "tags", [](Body& body) { body.mutable_change()->mutable_tags()->add_tags(""); }},
      {8, "aux", [](Body& body) { body.mutable_change()->set_aux("\"x\""); }},
      {9, "ranges", [](Body& body) { body.mutable_remove()->clear_ranges(); }},
      {9, "what", [](Body& body) { body.mutable_remove()->clear_what(); }},
      {9, "what",
       [](Body& body) { body.mutable_remove()->set_what(static_cast<v1::RemoveAction::What>(9)); }},
      {10, "user", [](Body& body) { body.mutable_remove()->clear_user(); }},
  };
  for (const Row& row : table) {
    CAPTURE(row.proposal, row.field, &row - table.data());
    CHECK(Refusal<Body>(Encode(proposals[row.proposal]), row.change) == row.field);
  }
}

TEST_CASE("a payload with what is not exactly one value is refused", "[body]") {
  using Body = v1::Payload;
  const std::string good = Encode(Payload{{{"mime", {"\"x\""}}}, {"1"}});
  const std::vector<std::pair<const char*, std::function<void(Body&)>>> table = {
      {"", [](Body&) {}},
      {"", [](Body& body) { body.clear_content(); }},
      {"content", [](Body& body) { body.set_content(" 1"); }},
      {"content", [](Body& body) { body.set_content("1,2"); }},
      {"content", [](Body& body) { body.set_content("\"\xff\""); }},
      {"content",
       [](Body& body) { body.set_content(std::string(40, '[') + std::string(40, ']')); }},
      {"head", [](Body& body) { body.mutable_head(0)->clear_value(); }},
      {"head", [](Body& body) { body.mutable_head(0)->set_value("\"x\" "); }},
      {"head", [](Body& body) { body.mutable_head(0)->clear_key(); }},
      {"head", [](Body& body) { body.mutable_head(0)->set_key(std::string(257, 'k')); }},
      {"head", [](Body& body) { *body.add_head() = body.head(0); }},
      {"head",
       [](Body& body) {
         for (int i = 0; i < 256; ++i) {
           body.add_head()->set_key(std::to_string(i));
           body.mutable_head(i + 1)->set_value("1");
         }
       }},
      {"body",
       [](Body& body) { body.set_content('"' + std::string(kMaxPayloadBytes, 'x') + '"'); }},
  };
  for (const auto& [field, change] : table) {
    CAPTURE(field, &field - &table[0].first);
    CHECK(Refusal<Body>(good, change) == field);
  }
}

TEST_CASE("a body that breaks off or is too long is refused, and none crashes", "[body]") {
  for (const Event& event : AllEvents()) {
    const std::string bytes = Encode(event);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const absl::StatusOr<Event> copy = DecodeEvent(bytes.substr(0, size));
      // Cut between two fields it may still be a body, but not the same.
      if (copy.ok()) CHECK(Encode(*copy) != bytes);
    }
  }
  CHECK_FALSE(DecodeEvent("").ok());
  CHECK_FALSE(DecodeProposal("").ok());
  Event long_one = AllEvents()[0];
  std::get<TopicState>(long_one.state).public_card.text =
      '"' + std::string(kMaxBodyBytes, 'x') + '"';
  CHECK(DecodeEvent(Encode(long_one)).status().message() == "body is too long");
  CHECK(DecodeEvent("\xff\xff").status().message() == "body is no message of its kind");
}

}  // namespace
}  // namespace molva::chain
