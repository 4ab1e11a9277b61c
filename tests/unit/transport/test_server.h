// A listener on real shards whose sessions do what the test says.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "runtime/asio_shard.h"
#include "tests/support/catch.h"
#include "transport/listener.h"

namespace molva::transport {

// A ctrl with nothing but an id and a code.
inline model::PacketPtr MakeReply(const std::string& id, int code = 200) {
  model::Ctrl ctrl;
  ctrl.id = id;
  ctrl.code = code;
  return model::Share(ctrl);
}
inline std::string ReplyText(const std::string& id, int code = 200) {
  return "{\"ctrl\":{\"id\":\"" + id + "\",\"code\":" + std::to_string(code) +
         ",\"ts\":\"1970-01-01T00:00:00Z\"}}";
}

// Waits for what another thread brings about.
inline bool Eventually(const std::function<bool()>& condition) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

// What the sessions of a test do, and what became of them. The functions run on shards.
struct Behaviour {
  using Request = absl::StatusOr<model::Request>;

  std::function<void(session::Connection&)> on_accept = [](session::Connection&) {};
  // The default answers each request with its id, 200 if it was good and 400 if not.
  std::function<void(session::Connection&, const Request&)> on_request =
      [](session::Connection& connection, const Request& request) {
        connection.Send(MakeReply(request.ok() ? request->id : "bad", request.ok() ? 200 : 400),
                        session::Urgency::kReply);
      };
  std::atomic<bool> accepts = true;
  std::atomic<int> accepted = 0;
  std::atomic<int> closed = 0;
  std::atomic<int> destroyed = 0;
  std::atomic<int> requests = 0;
};

class TestSession final : public session::ConnectionHandler {
 public:
  TestSession(Behaviour& behaviour, session::Connection& connection)
      : behaviour_(behaviour), connection_(connection) {}
  ~TestSession() override { ++behaviour_.destroyed; }
  void OnRequest(absl::StatusOr<model::Request> request) override {
    ++behaviour_.requests;
    behaviour_.on_request(connection_, request);
  }
  void OnClosed() override { ++behaviour_.closed; }

 private:
  Behaviour& behaviour_;
  session::Connection& connection_;
};

class TestAcceptor final : public session::ConnectionAcceptor {
 public:
  explicit TestAcceptor(Behaviour& behaviour) : behaviour_(behaviour) {}
  std::unique_ptr<session::ConnectionHandler> Accept(session::Connection& connection,
                                                     session::ConnectionInfo info) override {
    if (!behaviour_.accepts || info.remote_address != "127.0.0.1") return nullptr;
    ++behaviour_.accepted;
    behaviour_.on_accept(connection);
    return std::make_unique<TestSession>(behaviour_, connection);
  }

 private:
  Behaviour& behaviour_;
};

// Runs from construction to destruction, which shuts the listener down.
class TestServer {
 public:
  explicit TestServer(ListenOptions options = {}, int shards = 1) {
    options.address = "127.0.0.1:0";
    options.is_valid_api_key = [](std::string_view key) { return key == "good"; };
    std::vector<Listener::Place> places;
    for (int i = 0; i < shards; ++i) {
      shards_.push_back(std::make_unique<runtime::AsioShard>(i));
      places.push_back({shards_.back().get(), &acceptor_});
    }
    auto opened = Listener::Open(std::move(options), places);
    REQUIRE(opened.ok());
    listener_ = *std::move(opened);
    for (auto& shard : shards_) shard->Start();
  }
  // Start is separate so that the test can set the behaviour first.
  void Start() { listener_->Start(); }
  ~TestServer() {
    listener_->Shutdown(absl::ZeroDuration());
    for (auto& shard : shards_) shard->Stop();
    listener_.reset();
  }

  std::uint16_t port() const { return listener_->port(); }
  Listener& listener() { return *listener_; }
  runtime::AsioShard& shard() { return *shards_.front(); }

  Behaviour behaviour;

 private:
  TestAcceptor acceptor_{behaviour};
  std::vector<std::unique_ptr<runtime::AsioShard>> shards_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace molva::transport
