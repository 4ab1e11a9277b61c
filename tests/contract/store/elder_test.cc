// A storage plugin that was built for version 1.0 of the contract.
#include "tests/contract/store/harness.h"

namespace molva::test {
namespace {

using namespace store;  // the changes, named in every line

// `done` of any query, which must be answered with kUnimplemented and words that help.
template <typename T, typename Ask>
void CheckUnimplemented(StoreHarness& h, Ask ask) {
  const absl::StatusOr<T> answer = StoreHarness::Wait(h.AskLater<T>(std::move(ask)));
  CHECK(absl::IsUnimplemented(answer.status()));
  CHECK(std::string(answer.status().message()).find("built for ABI 1.0, this needs 1.1") !=
        std::string::npos);
}

TEST_CASE("a plugin of version 1.0 keeps what it knows") {
  StoreHarness h(Make::kElder);
  h.MustWrite({PutUser{MakeUser(kAnn, {"alias:ann"})}, PutUser{MakeUser(kBob, {"alias:bob"})},
               PutTopic{MakeTopic(kGroup)}, PutTopic{MakeTopic(kChat)},
               PutSubscription{MakeSubscription(kGroup, kAnn)},
               PutSubscription{MakeSubscription(kChat, kAnn)},
               PutSubscription{MakeSubscription(kChat, kBob)},
               AppendMessage{MakeMessage(kGroup, 1)}});
  h.MustWrite({AppendMessage{MakeMessage(kGroup, 2)}, RaiseMarks{kGroup, kAnn, false, 9, 9}});
  CHECK(absl::IsAborted(h.Write({AppendMessage{MakeMessage(kGroup, 2)}})));
  CHECK(h.User(kAnn)->public_card == MakeUser(kAnn).public_card);
  CHECK(h.User(kAnn)->tags == std::vector<std::string>{"alias:ann"});
  CHECK(h.User(kAnn)->origin.empty());
  CHECK(h.Topic(kGroup)->aux == MakeTopic(kGroup).aux);
  CHECK(h.Topic(kGroup)->home.empty());
  CHECK(h.Contacts(kAnn).size() == 2);
  CHECK(h.Members(kChat).size() == 2);
  for (const Member& member : h.Members(kChat)) {
    CHECK(member.user.public_card == MakeUser(member.user.id).public_card);
  }
  CHECK(h.Seqs({kGroup, kAnn, {}, 10}) == std::vector<model::SeqId>{2, 1});
  CHECK(h.ByTags({{{"alias:bob"}}, {}, kAnn}).size() == 1);
}

TEST_CASE("what version 1.0 did not have is refused whole, before the plugin is asked") {
  StoreHarness h(Make::kElder);
  UserRecord shadow = MakeUser(kBob);
  shadow.origin = "usrAAAAAAAAAAA@b.example";
  TopicRecord homed = MakeTopic(kGroup);
  homed.home = "b.example";
  TopicRecord foreign = MakeTopic(kGroup);
  foreign.origin = "grpAAAAAAAAAAA@b.example";
  const Mutation unknown[] = {EnsureUser{MakeUser(kBob)},
                              PutUser{shadow},
                              PutTopic{homed},
                              PutTopic{foreign},
                              MakeEntry(kGroup, kChainLane, 1),
                              PutLane{{kGroup, kChainLane, 1, "h", ""}, 0},
                              EraseEntries{kGroup, kChainLane, 1},
                              DropLane{kGroup, kChainLane},
                              RequestDelivery{{"b.example", kGroup, "", 1, 0}},
                              ConfirmDelivery{{"b.example", kGroup, "", 0, 1}}};
  for (const Mutation& mutation : unknown) {
    CHECK(absl::IsUnimplemented(h.Write({PutValue{"mark", "x"}, mutation})));
  }
  CHECK_FALSE(h.Value("mark").has_value());
  CheckUnimplemented<std::vector<LaneRecord>>(
      h, [](Store& store, auto done) { store.ListLanes(kGroup, std::move(done)); });
  CheckUnimplemented<std::vector<StoredEntry>>(
      h, [](Store& store, auto done) { store.ListEntries({kGroup, ""}, std::move(done)); });
  CheckUnimplemented<std::vector<DeliveryRecord>>(
      h, [](Store& store, auto done) { store.ListDeliveries({}, std::move(done)); });
  CheckUnimplemented<std::vector<ForeignName>>(
      h, [](Store& store, auto done) { store.ListForeignNames("", 9, std::move(done)); });
  CheckUnimplemented<std::vector<std::pair<std::string, std::string>>>(
      h, [](Store& store, auto done) { store.ListValues("", 9, std::move(done)); });
  h.MustWrite({PutValue{"mark", "y"}});
  CHECK(h.Value("mark") == "y");
}

}  // namespace
}  // namespace molva::test
