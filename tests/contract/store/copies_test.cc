// Copies of whole stores: from any of those on SQL to any of them.
#include <algorithm>
#include <utility>

#include "store/copies.h"
#include "tests/contract/store/harness.h"

namespace molva::test {
namespace {

using namespace store;  // the changes, named in every line

constexpr std::size_t kFewBytes = 300;  // a few records
constexpr std::size_t kManyBytes = 1 << 20;

using Ways = std::vector<std::pair<Make, Make>>;
const Ways kAllWays = {{Make::kSqlite, Make::kSqlite},
                       {Make::kSqlite, Make::kPostgres},
                       {Make::kPostgres, Make::kSqlite},
                       {Make::kPostgres, Make::kPostgres}};

// Something of everything.
void Fill(StoreHarness& h) {
  UserRecord bob = MakeUser(kBob, {"basic:bob"});
  bob.last_seen = std::nullopt;
  h.MustWrite({PutUser{MakeUser(kAnn, {"basic:ann", "travel"})}, PutUser{bob},
               PutUser{MakeUser(kCid)}, PutTopic{MakeTopic(kGroup, {"flowers"})},
               PutTopic{MakeTopic(kChat)}});
  h.MustWrite({PutSubscription{MakeSubscription(kGroup, kAnn)},
               PutSubscription{MakeSubscription(kGroup, kBob)},
               PutSubscription{MakeSubscription(kChat, kCid)}});
  Batch messages;
  for (model::SeqId seq = 1; seq <= 30; ++seq) {
    messages.push_back(AppendMessage{MakeMessage(kGroup, seq, seq % 2 == 0 ? kAnn : kBob), 1});
  }
  h.MustWrite(std::move(messages));
  h.MustWrite({AppendMessage{MakeMessage(kChat, 1, kCid), 7}});
  h.MustWrite({PutDeletion{MakeDeletion(kGroup, model::UserId::Nobody(), 1, {{3, 5}, {9, 10}})},
               PutDeletion{MakeDeletion(kGroup, kAnn, 2, {{20, 22}})}});
  h.MustWrite({PutAuth{MakeAuth("ann", kAnn)}, PutAuth{MakeAuth("bob", kBob)}});
  h.MustWrite({PutValue{"plain", "text"}, PutValue{"bytes", std::string("\0\xff\n", 3)},
               PutValue{"nothing", ""}});
  h.MustWrite({EraseUser{kCid}});
}

std::vector<std::string> AllRecords(StoreHarness& h, std::size_t max_bytes = kManyBytes) {
  std::vector<std::string> all;
  auto source = h.plugin().StartExport("");
  INFO(source.status().ToString());
  REQUIRE(source.ok());
  for (;;) {
    const auto records = (*source)->Read(max_bytes);
    INFO(records.status().ToString());
    REQUIRE(records.ok());
    if (records->empty()) return all;
    all.insert(all.end(), records->begin(), records->end());
  }
}

// The order within a table is each store's own.
std::vector<std::string> Sorted(std::vector<std::string> records) {
  std::sort(records.begin(), records.end());
  return records;
}

// Copies up to `batches`; whether that was all.
bool CopySome(StoreHarness& from, StoreHarness& to, int batches) {
  std::string place;
  const auto sink = to.plugin().StartImport(&place);
  INFO(sink.status().ToString());
  REQUIRE(sink.ok());
  const auto source = from.plugin().StartExport(place);
  REQUIRE(source.ok());
  for (int i = 0; i < batches; ++i) {
    const auto records = (*source)->Read(kFewBytes);
    REQUIRE(records.ok());
    if (records->empty()) {
      const absl::Status end = (*sink)->Finish();
      INFO(end.ToString());
      REQUIRE(end.ok());
      return true;
    }
    const absl::Status written = (*sink)->Write(*records);
    INFO(written.ToString());
    REQUIRE(written.ok());
  }
  return false;
}

TEST_CASE("a copy has all that its original has") {
  const auto way = GENERATE(from_range(kAllWays));
  StoreHarness from(way.first);
  StoreHarness to(way.second);
  Fill(from);
  REQUIRE(CopySome(from, to, 1000));
  to.Reopen();
  CHECK(Sorted(AllRecords(to)) == Sorted(AllRecords(from)));
  CHECK(to.Seqs({kGroup, kAnn, {}, 100}) == from.Seqs({kGroup, kAnn, {}, 100}));
  CHECK(to.Topic(kGroup)->subscriber_count == from.Topic(kGroup)->subscriber_count);
  CHECK(to.Value("bytes") == from.Value("bytes"));
  CHECK(to.ByTags({{{"travel"}}, {}, {}, 10}).size() == 1);
  // And goes on as its original would.
  CHECK(absl::IsAborted(to.Write({AppendMessage{MakeMessage(kGroup, 30), 1}})));
  to.MustWrite({AppendMessage{MakeMessage(kGroup, 31), 1}});
  const auto other = model::TopicName::Group(78);
  to.MustWrite({PutTopic{MakeTopic(other)}, AppendMessage{MakeMessage(other, 1), 1}});
  CHECK(to.Seqs({other, kBob, {}, 10}) == std::vector<model::SeqId>{1});
  CHECK(to.Seqs({kGroup, kBob, {}, 1}) == std::vector<model::SeqId>{31});
}

TEST_CASE("a copy that was broken off goes on where it stood") {
  const auto way = GENERATE(from_range(kAllWays));
  StoreHarness from(way.first);
  StoreHarness to(way.second);
  Fill(from);
  CHECK(to.Value(kImportKey) == std::nullopt);
  int rounds = 1;
  for (; !CopySome(from, to, 2); ++rounds) {
    REQUIRE(rounds < 1000);
    to.Reopen();
    CHECK(to.Value(kImportKey).has_value());
  }
  CHECK(rounds > 5);
  to.Reopen();
  CHECK(to.Value(kImportKey) == std::nullopt);
  CHECK(Sorted(AllRecords(to)) == Sorted(AllRecords(from, kFewBytes)));
}

TEST_CASE("a store that has anything is not filled") {
  const auto make = GENERATE(Make::kSqlite, Make::kPostgres);
  StoreHarness to(make);
  to.MustWrite({PutValue{"key", "value"}});
  std::string place;
  CHECK(absl::IsAlreadyExists(to.plugin().StartImport(&place).status()));
  CHECK(to.Value("key") == "value");
  CHECK(to.Value(kImportKey) == std::nullopt);
}

TEST_CASE("what is no record is refused, and nothing of its batch is kept") {
  const auto make = GENERATE(Make::kSqlite, Make::kPostgres);
  StoreHarness from(Make::kSqlite);
  from.MustWrite({PutValue{"key", "value"}, PutValue{"other", "value"}});
  const std::vector<std::string> records = AllRecords(from);
  REQUIRE(records.size() == 2);
  StoreHarness to(make);
  std::string place;
  const auto sink = to.plugin().StartImport(&place);
  REQUIRE(sink.ok());
  std::vector<std::string> rubbish = {"", "\5value", "\5money\0", std::string(1, '\xff')};
  for (std::size_t size = 0; size < records[0].size(); ++size) {
    rubbish.push_back(records[0].substr(0, size));
  }
  rubbish.push_back(records[0] + "x");
  for (const std::string& one : rubbish) {
    CHECK_FALSE((*sink)->Write({records[1], one}).ok());
  }
  CHECK_FALSE((*sink)->Write({records[0], records[0]}).ok());
  CHECK(AllRecords(to).empty());
  CHECK((*sink)->Write(records).ok());
  CHECK(AllRecords(to).size() == 2);
  for (const char* place_of_nothing : {"x", "\5value"}) {
    CHECK_FALSE(to.plugin().StartExport(place_of_nothing).ok());
  }
}

TEST_CASE("an export has what was there when it began, whatever is written meanwhile") {
  const auto make = GENERATE(Make::kSqlite, Make::kPostgres);
  StoreHarness h(make);
  Fill(h);
  const std::vector<std::string> before = AllRecords(h);
  auto source = h.plugin().StartExport("");
  REQUIRE(source.ok());
  std::vector<std::string> all;
  for (model::SeqId seq = 31;; ++seq) {
    const auto records = (*source)->Read(kFewBytes);
    REQUIRE(records.ok());
    if (records->empty()) break;
    all.insert(all.end(), records->begin(), records->end());
    h.MustWrite({AppendMessage{MakeMessage(kGroup, seq), 1},
                 PutValue{"new " + std::to_string(seq), "value"}});
  }
  CHECK(all == before);
  CHECK(AllRecords(h).size() > before.size());
}

TEST_CASE("a store that was built for an older contract makes no copies, and says so") {
  StoreHarness h(Make::kElder);
  CHECK(absl::IsUnimplemented(h.plugin().StartExport("").status()));
}

}  // namespace
}  // namespace molva::test
