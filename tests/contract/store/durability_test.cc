// What a store on disk owes beyond the rules: kill -9, a full disk, another process, file modes.
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/contract/store/child_process.h"
#include "tests/contract/store/harness.h"
#include "tests/contract/store/sqlite_file.h"

namespace molva::test {
namespace {

using namespace store;  // the changes, named in every line

// Every message of the group, oldest first, read page by page.
std::vector<MessageRecord> AllMessages(StoreHarness& h) {
  std::vector<MessageRecord> all;
  for (model::SeqId low = 1;; low += 500) {
    auto page = h.Messages({kGroup, {}, {{low, low + 500}}, 500});
    if (page.empty()) return all;
    all.insert(all.end(), page.rbegin(), page.rend());
  }
}

// What stands beside `count` messages of the group: whole batches only.
void CheckBatchesAreWhole(StoreHarness& h, int count) {
  CHECK(h.Value("last") ==
        (count < 2 ? std::nullopt : std::optional(std::to_string(count / 2 * 2))));
  const auto lanes = h.Lanes(kGroup);
  REQUIRE(lanes.size() == 1);
  CHECK(lanes[0].n == count);
  CHECK(lanes[0].hash == std::to_string(count));
  CHECK(h.Deliveries({"b.example", "", ""})[0].through == count);
  std::int64_t n = 0;
  for (auto page = h.Entries({kGroup, kChainLane, n}); !page.empty();
       page = h.Entries({kGroup, kChainLane, n})) {
    for (const StoredEntry& stored : page) {
      REQUIRE(stored.entry.n == ++n);
      REQUIRE(stored.message.has_value());
      REQUIRE(stored.message->content.text == std::to_string(n));
    }
  }
  CHECK(n == count);
}

TEST_CASE("what was acknowledged before kill -9 is there, once, in order, and no batch is torn") {
  StoreHarness h(Make::kSqlite);
  int first = 1;
  for (const int lines : {1, 150, 30, 400}) {
    h.Close();
    int acknowledged = first - 1;
    {
      ChildProcess writer(
          {MOLVA_STORE_WRITER, MOLVA_STORE_SQLITE, h.database().string(), std::to_string(first)});
      for (int i = 0; i < lines; ++i) {
        const std::string line = writer.ReadLine();
        REQUIRE_FALSE(line.empty());
        acknowledged = std::stoi(line);
      }
      writer.Kill();
      for (std::string line = writer.ReadLine(); !line.empty(); line = writer.ReadLine()) {
        acknowledged = std::stoi(line);
      }
    }
    h.Open();
    const auto messages = AllMessages(h);
    REQUIRE(static_cast<int>(messages.size()) >= acknowledged);
    for (std::size_t i = 0; i < messages.size(); ++i) {
      REQUIRE(messages[i].seq == static_cast<model::SeqId>(i + 1));
      REQUIRE(messages[i].content.text == std::to_string(i + 1));
    }
    CheckBatchesAreWhole(h, static_cast<int>(messages.size()));
    first = static_cast<int>(messages.size()) + 1;
  }
}

// Makes every file of this process longer than `limit` bytes unwritable, while it lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::uintmax_t limit) {
    former_handler_ = ::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &former_) == 0);
    rlimit low = former_;
    low.rlim_cur = limit;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &low) == 0);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &former_);
    ::signal(SIGXFSZ, former_handler_);
  }

 private:
  rlimit former_{};
  sighandler_t former_handler_;
};

TEST_CASE(
    "when the disk refuses, nothing is acknowledged; when it works again, so does the store") {
  StoreHarness h(Make::kSqlite);
  h.MustWrite({PutTopic{MakeTopic(kGroup)}, AppendMessage{MakeMessage(kGroup, 1), 1}});
  {
    const std::filesystem::path log = h.database().string() + "-wal";
    const FileSizeLimit limit(std::filesystem::file_size(log));
    for (int i = 0; i < 3; ++i) {
      MessageRecord big = MakeMessage(kGroup, 2);
      big.content = {"\"" + std::string(100000, 'x') + "\""};
      CHECK(absl::IsUnavailable(h.Write({AppendMessage{big, 7}})));
      AppendEntry entry = MakeEntry(kGroup, kChainLane, 1, 2);
      entry.entry.payload = std::string(100000, 'x');
      CHECK(absl::IsUnavailable(
          h.Write({entry, RequestDelivery{{"b.example", kGroup, kChainLane, 1, 0}},
                   AppendMessage{big, 1}})));
    }
    CHECK(h.Seqs({kGroup, kAnn, {}, 10}) == std::vector<model::SeqId>{1});
  }
  // The numbers and the epoch of the failed appends were forgotten with them.
  h.MustWrite({AppendMessage{MakeMessage(kGroup, 2), 1}, MakeEntry(kGroup, kChainLane, 1, 2)});
  h.Reopen();
  CHECK(h.Lanes(kGroup)[0].n == 1);
  CHECK(h.Deliveries(DeliveryQuery{}).empty());
  CHECK(h.Seqs({kGroup, kAnn, {}, 10}) == std::vector<model::SeqId>{2, 1});
}

