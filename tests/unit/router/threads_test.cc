// The router between real threads: three shards, sessions on each, one group.
#include <chrono>
#include <future>
#include <set>
#include <thread>

#include "base/strings.h"
#include "router/router.h"
#include "runtime/asio_shard.h"
#include "runtime/blocking_pool.h"
#include "session/session_host.h"
#include "tests/support/catch.h"
#include "tests/support/mailbox.h"
#include "tests/support/memory_store.h"
#include "wire/json_decoder.h"
#include "wire/json_encoder.h"

namespace molva::router {
namespace {

constexpr int kShards = 3;
constexpr int kClientsPerShard = 2;
constexpr int kClients = kShards * kClientsPerShard;
constexpr int kMessagesEach = 40;

// A client. Thread: its shard's.
class Client final : public session::Connection {
 public:
  session::SendResult Send(const model::PacketPtr& packet, session::Urgency) override {
    if (const auto* data = std::get_if<model::Data>(&packet->packet())) {
      seen.push_back(data->seq);
    } else if (const auto* ctrl = std::get_if<model::Ctrl>(&packet->packet())) {
      if (ctrl->code == 202) acknowledged.push_back(model::FindField(ctrl->params, "seq")->text);
      if (ctrl->id == "sub") topic = ctrl->topic;
      codes.push_back(ctrl->code);
    }
    // What a transport does: several threads ask for the one rendering.
    bytes += packet->In(model::WireForm::kWebSocket, Render).bytes.size();
    return session::SendResult::kQueued;
  }
  void Close(session::CloseReason) override {}
  void PauseReading() override {}
  void ResumeReading() override {}

  static model::Frame Render(const model::Packet& packet) {
    model::Frame frame;
    wire::EncodeJson(packet, frame.bytes);
    return frame;
  }

  std::unique_ptr<session::ConnectionHandler> session;
  std::string topic;
  std::vector<int> codes;
  std::vector<model::SeqId> seen;
  std::vector<std::string> acknowledged;
  std::size_t bytes = 0;
};

// A node of three threads over one disk.
class ThreadedNode {
 public:
  ThreadedNode() {
    limits_.requests_per_second = 0;
    std::vector<runtime::Shard*> shards;
    std::vector<store::Store*> stores;
    for (int i = 0; i < kShards; ++i) {
      shards_.push_back(std::make_unique<runtime::AsioShard>(i));
      shards.push_back(shards_.back().get());
      stores_.push_back(std::make_unique<test::MemoryStore>(*shards_.back(), disk_));
      stores.push_back(stores_.back().get());
    }
    set_ = runtime::ShardSet(shards);
    const std::vector<topic::PeerPort*> peers(stores.size(), &peers_);
    std::vector<topic::Services> services;
    for (int i = 0; i < kShards; ++i) {
      gates_.push_back(
          std::make_unique<test::ShardGate>(*shards_[Index(i)], *stores_[Index(i)], validation_));
      services.push_back({gates_.back()->credentials});
    }
    router_ = std::make_unique<Router>(set_, stores, topic_limits_, names_, peers, services,
                                       std::vector<std::string>{});
    for (int i = 0; i < kShards; ++i) {
      parts_.push_back(std::make_unique<Part>(*gates_[Index(i)], router_->at(i), *this));
    }
    for (const auto& shard : shards_) shard->Start();
  }
  ~ThreadedNode() {
    for (const auto& shard : shards_) shard->Stop();
  }

  // Runs `act` on the shard of client `i` and waits for what it returns.
  template <typename Act>
  auto With(int i, Act act) {
    std::packaged_task<decltype(act(clients_[0]))()> task([&] { return act(clients_[Index(i)]); });
    auto result = task.get_future();
    shards_[Index(i % kShards)]->Post([&task] { task(); });
    return result.get();
  }
  void Connect(int i) {
    With(i, [&](Client& client) {
      client.session = parts_[Index(i % kShards)]->host.Accept(client, {});
      return 0;
    });
  }
  void Send(int i, const std::string& json) {
    With(i, [&](Client& client) {
      wire::JsonDecoder decoder{wire::DecodeLimits{}};
      client.session->OnRequest(decoder.DecodeCopy(json));
      return 0;
    });
  }
  void Disconnect(int i) {
    With(i, [](Client& client) {
      client.session->OnClosed();
      client.session.reset();
      return 0;
    });
  }

 private:
  struct Part {
    Part(test::ShardGate& gate, ShardRouter& router, ThreadedNode& node)
        : env{router,      gate.authenticator, node.limits_,     node.info_,   node.topic_limits_,
              node.names_, gate.credentials,   gate.reset_codes, node.traffic_},
          host(env) {}
    session::SessionEnv env;
    session::SessionHost host;
  };

  static std::size_t Index(int i) { return static_cast<std::size_t>(i); }

