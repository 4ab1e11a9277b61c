// The arithmetic of pages in a topic that is long: MOLVA_PAGING_MESSAGES of them, a few thousand if
// nobody says, ten millions by hand. What a store answers is compared with what the numbers say.
#include <algorithm>
#include <cstdlib>
#include <deque>
#include <random>

#include "tests/contract/store/harness.h"

namespace molva::test {
namespace {

using namespace store;
using model::SeqId;

constexpr SeqId kUsualMessages = 6000;
constexpr SeqId kPeriod = 1000;          // holes come again after so many messages
constexpr SeqId kWiped[] = {17, 29};     // of each period, for everybody
constexpr SeqId kHidden[] = {500, 703};  // of each period, by Bob
constexpr SeqId kBatch = 500;
constexpr std::size_t kOutstanding = 8;
constexpr int kQuestions = 400;
constexpr std::int32_t kPage = 1000;

SeqId CountOfMessages() {
  const char* text = std::getenv("MOLVA_PAGING_MESSAGES");
  return text == nullptr ? kUsualMessages : std::atoi(text);
}

bool IsIn(SeqId seq, const SeqId (&hole)[2]) {
  return seq % kPeriod >= hole[0] && seq % kPeriod < hole[1];
}

bool IsShown(SeqId seq, model::UserId reader) {
  return !IsIn(seq, kWiped) && !(reader == kBob && IsIn(seq, kHidden));
}

void AppendAll(StoreHarness& h, SeqId count) {
  h.MustWrite({PutTopic{MakeTopic(kGroup)}, PutSubscription{MakeSubscription(kGroup, kBob)}});
  std::deque<std::future<absl::Status>> waits;
  for (SeqId first = 1; first <= count; first += kBatch) {
    Batch batch;
    for (SeqId seq = first; seq < first + kBatch && seq <= count; ++seq) {
      batch.push_back(AppendMessage{MakeMessage(kGroup, seq)});
    }
    waits.push_back(h.WriteLater(std::move(batch)));
    if (waits.size() < kOutstanding && first + kBatch <= count) continue;
    REQUIRE(StoreHarness::Wait(std::move(waits.front())).ok());
    waits.pop_front();
  }
  for (auto& wait : waits) REQUIRE(StoreHarness::Wait(std::move(wait)).ok());
}

// One deletion per hole of each user.
void MakeHoles(StoreHarness& h, SeqId count) {
  std::int32_t id = 0;
  for (SeqId period = 0; period <= count; period += kPeriod) {
    ++id;
    h.MustWrite(
        {PutDeletion{MakeDeletion(kGroup, {}, id, {{period + kWiped[0], period + kWiped[1]}})},
         PutDeletion{
             MakeDeletion(kGroup, kBob, id, {{period + kHidden[0], period + kHidden[1]}})}});
  }
}

std::vector<SeqId> Expected(const MessageQuery& query, SeqId count) {
  std::vector<model::SeqRange> ranges = query.ranges;
  if (ranges.empty()) ranges = {{1, count + 1}};
  std::vector<SeqId> seqs;
  for (auto range = ranges.rbegin(); range != ranges.rend(); ++range) {
    for (SeqId seq = std::min(range->hi - 1, count); seq >= range->low; --seq) {
      if (std::ssize(seqs) == query.limit) return seqs;
      if (IsShown(seq, query.reader)) seqs.push_back(seq);
    }
  }
  return seqs;
}

// Up to four ranges, in order, not touching; often about the ends and about holes.
std::vector<model::SeqRange> RandomRanges(std::mt19937& random, SeqId count) {
  const auto number = [&random](SeqId low, SeqId high) {
    return std::uniform_int_distribution<SeqId>(low, high)(random);
  };
  std::vector<SeqId> ends;
  for (SeqId i = 2 * number(0, 4); i > 0; --i) {
    SeqId end = number(1, count + 2);
    if (number(0, 2) == 0) end = end / kPeriod * kPeriod + kHidden[number(0, 1)] + number(-1, 1);
    if (number(0, 4) == 0) end = count + number(-2, 2);
    ends.push_back(std::max<SeqId>(end, 1));
  }
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  std::vector<model::SeqRange> ranges;
  for (std::size_t i = 0; i + 1 < ends.size(); i += 2) ranges.push_back({ends[i], ends[i + 1]});
  return ranges;
}

// All that `reader` may see, a page at a time from the newest on.
SeqId CountByPages(StoreHarness& h, model::UserId reader, SeqId count) {
  SeqId seen = 0;
  for (SeqId before = count + 1; before > 1;) {
    const MessageQuery query = {kGroup, reader, {{1, before}}, kPage};
    const std::vector<SeqId> page = h.Seqs(query);
    REQUIRE(page == Expected(query, count));
    if (page.empty()) break;
    seen += static_cast<SeqId>(page.size());
    before = page.back();
  }
  return seen;
}

TEST_CASE("pages of a long topic are what arithmetic says") {
  const SeqId count = CountOfMessages();
  StoreHarness h(GENERATE(from_range(PluginMakes())));
  AppendAll(h, count);
  MakeHoles(h, count);
  std::mt19937 random(20'261'123);
  for (int i = 0; i < kQuestions; ++i) {
    const MessageQuery query = {kGroup, i % 2 == 0 ? kAnn : kBob, RandomRanges(random, count),
                                std::uniform_int_distribution<std::int32_t>(0, kPage)(random)};
    CAPTURE(i, query.limit, query.ranges.size());
    CHECK(h.Seqs(query) == Expected(query, count));
  }
  for (const model::UserId reader : {kAnn, kBob}) {
    SeqId shown = 0;
    for (SeqId seq = 1; seq <= count; ++seq) shown += IsShown(seq, reader) ? 1 : 0;
    CHECK(CountByPages(h, reader, count) == shown);
  }
  CHECK(h.Topic(kGroup)->seq == count);
}

}  // namespace
}  // namespace molva::test
