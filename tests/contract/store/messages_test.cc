// Messages: appends and their fence, deletions, ranges.
#include "tests/contract/store/harness.h"

namespace molva::test {
namespace {

using namespace store;  // the changes, named in every line
using Seqs = std::vector<model::SeqId>;

// A store with the group and `count` messages in it.
void Fill(StoreHarness& h, int count) {
  Batch batch = {PutTopic{MakeTopic(kGroup)}};
  for (int seq = 1; seq <= count; ++seq) batch.push_back(AppendMessage{MakeMessage(kGroup, seq)});
  h.MustWrite(std::move(batch));
}

TEST_CASE("messages come back whole, newest first, also after reopening") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  Fill(h, 3);
  MessageRecord plain = MakeMessage(kGroup, 4, model::UserId::Nobody());
  plain.head.clear();
  h.MustWrite({AppendMessage{plain}});
  h.Reopen();
  const auto messages = h.Messages({kGroup, kBob, {}, 10});
  REQUIRE(messages.size() == 4);
  CHECK(messages[0].seq == 4);
  CHECK(messages[0].head.empty());
  CHECK(messages[0].from == model::UserId::Nobody());
  const MessageRecord second = MakeMessage(kGroup, 2);
  CHECK(messages[2].topic == kGroup);
  CHECK(messages[2].seq == 2);
  CHECK(messages[2].created == second.created);
  CHECK(messages[2].from == kAnn);
  CHECK(messages[2].head == second.head);
  CHECK(messages[2].content == second.content);
  CHECK(h.Topic(kGroup)->seq == 4);
  CHECK(h.Topic(kGroup)->touched == At(104));
}

TEST_CASE("an append out of sequence is refused and changes nothing") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  Fill(h, 2);
  for (const int seq : {0, 1, 2, 4, -1}) {
    CHECK(absl::IsAborted(h.Write({AppendMessage{MakeMessage(kGroup, seq)}})));
  }
  CHECK(absl::IsAborted(h.Write({AppendMessage{MakeMessage(kChat, 1)}})));  // no such topic
  CHECK(h.Seqs({kGroup, kAnn, {}, 10}) == Seqs{2, 1});
  h.MustWrite({AppendMessage{MakeMessage(kGroup, 3)}});
}

TEST_CASE("a former owner is fenced off by the epoch, also after reopening") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  Fill(h, 1);
  h.MustWrite({AppendMessage{MakeMessage(kGroup, 2), 5}});
  CHECK(absl::IsAborted(h.Write({AppendMessage{MakeMessage(kGroup, 3), 4}})));
  h.Reopen();
  CHECK(absl::IsAborted(h.Write({AppendMessage{MakeMessage(kGroup, 3), 4}})));
  h.MustWrite({AppendMessage{MakeMessage(kGroup, 3), 5}});
  CHECK(h.Topic(kGroup)->seq == 3);
}

TEST_CASE("a batch that fails takes its own appends back, and only those") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  Fill(h, 1);
  std::vector<std::future<absl::Status>> waits;
  waits.push_back(h.WriteLater({AppendMessage{MakeMessage(kGroup, 2)}}));
  waits.push_back(
      h.WriteLater({AppendMessage{MakeMessage(kGroup, 3), 9}, RaiseMarks{kGroup, kAnn, false, 3, 3},
                    AppendMessage{MakeMessage(kGroup, 5)}}));
  waits.push_back(h.WriteLater({AppendMessage{MakeMessage(kGroup, 3)}}));
  CHECK(StoreHarness::Wait(std::move(waits[0])).ok());
  CHECK(absl::IsAborted(StoreHarness::Wait(std::move(waits[1]))));
  CHECK(StoreHarness::Wait(std::move(waits[2])).ok());
  CHECK(h.Seqs({kGroup, kAnn, {}, 10}) == Seqs{3, 2, 1});
}

TEST_CASE("ranges and a limit choose messages") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  Fill(h, 20);
  CHECK(h.Seqs({kGroup, kAnn, {}, 3}) == Seqs{20, 19, 18});
  CHECK(h.Seqs({kGroup, kAnn, {{2, 4}, {7, 8}, {19, 100}}, 10}) == Seqs{20, 19, 7, 3, 2});
  CHECK(h.Seqs({kGroup, kAnn, {{2, 4}, {7, 8}, {19, 100}}, 3}) == Seqs{20, 19, 7});
  CHECK(h.Seqs({kGroup, kAnn, {{30, 40}}, 10}).empty());
  CHECK(h.Seqs({kGroup, kAnn, {}, 0}).empty());
  CHECK(h.Seqs({kChat, kAnn, {}, 10}).empty());
}

TEST_CASE("messages are read page by page without a gap or a repeat") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  Fill(h, 47);
  Seqs seen;
  for (model::SeqId before = 48; before > 1;) {
    const Seqs page = h.Seqs({kGroup, kAnn, {{1, before}}, 10});
    REQUIRE_FALSE(page.empty());
    seen.insert(seen.end(), page.begin(), page.end());
    before = page.back();
  }
  Seqs expected;
  for (int seq = 47; seq >= 1; --seq) expected.push_back(seq);
  CHECK(seen == expected);
}

