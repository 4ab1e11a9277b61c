// How many durable messages a second a storage plugin takes, at a number of outstanding batches.
// Arguments: the plugin, an empty directory or, in braces, the configuration of the plugin,
// outstanding batches, messages, peers (may be left out).
//
// Messages of 300 bytes go round 100 topics, one message and one raised mark to a batch, as a
// conversation makes them. With peers a batch also has the event that states the message, as its
// home makes it, and a delivery to each of so many peers; at the end all events are read back.
// Prints messages/s and the latency of a batch; entries/s.
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <future>
#include <string>
#include <vector>

#include "plugin/library.h"
#include "plugin/store_adapter.h"
#include "runtime/asio_shard.h"
#include "store/store.h"

namespace molva::test {
namespace {

constexpr int kTopics = 100;
constexpr int kBodyBytes = 200;
const std::string kContent = "\"" + std::string(298, 'm') + "\"";

// Thread: the shard's.
class Load {
 public:
  Load(runtime::Shard& shard, store::Store& store, int outstanding, int messages, int peers)
      : shard_(shard), store_(store), outstanding_(outstanding), peers_(peers), left_(messages) {
    latencies_.reserve(static_cast<std::size_t>(messages));
  }
  void Start() {
    for (int i = 0; i < kTopics; ++i) {
      store::TopicRecord topic;
      topic.name = NameOf(i);
      store::SubscriptionRecord subscription;
      subscription.topic = topic.name;
      subscription.user = kUser;
      store_.Write({store::PutTopic{topic}, store::PutSubscription{subscription}},
                   [this](absl::Status status) {
                     if (!status.ok()) std::exit(2);
                     if (++topics_ready_ == kTopics) Begin();
                   });
    }
  }
  std::promise<absl::Duration>& finished() { return finished_; }
  // Reads the events of all topics; the promise gets their number.
  void ReadBack() { ReadFrom(0, 0); }
  std::promise<int>& read_back() { return read_back_; }
  absl::Duration Percentile(double share) {
    const auto at = static_cast<std::size_t>(share * static_cast<double>(latencies_.size() - 1));
    std::nth_element(latencies_.begin(), latencies_.begin() + static_cast<std::ptrdiff_t>(at),
                     latencies_.end());
    return latencies_[at];
  }

 private:
  static constexpr auto kUser = model::UserId::FromBits(1);
  static model::TopicName NameOf(int i) {
    return model::TopicName::Group(static_cast<std::uint64_t>(i) + 1);
  }
  void Begin() {
    start_ = absl::Now();
    for (int i = 0; i < outstanding_; ++i) WriteOne();
  }
  void WriteOne() {
    if (left_ == 0) return;
    --left_;
    const int topic = next_++ % kTopics;
    store::MessageRecord message;
    message.topic = NameOf(topic);
    message.seq = ++seqs_[topic];
    message.created = shard_.Now();
    message.from = kUser;
    message.content = {kContent};
    store::RaiseMarks marks{message.topic, kUser, false, message.seq, message.seq};
    ++waiting_;
    store::Batch batch;
    if (peers_ > 0) AddEvent(message, batch);
    batch.push_back(store::AppendMessage{std::move(message)});
    batch.push_back(marks);
    store_.Write(std::move(batch), [this, sent = absl::Now()](absl::Status status) {
      if (!status.ok()) std::exit(3);
      latencies_.push_back(absl::Now() - sent);
      --waiting_;
      WriteOne();
      if (left_ == 0 && waiting_ == 0) finished_.set_value(absl::Now() - start_);
    });
  }

  void AddEvent(const store::MessageRecord& message, store::Batch& batch) const {
    store::AppendEntry append;
    append.entry.topic = message.topic;
    append.entry.n = message.seq;
    append.entry.seq = message.seq;
    append.entry.body.assign(kBodyBytes, 'b');
    append.hash.assign(32, 'h');
    batch.push_back(std::move(append));
    for (int i = 0; i < peers_; ++i) {
      batch.push_back(store::RequestDelivery{
          {fmt::format("peer{}.example", i), message.topic, store::kChainLane, message.seq, 0}});
    }
  }
  void ReadFrom(int topic, std::int64_t after) {
    if (topic == kTopics) return read_back_.set_value(entries_read_);
    store_.ListEntries({NameOf(topic), store::kChainLane, after},
                       [this, topic](absl::StatusOr<std::vector<store::StoredEntry>> found) {
                         if (!found.ok()) std::exit(6);
                         if (found->empty()) return ReadFrom(topic + 1, 0);
                         entries_read_ += static_cast<int>(found->size());
                         ReadFrom(topic, found->back().entry.n);
                       });
  }

  runtime::Shard& shard_;
  store::Store& store_;
  const int outstanding_;
  const int peers_;
  int left_;
  int waiting_ = 0;
  int next_ = 0;
  int topics_ready_ = 0;
  int seqs_[kTopics] = {};
  absl::Time start_;
  std::vector<absl::Duration> latencies_;
  std::promise<absl::Duration> finished_;
  int entries_read_ = 0;
  std::promise<int> read_back_;
};

void PrintReadBack(Load& load, runtime::Shard& shard) {
  const absl::Time start = absl::Now();
  shard.Post([&load] { load.ReadBack(); });
  const int entries = load.read_back().get_future().get();
  fmt::print("read back {} entries with messages, {:.0f} entries/s\n", entries,
             entries / absl::ToDoubleSeconds(absl::Now() - start));
}

int Run(const std::string& plugin_path, const std::string& place, int outstanding, int messages,
        int peers) {
  const auto library = plugin::Library::Load(plugin_path, MOLVA_KIND_STORE);
  if (!library.ok()) return 4;
  auto opened = plugin::StorePlugin::Open(
      *library, place.starts_with('{') ? place : "{\"path\": \"" + place + "/bench.db\"}");
  if (!opened.ok()) return 5;
  runtime::AsioShard shard(0);
  const auto store = (*opened)->ForShard(shard);
  Load load(shard, *store, outstanding, messages, peers);
  shard.Start();
  const std::clock_t cpu = std::clock();
  shard.Post([&load] { load.Start(); });
  const absl::Duration took = load.finished().get_future().get();
  const double cpu_us = static_cast<double>(std::clock() - cpu) * 1e6 / CLOCKS_PER_SEC;
  if (peers > 0) PrintReadBack(load, shard);
  opened->reset();
  shard.Stop();
  fmt::print("outstanding {:5} {:8.0f} messages/s  p50 {:.2f} ms  p99 {:.2f} ms  cpu {:.1f} us\n",
             outstanding, messages / absl::ToDoubleSeconds(took),
             absl::ToDoubleMilliseconds(load.Percentile(0.5)),
             absl::ToDoubleMilliseconds(load.Percentile(0.99)), cpu_us / messages);
  return 0;
}

}  // namespace
}  // namespace molva::test

int main(int argc, char** argv) {
  if (argc != 5 && argc != 6) return 1;
  return molva::test::Run(argv[1], argv[2], std::max(1, std::atoi(argv[3])),
                          std::max(1, std::atoi(argv[4])), argc == 6 ? std::atoi(argv[5]) : 0);
}
