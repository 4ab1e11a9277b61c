// One shard with real sessions over a connection that records what the session does to it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/strings.h"
#include "router/router.h"
#include "session/session_host.h"
#include "tests/support/mailbox.h"
#include "tests/support/memory_store.h"
#include "tests/support/sim_world.h"
#include "wire/json_decoder.h"
#include "wire/json_encoder.h"

namespace molva::session {

// Takes down everything; how much it has room for is the test's to say.
class RecordedConnection final : public Connection {
 public:
  SendResult Send(const model::PacketPtr& packet, Urgency urgency) override {
    if (answer == SendResult::kOverflow) return answer;
    std::string text = urgency == Urgency::kReply ? "reply " : "fanout ";
    wire::EncodeJson(packet->packet(), text);
    sent.push_back(std::move(text));
    return answer;
  }
  void Close(CloseReason reason) override { closed.push_back(reason); }
  void PauseReading() override { ++pauses; }
  void ResumeReading() override { ++resumes; }

  SendResult answer = SendResult::kQueued;
  std::vector<std::string> sent;
  std::vector<CloseReason> closed;
  int pauses = 0;
  int resumes = 0;
};

// A node of one shard on a virtual clock.
class SessionBench {
 public:
  // Without a domain it does not federate.
  explicit SessionBench(const std::string& domain = "")
      : names_(domain.empty() ? std::make_unique<names::NameBook>()
                              : std::make_unique<names::NameBook>(domain, "a secret of the test")) {
    store_ = std::make_unique<test::MemoryStore>(shard_);
    gate_ = std::make_unique<test::ShardGate>(shard_, *store_, validation_);
    router_ = std::make_unique<router::Router>(
        shards_, std::vector<store::Store*>{store_.get()}, topic_limits_, *names_,
        std::vector<topic::PeerPort*>{&peers_}, std::vector<topic::Services>{{gate_->credentials}},
        std::vector<std::string>{"basic"});
    env_ = std::make_unique<SessionEnv>(
        SessionEnv{router_->at(0), gate_->authenticator, limits, info_, topic_limits_, *names_,
                   gate_->credentials, gate_->reset_codes, traffic});
    host_ = std::make_unique<SessionHost>(*env_);
    limits.requests_per_second = 0;
  }

  std::unique_ptr<ConnectionHandler> Accept(Connection& connection) {
    return host_->Accept(connection, {});
  }
  // Hands `json` to the session as its transport would; the world stands still.
  void Post(ConnectionHandler& handler, std::string_view json) {
    handler.OnRequest(decoder_.DecodeCopy(std::string(json)));
  }
  void Send(ConnectionHandler& handler, std::string_view json) {
    Post(handler, json);
    world.Settle();
  }
  // Says hi and registers `name`, logging in.
  void LogIn(ConnectionHandler& handler, const std::string& name);
  void FilterBy(RequestFilter& filter) { env_->filter = &filter; }
  SessionHost& host() { return *host_; }
  test::MemoryDisk& disk() { return store_->disk(); }

  test::SimWorld world{1};
  Limits limits;
  TrafficGate traffic{{}, 1};

 private:
  test::SimShard& shard_ = world.AddShard(0);
  runtime::ShardSet shards_{{&shard_}};
  topic::Limits topic_limits_;
  ServerInfo info_;
  const std::unique_ptr<const names::NameBook> names_;
  topic::NoPeers peers_;
  wire::JsonDecoder decoder_{wire::DecodeLimits{}};
  std::unique_ptr<test::MemoryStore> store_;
  test::ValidationBench validation_{world};
  std::unique_ptr<test::ShardGate> gate_;
  std::unique_ptr<router::Router> router_;
  std::unique_ptr<SessionEnv> env_;
  std::unique_ptr<SessionHost> host_;
};

inline void SessionBench::LogIn(ConnectionHandler& handler, const std::string& name) {
  Send(handler, R"({"hi":{"ver":"0.25"}})");
  Send(handler, R"({"acc":{"user":"new","scheme":"basic","login":true,"secret":")" +
                    base::EncodeBase64(name + ":secret") + R"("}})");
}

}  // namespace molva::session
