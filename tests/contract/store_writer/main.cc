// Writes to a store without end and says after each answer what was acknowledged, until it is
// killed. Arguments: the plugin, the database file, the number of the first message.
//
// Every batch appends one message and the entry that states it, and asks for its delivery; every
// second one also sets the value "last" to its number: a torn batch would show. Batches are
// pipelined.
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

#include "plugin/library.h"
#include "plugin/store_adapter.h"
#include "runtime/asio_shard.h"
#include "store/store.h"

namespace molva::test {
namespace {

constexpr int kPipelined = 20;
constexpr auto kTopic = model::TopicName::Group(77);

// One write, so that a killed writer leaves at most one incomplete line.
void Say(const std::string& line) {
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::exit(2);
}

// Thread: the shard's.
class Writer {
 public:
  Writer(store::Store& store, int next) : store_(store), next_(next) {}
  void Start() {
    if (next_ == 1) {
      store::TopicRecord topic;
      topic.name = kTopic;
      store_.Write({store::PutTopic{topic}}, [](absl::Status status) {
        if (!status.ok()) std::exit(3);
      });
    }
    for (int i = 0; i < kPipelined; ++i) WriteOne();
  }

 private:
  void WriteOne() {
    const int seq = next_++;
    store::MessageRecord message;
    message.topic = kTopic;
    message.seq = seq;
    message.from = model::UserId::FromBits(1);
    message.content = {std::to_string(seq)};
    store::AppendEntry append;
    append.entry.topic = kTopic;
    append.entry.n = seq;
    append.entry.seq = seq;
    append.entry.body = "states " + std::to_string(seq);
    append.hash = std::to_string(seq);
    store::RequestDelivery request;
    request.delivery.peer = "b.example";
    request.delivery.topic = kTopic;
    request.delivery.through = seq;
    store::Batch batch = {store::AppendMessage{message}, append, request};
    if (seq % 2 == 0) batch.push_back(store::PutValue{"last", std::to_string(seq)});
    store_.Write(std::move(batch), [this, seq](absl::Status status) {
      if (!status.ok()) std::exit(4);
      Say(std::to_string(seq) + "\n");
      WriteOne();
    });
  }

  store::Store& store_;
  int next_;
};

int Run(const std::string& plugin_path, const std::string& database, int first) {
  const auto library = plugin::Library::Load(plugin_path, MOLVA_KIND_STORE);
  if (!library.ok()) return 5;
  auto opened = plugin::StorePlugin::Open(*library, "{\"path\": \"" + database + "\"}");
  if (!opened.ok()) return 6;
  runtime::AsioShard shard(0);
  const auto store = (*opened)->ForShard(shard);
  Writer writer(*store, first);
  shard.Start();
  shard.Post([&writer] { writer.Start(); });
  for (;;) ::pause();
}

}  // namespace
}  // namespace molva::test

int main(int argc, char** argv) {
  if (argc != 4) return 1;
  return molva::test::Run(argv[1], argv[2], std::atoi(argv[3]));
}
