// What is kept beside messages: uids of publications, when messages are due, reactions.
#include "tests/contract/store/harness.h"

namespace molva::test {
namespace {

using namespace store;  // the changes, named in every line
using model::SeqId;

std::vector<UidRecord> Uids(StoreHarness& h, std::int32_t limit = 100) {
  return h.MustAsk<std::vector<UidRecord>>(
      [=](Store& store, auto done) { store.ListUids(kGroup, limit, std::move(done)); });
}

std::vector<std::pair<std::string, SeqId>> Due(StoreHarness& h, int before,
                                               std::int32_t limit = 100) {
  std::vector<std::pair<std::string, SeqId>> found;
  for (const DueRecord& due : h.MustAsk<std::vector<DueRecord>>([=](Store& store, auto done) {
         store.ListDue(std::nullopt, At(before), limit, std::move(done));
       })) {
    found.emplace_back(due.topic.ToString(), due.seq);
  }
  return found;
}

std::vector<ReactionRecord> Reactions(StoreHarness& h, ReactionQuery query) {
  return h.MustAsk<std::vector<ReactionRecord>>(
      [=](Store& store, auto done) { store.ListReactions(query, std::move(done)); });
}

std::vector<std::string> Signs(StoreHarness& h, ReactionQuery query) {
  std::vector<std::string> signs;
  for (const ReactionRecord& one : Reactions(h, std::move(query))) signs.push_back(one.sign);
  return signs;
}

PutReaction React(SeqId seq, model::UserId user, std::string sign, int created) {
  return {{kGroup, seq, user, std::move(sign), At(created)}};
}

void MakeGroup(StoreHarness& h) {
  h.MustWrite({PutTopic{MakeTopic(kGroup)}, AppendMessage{MakeMessage(kGroup, 1)}});
  h.MustWrite({AppendMessage{MakeMessage(kGroup, 2)}});
  h.MustWrite({AppendMessage{MakeMessage(kGroup, 3)}});
}

const std::string kName = kGroup.ToString();

TEST_CASE("the uid of a publication is stored with its message or not at all") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  MakeGroup(h);
  h.MustWrite({AppendMessage{MakeMessage(kGroup, 4)}, PutUid{{kGroup, 4, kBob, "a-1"}},
               RaiseMarks{kGroup, kBob, false, 4, 4}});
  CHECK(absl::IsAborted(
      h.Write({AppendMessage{MakeMessage(kGroup, 4)}, PutUid{{kGroup, 9, kBob, "a-9"}}})));
  h.MustWrite({AppendMessage{MakeMessage(kGroup, 5)}, PutUid{{kGroup, 5, kAnn, "a-1"}}});
  h.Reopen();
  const std::vector<UidRecord> uids = Uids(h);
  REQUIRE(uids.size() == 2);
  CHECK(uids[0].seq == 5);
  CHECK(uids[0].user == kAnn);
  CHECK(uids[1].seq == 4);
  CHECK(uids[1].user == kBob);
  CHECK(uids[1].uid == "a-1");
  CHECK(uids[1].topic == kGroup);
  CHECK(Uids(h, 1).size() == 1);
  h.MustWrite({EraseUids{kGroup, 4}});
  REQUIRE(Uids(h).size() == 1);
  CHECK(Uids(h)[0].seq == 5);
}

TEST_CASE("a uid outlives its message, but not its topic") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  MakeGroup(h);
  h.MustWrite({PutUid{{kGroup, 3, kBob, "a-1"}}});
  h.MustWrite({PutDeletion{MakeDeletion(kGroup, model::UserId::Nobody(), 1, {{1, 4}})}});
  CHECK(Uids(h).size() == 1);
  h.MustWrite({EraseTopic{kGroup}});
  CHECK(Uids(h).empty());
}

