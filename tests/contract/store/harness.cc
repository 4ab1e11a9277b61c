#include "tests/contract/store/harness.h"

#include <fmt/core.h>
#include <stdlib.h>

#include <atomic>

namespace molva::test {

using model::RawJson;
using model::SeqId;
using model::TopicName;
using model::UserId;

std::string FreshSchema() {
  static std::atomic<int> last{0};
  return fmt::format("t{}", ++last);
}

TempFolder::TempFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "molva_contract_XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;  // a left-over folder is no fault of the code under test
  std::filesystem::remove_all(path_, ignored);
}

StoreHarness::StoreHarness(Make make, std::string more_config)
    : make_(make),
      more_config_(std::move(more_config)),
      schema_(FreshSchema()),
      disk_(std::make_shared<MemoryDisk>()) {
  Open();
}

StoreHarness::~StoreHarness() { Close(); }

void StoreHarness::Reopen() {
  Close();
  Open();
}

void StoreHarness::Open() {
  shard_ = std::make_unique<runtime::AsioShard>(0);
  if (make_ == Make::kMemory) {
    store_ = std::make_unique<MemoryStore>(*shard_, disk_);
  } else {
    const auto library = plugin::Library::Load(LibraryOf(make_), MOLVA_KIND_STORE);
    INFO(library.status().ToString());
    REQUIRE(library.ok());
    auto opened = plugin::StorePlugin::Open(*library, ConfigJson());
    INFO(opened.status().ToString());
    REQUIRE(opened.ok());
    plugin_ = *std::move(opened);
    store_ = plugin_->ForShard(*shard_);
  }
  shard_->Start();
}

std::string StoreHarness::ConfigJson() const {
  return ConfigOf(make_, {database().string(), schema_}, more_config_);
}

// The plugin first: its last answers need the shard.
void StoreHarness::Close() {
  if (shard_ == nullptr) return;
  plugin_.reset();
  shard_->Stop();
  store_.reset();
  shard_.reset();
}

std::future<absl::Status> StoreHarness::WriteLater(store::Batch batch) {
  auto promise = std::make_shared<std::promise<absl::Status>>();
  std::future<absl::Status> future = promise->get_future();
  shard_->Post([this, batch = std::move(batch), promise]() mutable {
    store_->Write(std::move(batch),
                  [promise](absl::Status status) { promise->set_value(std::move(status)); });
  });
  return future;
}

std::optional<store::UserRecord> StoreHarness::User(UserId id) {
  return MustAsk<std::optional<store::UserRecord>>(
      [id](store::Store& store, auto done) { store.FindUser(id, std::move(done)); });
}

std::optional<store::TopicRecord> StoreHarness::Topic(TopicName name) {
  return MustAsk<std::optional<store::TopicRecord>>(
      [name](store::Store& store, auto done) { store.FindTopic(name, std::move(done)); });
}

std::optional<store::SubscriptionRecord> StoreHarness::Subscription(TopicName topic, UserId user,
                                                                    bool is_reader) {
  return MustAsk<std::optional<store::SubscriptionRecord>>([=](store::Store& store, auto done) {
    store.FindSubscription(topic, user, is_reader, std::move(done));
  });
}

std::vector<store::MessageRecord> StoreHarness::Messages(store::MessageQuery query) {
  return MustAsk<std::vector<store::MessageRecord>>(
      [query](store::Store& store, auto done) { store.ListMessages(query, std::move(done)); });
}

std::vector<SeqId> StoreHarness::Seqs(store::MessageQuery query) {
  std::vector<SeqId> seqs;
  for (const store::MessageRecord& message : Messages(std::move(query))) {
    seqs.push_back(message.seq);
  }
  return seqs;
}

std::vector<store::DeletionRecord> StoreHarness::Deletions(store::DeletionQuery query) {
  return MustAsk<std::vector<store::DeletionRecord>>(
      [query](store::Store& store, auto done) { store.ListDeletions(query, std::move(done)); });
}

std::vector<store::Contact> StoreHarness::Contacts(UserId user) {
  return MustAsk<std::vector<store::Contact>>(
      [user](store::Store& store, auto done) { store.ListContacts(user, std::move(done)); });
}

std::vector<store::Member> StoreHarness::Members(TopicName topic) {
  return MustAsk<std::vector<store::Member>>(
      [topic](store::Store& store, auto done) { store.ListMembers(topic, std::move(done)); });
}

std::optional<store::FileRecord> StoreHarness::File(model::FileId id) {
  return MustAsk<std::optional<store::FileRecord>>(
      [id](store::Store& store, auto done) { store.FindFile(id, std::move(done)); });
}

std::vector<store::FileRecord> StoreHarness::UnusedFiles(absl::Time made_before,
                                                         std::int32_t limit) {
  return MustAsk<std::vector<store::FileRecord>>([=](store::Store& store, auto done) {
    store.ListUnusedFiles(made_before, limit, std::move(done));
  });
}

std::vector<store::TagHit> StoreHarness::ByTags(store::TagQuery query) {
  return MustAsk<std::vector<store::TagHit>>(
      [query](store::Store& store, auto done) { store.FindByTags(query, std::move(done)); });
}

