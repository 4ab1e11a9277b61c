// By which words messages are found, which have none yet, and which are old.
#include "tests/contract/store/harness.h"

namespace molva::test {
namespace {

using namespace store;  // the changes, named in every line
using model::SeqId;
using Seqs = std::vector<SeqId>;

Phrase Whole(std::vector<std::string> words) { return {std::move(words), Phrase::End::kWhole}; }
Phrase Prefix(std::vector<std::string> words) { return {std::move(words), Phrase::End::kPrefix}; }

Seqs SeqsOf(const std::vector<MessageRecord>& messages) {
  Seqs seqs;
  for (const MessageRecord& message : messages) seqs.push_back(message.seq);
  return seqs;
}

Seqs Found(StoreHarness& h, WordQuery query) {
  query.topic = kGroup;
  return SeqsOf(h.MustAsk<std::vector<MessageRecord>>(
      [=](Store& store, auto done) { store.FindWords(query, std::move(done)); }));
}

WordQuery For(std::vector<Phrase> phrases) {
  WordQuery query;
  query.phrases = std::move(phrases);
  return query;
}

WordQuery ForReader(model::UserId reader, std::vector<Phrase> phrases) {
  WordQuery query = For(std::move(phrases));
  query.reader = reader;
  return query;
}

Seqs Found(StoreHarness& h, std::vector<Phrase> phrases) {
  return Found(h, For(std::move(phrases)));
}

Seqs Unindexed(StoreHarness& h, TopicScope scope, std::int32_t limit = 100) {
  return SeqsOf(h.MustAsk<std::vector<MessageRecord>>(
      [=](Store& store, auto done) { store.ListUnindexed(scope, limit, std::move(done)); }));
}

Seqs Old(StoreHarness& h, std::optional<model::TopicName> topic, int before,
         std::int32_t limit = 100) {
  Seqs seqs;
  for (const DueRecord& due : h.MustAsk<std::vector<DueRecord>>([=](Store& store, auto done) {
         store.ListOld(topic, At(before), limit, std::move(done));
       })) {
    seqs.push_back(due.seq);
  }
  return seqs;
}

PutWords Words(SeqId seq, std::string words, SeqId replaces = 0) {
  return {{kGroup, seq, std::move(words), replaces}};
}

MessageRecord By(model::UserId author, SeqId seq) {
  MessageRecord message = MakeMessage(kGroup, seq);
  message.from = author;
  return message;
}

PutDeletion Wipe(std::int32_t id, std::vector<model::SeqRange> ranges) {
  return {MakeDeletion(kGroup, model::UserId::Nobody(), id, std::move(ranges))};
}

// Messages 1 to `last` of Ann, and what comes between.
void MakeGroup(StoreHarness& h, SeqId last) {
  h.MustWrite({PutTopic{MakeTopic(kGroup)}});
  for (SeqId seq = 1; seq <= last; ++seq) h.MustWrite({AppendMessage{By(kAnn, seq)}});
}

TEST_CASE("a message is found by all of its words, by words in a row, by how a word begins") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  MakeGroup(h, 3);
  h.MustWrite({Words(1, "the budget of the federation"), Words(2, "federation of budget"),
               Words(3, "京大 大学 学 \" AND"), EndWords{kGroup, 3}});
  h.Reopen();
  CHECK(Found(h, {Whole({"budget"})}) == Seqs{2, 1});
  CHECK(Found(h, {Whole({"budget"}), Whole({"the"})}) == Seqs{1});
  CHECK(Found(h, {Whole({"of", "budget"})}) == Seqs{2});
  CHECK(Found(h, {Whole({"budg"})}).empty());
  CHECK(Found(h, {Prefix({"budg"})}) == Seqs{2, 1});
  CHECK(Found(h, {Prefix({"the", "fed"})}) == Seqs{1});
  CHECK(Found(h, {Whole({"京大", "大学"})}) == Seqs{3});
  CHECK(Found(h, {Prefix({"京"})}) == Seqs{3});
  CHECK(Found(h, {Whole({"\" OR the"})}).empty());
  WordQuery query = For({Whole({"budget"})});
  query.limit = 1;
  CHECK(Found(h, query) == Seqs{2});
  query.ranges = {{1, 2}};
  CHECK(Found(h, query) == Seqs{1});
}

TEST_CASE("messages wait to be indexed from when they are stored until that is said to be over") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  MakeGroup(h, 3);
  CHECK(Unindexed(h, kGroup) == Seqs{1, 2, 3});
  CHECK(Unindexed(h, AnyTopic{}, 2) == Seqs{1, 2});
  h.MustWrite({Words(1, "one"), EndWords{kGroup, 2}});
  CHECK(Unindexed(h, kGroup) == Seqs{3});
  h.MustWrite({Words(2, "late"), EndWords{kGroup, 1}});
  CHECK(Found(h, {Whole({"late"})}).empty());
  h.Reopen();
  CHECK(Unindexed(h, AnyTopic{}) == Seqs{3});
  h.MustWrite({Words(3, "three"), EndWords{kGroup, 3}});
  CHECK(Unindexed(h, kGroup).empty());
  h.MustWrite({AppendMessage{By(kAnn, 4)}});
  CHECK(Unindexed(h, kGroup) == Seqs{4});
}