TEST_CASE("messages come due in order of time, over all topics") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  MakeGroup(h);
  h.MustWrite({PutTopic{MakeTopic(kChat)}, AppendMessage{MakeMessage(kChat, 1)},
               PutDue{{kChat, 1, At(20)}}, PutDue{{kGroup, 3, At(10)}}});
  h.MustWrite({PutDue{{kGroup, 1, At(30)}}, PutDue{{kGroup, 2, At(10)}}});
  h.Reopen();
  CHECK(Due(h, 10).empty());
  CHECK(Due(h, 11) == decltype(Due(h, 0)){{kName, 2}, {kName, 3}});
  CHECK(Due(h, 31) ==
        decltype(Due(h, 0)){{kName, 2}, {kName, 3}, {kChat.ToString(), 1}, {kName, 1}});
  CHECK(Due(h, 31, 1).size() == 1);
  h.MustWrite({PutDue{{kGroup, 2, At(40)}}});
  CHECK(Due(h, 11) == decltype(Due(h, 0)){{kName, 3}});
}

TEST_CASE("what is deleted for everybody is due no more, and has no reactions") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  MakeGroup(h);
  h.MustWrite({PutDue{{kGroup, 1, At(1)}}, PutDue{{kGroup, 2, At(1)}}, React(1, kAnn, "+", 1),
               React(2, kAnn, "+", 1)});
  h.MustWrite({PutDeletion{MakeDeletion(kGroup, kAnn, 1, {{1, 3}})}});
  CHECK(Due(h, 9).size() == 2);
  CHECK(Reactions(h, {kGroup, {}}).size() == 2);
  h.MustWrite({PutDeletion{MakeDeletion(kGroup, model::UserId::Nobody(), 2, {{1, 2}})}});
  CHECK(Due(h, 9) == decltype(Due(h, 0)){{kName, 2}});
  REQUIRE(Reactions(h, {kGroup, {}}).size() == 1);
  CHECK(Reactions(h, {kGroup, {}})[0].seq == 2);
  h.MustWrite({React(1, kAnn, "+", 2), React(9, kAnn, "+", 2)});
  CHECK(Reactions(h, {kGroup, {}}).size() == 1);
  h.MustWrite({EraseTopic{kGroup}});
  CHECK(Due(h, 9).empty());
  CHECK(Reactions(h, {kGroup, {}}).empty());
}

TEST_CASE("a user has each sign once on a message") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  MakeGroup(h);
  h.MustWrite({React(2, kBob, "\xf0\x9f\x91\x8d", 5), React(2, kAnn, "-", 3)});
  h.MustWrite({React(2, kBob, "\xf0\x9f\x91\x8d", 6), React(1, kBob, "+", 9)});
  h.Reopen();
  const std::vector<ReactionRecord> all = Reactions(h, {kGroup, {}});
  REQUIRE(all.size() == 3);
  CHECK(all[0].seq == 1);
  CHECK(all[1].sign == "-");
  CHECK(all[2].seq == 2);
  CHECK(all[2].user == kBob);
  CHECK(all[2].sign == "\xf0\x9f\x91\x8d");
  CHECK(all[2].created == At(6));
  CHECK(all[2].topic == kGroup);
  CHECK(Signs(h, {kGroup, {{1, 2}, {3, 9}}}) == std::vector<std::string>{"+"});
  CHECK(Signs(h, {kGroup, {}, 2}) == std::vector<std::string>{"+", "-"});
  h.MustWrite({EraseReaction{{kGroup, 2, kBob, "\xf0\x9f\x91\x8d", {}}}});
  CHECK(Signs(h, {kGroup, {{2, 3}}}) == std::vector<std::string>{"-"});
  h.MustWrite({PutUser{MakeUser(kBob)}, EraseUser{kBob}});
  CHECK(Signs(h, {kGroup, {}}) == std::vector<std::string>{"-"});
}

TEST_CASE("nothing is kept beside messages of a topic that is not there") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({PutUid{{kGroup, 1, kBob, "a"}}, PutDue{{kGroup, 1, At(1)}}, React(1, kBob, "+", 1),
               EraseUids{kGroup, 5}, EraseReaction{{kGroup, 1, kBob, "+", {}}}});
  h.MustWrite({PutTopic{MakeTopic(kGroup)}});
  CHECK(Uids(h).empty());
  CHECK(Due(h, 9).empty());
  CHECK(Reactions(h, {kGroup, {}}).empty());
}

}  // namespace
}  // namespace molva::test