std::optional<store::AuthRecord> StoreHarness::Auth(std::string scheme, std::string unique) {
  return MustAsk<std::optional<store::AuthRecord>>(
      [=](store::Store& store, auto done) { store.FindAuth(scheme, unique, std::move(done)); });
}

std::optional<std::string> StoreHarness::Value(std::string key) {
  return MustAsk<std::optional<std::string>>(
      [key](store::Store& store, auto done) { store.FindValue(key, std::move(done)); });
}

std::vector<std::pair<std::string, std::string>> StoreHarness::Values(std::string prefix,
                                                                      std::int32_t limit) {
  return MustAsk<std::vector<std::pair<std::string, std::string>>>(
      [=](store::Store& store, auto done) { store.ListValues(prefix, limit, std::move(done)); });
}

std::vector<store::LaneRecord> StoreHarness::Lanes(TopicName topic) {
  return MustAsk<std::vector<store::LaneRecord>>(
      [topic](store::Store& store, auto done) { store.ListLanes(topic, std::move(done)); });
}

std::vector<store::StoredEntry> StoreHarness::Entries(store::EntryQuery query) {
  return MustAsk<std::vector<store::StoredEntry>>(
      [query](store::Store& store, auto done) { store.ListEntries(query, std::move(done)); });
}

std::vector<store::DeliveryRecord> StoreHarness::Deliveries(store::DeliveryQuery query) {
  return MustAsk<std::vector<store::DeliveryRecord>>(
      [query](store::Store& store, auto done) { store.ListDeliveries(query, std::move(done)); });
}

std::vector<store::ForeignName> StoreHarness::ForeignNames(std::string after, std::int32_t limit) {
  return MustAsk<std::vector<store::ForeignName>>([=](store::Store& store, auto done) {
    store.ListForeignNames(after, limit, std::move(done));
  });
}

absl::Time At(std::int64_t millis) { return absl::FromUnixMillis(1700000000000 + millis); }

store::UserRecord MakeUser(UserId id, std::vector<std::string> tags) {
  store::UserRecord user;
  user.id = id;
  user.created = At(1);
  user.updated = At(2);
  user.access = {model::access::kP2p, model::AccessMode::None()};
  user.last_seen = At(3);
  user.user_agent = "Agent/1.0";
  user.public_card = {R"({"fn": "Ann \u00e9"})"};
  user.trusted = {R"({"staff":true})"};
  user.tags = std::move(tags);
  return user;
}

store::TopicRecord MakeTopic(TopicName name, std::vector<std::string> tags) {
  store::TopicRecord topic;
  topic.name = name;
  topic.created = At(10);
  topic.updated = At(11);
  topic.owner = kAnn;
  topic.access = {model::access::kGroupDefault, model::AccessMode::None()};
  topic.public_card = {R"({"fn":"Group"})"};
  topic.trusted = {R"({"verified":true})"};
  topic.aux = {{"pins", {"[1,2]"}}, {"big", {"9007199254740993"}}};
  topic.tags = std::move(tags);
  return topic;
}

store::SubscriptionRecord MakeSubscription(TopicName topic, UserId user) {
  store::SubscriptionRecord subscription;
  subscription.topic = topic;
  subscription.user = user;
  subscription.created = At(20);
  subscription.updated = At(21);
  subscription.recv = 4;
  subscription.read = 3;
  subscription.want = model::access::kFull;
  subscription.given = model::access::kGroupDefault;
  subscription.private_note = {R"({"comment":"mine"})"};
  return subscription;
}

store::MessageRecord MakeMessage(TopicName topic, SeqId seq, UserId from) {
  store::MessageRecord message;
  message.topic = topic;
  message.seq = seq;
  message.created = At(100 + seq);
  message.from = from;
  message.head = {{"mime", {"\"text/x-drafty\""}}, {"n", {std::to_string(seq)}}};
  message.content = {fmt::format(R"({{"txt":"number {} with \"quotes\" and \u0000"}})", seq)};
  return message;
}

store::AuthRecord MakeAuth(std::string unique, UserId user) {
  return {"basic",
          std::move(unique),
          user,
          model::AuthLevel::kAuth,
          std::string("bytes\0\xff with zero", 17),
          At(500)};
}

store::AppendEntry MakeEntry(TopicName topic, std::string lane, std::int64_t n, SeqId seq) {
  store::AppendEntry append;
  append.entry.topic = topic;
  append.entry.lane = std::move(lane);
  append.entry.n = n;
  append.entry.body = fmt::format("body {}", n) + std::string("\0\xff", 2);
  append.entry.proof = fmt::format("proof {}", n);
  append.entry.seq = seq;
  append.hash = fmt::format("hash {}", n) + std::string("\0", 1);
  return append;
}

store::DeletionRecord MakeDeletion(TopicName topic, UserId user, std::int32_t del_id,
                                   std::vector<model::SeqRange> ranges) {
  return {topic, user, del_id, std::move(ranges)};
}

}  // namespace molva::test