  std::shared_ptr<test::MemoryDisk> disk_ = std::make_shared<test::MemoryDisk>();
  topic::Limits topic_limits_;
  session::Limits limits_;
  session::TrafficGate traffic_{{}, 1};
  session::ServerInfo info_;
  names::NameBook names_;
  topic::NoPeers peers_;  // without state: all threads may share it
  std::vector<std::unique_ptr<runtime::AsioShard>> shards_;
  runtime::ShardSet set_{{}};
  std::vector<std::unique_ptr<test::MemoryStore>> stores_;
  runtime::BlockingPool pool_{{}};
  test::ValidationBench validation_{pool_};
  std::vector<std::unique_ptr<test::ShardGate>> gates_;
  std::unique_ptr<Router> router_;
  std::vector<std::unique_ptr<Part>> parts_;
  std::vector<Client> clients_ = std::vector<Client>(kClients);
};

// Asks until `holds`, for half a minute at most.
template <typename Holds>
bool Eventually(Holds holds) {
  for (int i = 0; i < 6'000; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

void LogIn(ThreadedNode& node, int i) {
  node.Connect(i);
  node.Send(i, R"({"hi":{"ver":"0.25"}})");
  node.Send(i, R"({"acc":{"user":"new","scheme":"basic","login":true,"secret":")" +
                   base::EncodeBase64("user" + std::to_string(i) + ":secret") + R"("}})");
  node.Send(i, R"({"sub":{"topic":"me"}})");
  REQUIRE(Eventually(
      [&] { return node.With(i, [](Client& client) { return client.codes.size() == 3; }); }));
}

std::string Subscribe(ThreadedNode& node, int i, const std::string& topic) {
  node.Send(i, R"({"sub":{"id":"sub","topic":")" + topic + R"("}})");
  const auto name = [&] { return node.With(i, [](Client& client) { return client.topic; }); };
  REQUIRE(Eventually([&] { return !name().empty(); }));
  return name();
}

TEST_CASE("six sessions on three threads see every message of a group in one order",
          "[router][threads]") {
  ThreadedNode node;
  for (int i = 0; i < kClients; ++i) LogIn(node, i);
  const std::string group = Subscribe(node, 0, "new1");
  for (int i = 1; i < kClients; ++i) REQUIRE(Subscribe(node, i, group) == group);
  for (int message = 0; message < kMessagesEach; ++message) {
    for (int i = 0; i < kClients; ++i) {
      node.Send(i, R"({"pub":{"id":"p","topic":")" + group + R"(","content":"x"}})");
      node.Send(i, R"({"note":{"topic":")" + group + R"(","what":"kp"}})");
    }
  }
  constexpr int kAll = kClients * kMessagesEach;
  std::set<std::string> numbers;
  for (int i = 0; i < kClients; ++i) {
    REQUIRE(Eventually([&] {
      return node.With(i, [](Client& client) {
        return client.seen.size() >= kAll && client.acknowledged.size() >= kMessagesEach;
      });
    }));
    const auto seen = node.With(i, [](Client& client) { return client.seen; });
    REQUIRE(seen.size() == kAll);
    for (int n = 0; n < kAll; ++n) REQUIRE(seen[static_cast<std::size_t>(n)] == n + 1);
    const auto acknowledged = node.With(i, [](Client& client) { return client.acknowledged; });
    numbers.insert(acknowledged.begin(), acknowledged.end());
  }
  CHECK(numbers.size() == kAll);
  for (int i = 0; i < kClients; ++i) node.Disconnect(i);
}

TEST_CASE("sessions that come and go on other threads leave the topic usable",
          "[router][threads]") {
  ThreadedNode node;
  for (int i = 0; i < kClients; ++i) LogIn(node, i);
  const std::string group = Subscribe(node, 0, "new1");
  for (int round = 0; round < 10; ++round) {
    for (int i = 1; i < kClients; ++i) {
      node.Send(i, R"({"sub":{"topic":")" + group + R"("}})");
      node.Send(i, R"({"pub":{"topic":")" + group + R"(","content":"x"}})");
      node.Send(i, R"({"leave":{"topic":")" + group + R"("}})");
    }
    node.Send(0, R"({"pub":{"id":"p","topic":")" + group + R"(","content":"y"}})");
  }
  for (int i = 1; i < kClients; ++i) node.Disconnect(i);  // some in the middle of a sub
  REQUIRE(Eventually([&] {
    return node.With(0, [](Client& client) { return client.acknowledged.size() == 10; });
  }));
  const auto seen = node.With(0, [](Client& client) { return client.seen; });
  CHECK(std::is_sorted(seen.begin(), seen.end()));
  CHECK(std::set(seen.begin(), seen.end()).size() == seen.size());
  node.Disconnect(0);
}

}  // namespace
}  // namespace molva::router