TEST_CASE("what was deleted is not found, for everybody or for the one who hid it") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  MakeGroup(h, 3);
  h.MustWrite({Words(1, "word"), Words(2, "word"), Words(3, "word"), EndWords{kGroup, 3}});
  h.MustWrite({Wipe(1, {{2, 3}})});
  CHECK(Found(h, {Whole({"word"})}) == Seqs{3, 1});
  h.MustWrite({PutDeletion{MakeDeletion(kGroup, kBob, 2, {{3, 4}})}});
  CHECK(Found(h, ForReader(kBob, {Whole({"word"})})) == Seqs{1});
  CHECK(Found(h, ForReader(kAnn, {Whole({"word"})})) == Seqs{3, 1});
}

TEST_CASE("an edit is found instead of what its author wrote before") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  MakeGroup(h, 3);
  h.MustWrite({AppendMessage{By(kBob, 4)}});
  h.MustWrite({Words(1, "word first"), Words(2, "word second", 1), Words(3, "word third", 1),
               Words(4, "word alien", 1), EndWords{kGroup, 4}});
  CHECK(Found(h, {Whole({"word"})}) == Seqs{4, 3});
  SECTION("and goes with the message whose place it has taken") {
    h.MustWrite({Wipe(1, {{1, 2}})});
    CHECK(Found(h, {Whole({"word"})}) == Seqs{4});
    h.MustWrite({AppendMessage{By(kAnn, 5)}, Words(5, "word fifth", 1), EndWords{kGroup, 5}});
    CHECK(Found(h, {Whole({"word"})}) == Seqs{4});
  }
  SECTION("not by those who hid that") {
    h.MustWrite({PutDeletion{MakeDeletion(kGroup, kBob, 1, {{1, 2}})}});
    CHECK(Found(h, ForReader(kBob, {Whole({"word"})})) == Seqs{4});
  }
}

TEST_CASE("the words of an erased topic do not come back with a new one of its name") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  constexpr SeqId kMany = 1100;  // more than are erased at once
  h.MustWrite({PutTopic{MakeTopic(kGroup)}});
  Batch batch;
  for (SeqId seq = 1; seq <= kMany; ++seq) {
    batch.emplace_back(AppendMessage{By(kAnn, seq)});
    batch.emplace_back(Words(seq, "former"));
  }
  batch.emplace_back(EndWords{kGroup, kMany});
  h.MustWrite(std::move(batch));
  CHECK(Found(h, {Whole({"former"})}).size() == 24);
  h.MustWrite({EraseTopic{kGroup}});
  CHECK(Found(h, {Whole({"former"})}).empty());
  h.MustWrite({PutTopic{MakeTopic(kGroup)}, AppendMessage{By(kAnn, 1)}});
  h.MustWrite({Words(1, "new"), EndWords{kGroup, 1}});
  CHECK(Found(h, {Whole({"former"})}).empty());
  CHECK(Found(h, {Whole({"new"})}) == Seqs{1});
}

TEST_CASE("old messages are listed from the lowest up to the first young one") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({PutTopic{MakeTopic(kGroup)}});
  for (SeqId seq = 1; seq <= 5; ++seq) {
    MessageRecord message = By(kAnn, seq);
    message.created = At(seq * 10);
    h.MustWrite({AppendMessage{message}});
  }
  CHECK(Old(h, kGroup, 30) == Seqs{1, 2});
  CHECK(Old(h, std::nullopt, 100, 3) == Seqs{1, 2, 3});
  h.MustWrite({Wipe(1, {{1, 3}})});
  CHECK(Old(h, kGroup, 45) == Seqs{3, 4});
  h.MustWrite({Wipe(2, {{4, 5}})});
  h.MustWrite({Wipe(3, {{3, 4}})});
  h.Reopen();
  CHECK(Old(h, kGroup, 100) == Seqs{5});
}

}  // namespace
}  // namespace molva::test