TEST_CASE("a batch that fails half-way is not stored, although the rules let it through") {
  StoreHarness h(Make::kSqlite);
  h.MustWrite({PutTopic{MakeTopic(kGroup)}, AppendMessage{MakeMessage(kGroup, 1)},
               MakeEntry(kGroup, kChainLane, 1, 1)});
  h.Close();
  SqliteFile(h.database())
      .Run(
          "CREATE TRIGGER refuse BEFORE INSERT ON message BEGIN"
          " SELECT raise(ABORT, 'refused'); END");
  h.Open();
  const Batch batch = {MakeEntry(kGroup, kChainLane, 2, 2),
                       RequestDelivery{{"b.example", kGroup, kChainLane, 2, 0}},
                       AppendMessage{MakeMessage(kGroup, 2)}};
  // The first finds empty caches, the second what the first left there.
  for (int attempt = 0; attempt < 2; ++attempt) CHECK(absl::IsUnavailable(h.Write(batch)));
  CHECK(h.Entries({kGroup, kChainLane}).size() == 1);
  CHECK(h.Lanes(kGroup)[0].n == 1);
  CHECK(h.Deliveries(DeliveryQuery{}).empty());
  h.Close();
  SqliteFile(h.database()).Run("DROP TRIGGER refuse");
  h.Open();
  h.MustWrite(batch);
  CHECK(h.Entries({kGroup, kChainLane}).size() == 2);
}

TEST_CASE("a database is open in one process at a time") {
  StoreHarness h(Make::kSqlite);
  const auto library = plugin::Library::Load(MOLVA_STORE_SQLITE, MOLVA_KIND_STORE);
  REQUIRE(library.ok());
  const auto second =
      plugin::StorePlugin::Open(*library, "{\"path\": \"" + h.database().string() + "\"}");
  CHECK(absl::IsUnavailable(second.status()));
  CHECK(std::string(second.status().message()).find("another process") != std::string::npos);
}

TEST_CASE("the directory and files of a database are the server's alone") {
  StoreHarness h(Make::kSqlite);
  h.MustWrite({PutValue{"key", "value"}});
  const auto mode_of = [](const std::string& path) {
    struct stat info{};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    return info.st_mode & 0777;
  };
  const std::string database = h.database().string();
  CHECK(mode_of(h.database().parent_path().string()) == 0700);
  for (const char* suffix : {"", "-wal", "-shm", ".lock"})
    CHECK(mode_of(database + suffix) == 0600);
}

TEST_CASE("a file that is no database, or of a newer server, is refused and left as it is") {
  TempFolder folder;
  const std::string path = (folder.path() / "x.db").string();
  const std::string rubbish(5000, 'r');
  std::ofstream(path) << rubbish;
  const auto library = plugin::Library::Load(MOLVA_STORE_SQLITE, MOLVA_KIND_STORE);
  REQUIRE(library.ok());
  CHECK_FALSE(plugin::StorePlugin::Open(*library, "{\"path\": \"" + path + "\"}").ok());
  std::ifstream file(path);
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == rubbish);
}

TEST_CASE("a configuration that makes no sense is refused with the name of the setting") {
  const auto library = plugin::Library::Load(MOLVA_STORE_SQLITE, MOLVA_KIND_STORE);
  REQUIRE(library.ok());
  const struct {
    const char* config;
    const char* words;
  } cases[] = {{"{}", "\"path\" is missing"},
               {R"({"path":"/tmp/x","readers":0})", "\"readers\" must be a whole number from 1"},
               {R"({"path":7})", "\"path\" must be a text"},
               {R"({"path":"/tmp/x","colour":1})", "\"colour\" is not a setting"},
               {"{", "not a JSON object"}};
  for (const auto& one : cases) {
    const auto opened = plugin::StorePlugin::Open(*library, one.config);
    CHECK(absl::IsInvalidArgument(opened.status()));
    INFO(opened.status().ToString());
    CHECK(std::string(opened.status().message()).find(one.words) != std::string::npos);
  }
}

}  // namespace
}  // namespace molva::test