TEST_CASE("a deletion for everybody wipes messages and keeps their numbers") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  Fill(h, 10);
  h.MustWrite({PutDeletion{MakeDeletion(kGroup, {}, 1, {{2, 4}, {10, 11}})}});
  CHECK(h.Seqs({kGroup, kBob, {}, 20}) == Seqs{9, 8, 7, 6, 5, 4, 1});
  CHECK(h.Topic(kGroup)->seq == 10);
  CHECK(h.Topic(kGroup)->del_id == 1);
  CHECK(h.Topic(kGroup)->touched == At(110));
  h.Reopen();
  CHECK(absl::IsAborted(h.Write({AppendMessage{MakeMessage(kGroup, 10)}})));
  h.MustWrite({AppendMessage{MakeMessage(kGroup, 11)}});
}

TEST_CASE("a deletion for one user hides messages from that user alone") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  Fill(h, 6);
  h.MustWrite({PutSubscription{MakeSubscription(kGroup, kAnn)},
               PutSubscription{MakeSubscription(kGroup, kBob)}});
  h.MustWrite({PutDeletion{MakeDeletion(kGroup, kBob, 1, {{1, 3}, {5, 6}})},
               PutDeletion{MakeDeletion(kGroup, kBob, 2, {{2, 4}})}});
  CHECK(h.Seqs({kGroup, kBob, {}, 20}) == Seqs{6, 4});
  CHECK(h.Seqs({kGroup, kBob, {{1, 5}}, 20}) == Seqs{4});
  CHECK(h.Seqs({kGroup, kAnn, {}, 20}) == Seqs{6, 5, 4, 3, 2, 1});
  CHECK(h.Subscription(kGroup, kBob)->del_id == 2);
  CHECK(h.Subscription(kGroup, kAnn)->del_id == 0);
  CHECK(h.Topic(kGroup)->del_id == 0);
  h.MustWrite({EraseUserDeletions{kGroup, kBob}});
  CHECK(h.Seqs({kGroup, kBob, {}, 20}).size() == 6);
}

TEST_CASE("deletions are listed in order, one's own and everybody's") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  Fill(h, 9);
  h.MustWrite({PutDeletion{MakeDeletion(kGroup, kBob, 3, {{1, 2}})},
               PutDeletion{MakeDeletion(kGroup, {}, 1, {{3, 4}, {6, 8}})},
               PutDeletion{MakeDeletion(kGroup, kAnn, 2, {{5, 6}})}});
  const auto ids = [&h](DeletionQuery query) {
    std::vector<std::int32_t> found;
    for (const DeletionRecord& deletion : h.Deletions(query)) found.push_back(deletion.del_id);
    return found;
  };
  using Ids = std::vector<std::int32_t>;
  CHECK(ids({kGroup, kBob}) == Ids{1, 3});
  CHECK(ids({kGroup, kAnn}) == Ids{1, 2});
  CHECK(ids({kGroup, kBob, 2}) == Ids{3});
  CHECK(ids({kGroup, kBob, 0, 3}) == Ids{1});
  CHECK(ids({kGroup, kBob, 0, 0, 1}) == Ids{1});
  const auto all = h.Deletions({kGroup, kBob});
  CHECK(all[0].user == model::UserId::Nobody());
  CHECK(all[0].ranges == std::vector<model::SeqRange>{{3, 4}, {6, 8}});
  CHECK(all[1].user == kBob);
}

TEST_CASE("a topic erased hard leaves nothing and may begin anew") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  Fill(h, 3);
  h.MustWrite({PutSubscription{MakeSubscription(kGroup, kAnn)},
               AppendMessage{MakeMessage(kGroup, 4), 8},
               PutDeletion{MakeDeletion(kGroup, {}, 1, {{1, 2}})}});
  h.MustWrite({EraseTopic{kGroup, true}});
  CHECK_FALSE(h.Topic(kGroup).has_value());
  CHECK_FALSE(h.Subscription(kGroup, kAnn).has_value());
  CHECK(h.Seqs({kGroup, kAnn, {}, 10}).empty());
  CHECK(h.Deletions({kGroup, kAnn}).empty());
  CHECK(absl::IsAborted(h.Write({AppendMessage{MakeMessage(kGroup, 5), 8}})));
  Fill(h, 1);
  CHECK(h.Topic(kGroup)->subscriber_count == 0);
}

TEST_CASE("a topic erased softly is marked, with its subscriptions, and keeps its messages") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  Fill(h, 2);
  SubscriptionRecord gone = MakeSubscription(kGroup, kBob);
  gone.deleted = At(70);
  h.MustWrite({PutSubscription{MakeSubscription(kGroup, kAnn)}, PutSubscription{gone}});
  h.MustWrite({EraseTopic{kGroup, false}});
  CHECK(h.Topic(kGroup)->state == State::kDeleted);
  CHECK(h.Topic(kGroup)->subscriber_count == 0);
  CHECK(h.Subscription(kGroup, kAnn)->deleted.has_value());
  CHECK(h.Subscription(kGroup, kBob)->deleted == At(70));
  CHECK(h.Seqs({kGroup, kAnn, {}, 10}) == Seqs{2, 1});
}

}  // namespace
}  // namespace molva::test
