// Shards, the thread that calls, and a plugin: everything real, in one process.
#include "remote_plugin/plugins.h"

#include <fmt/core.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <molva/v1/plugin.grpc.pb.h>

#include <atomic>
#include <future>
#include <mutex>

#include "runtime/asio_shard.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::remote_plugin {
namespace {

namespace v1 = molva::v1;

// Refuses what says "no", hears of messages.
class Censor final : public v1::Plugin::Service {
 public:
  grpc::Status FireHose(grpc::ServerContext*, const v1::ClientReq* request,
                        v1::ServerResp* answer) override {
    ++asked;
    if (request->msg().pub().content() != "\"no\"") return grpc::Status::OK;
    answer->set_status(v1::RESP_CODE_RESPOND);
    answer->mutable_srvmsg()->mutable_ctrl()->set_code(403);
    return grpc::Status::OK;
  }
  grpc::Status Message(grpc::ServerContext*, const v1::MessageEvent* event, v1::Unused*) override {
    const std::lock_guard lock(mutex);
    heard.push_back(event->msg().topic() + fmt::format(" {}", event->msg().seq_id()));
    if (heard.size() == expected) all_heard.set_value();
    return grpc::Status::OK;
  }

  std::atomic<int> asked{0};
  std::mutex mutex;
  std::vector<std::string> heard;
  std::size_t expected = 0;
  std::promise<void> all_heard;
};

class World {
 public:
  explicit World(Censor& censor, const std::string& more = "") {
    const std::string socket = folder_ / "censor.sock";
    grpc::ServerBuilder builder;
    builder.AddListeningPort("unix:" + socket, grpc::InsecureServerCredentials());
    builder.RegisterService(&censor);
    server_ = builder.BuildAndStart();
    absl::StatusOr<PluginOptions> options =
        ParseOptions("censor", fmt::format(R"({{"address":"unix://{}","timeout_ms":60000,)"
                                           R"("fire_hose":"pub","message":"grp"{}}})",
                                           socket, more));
    REQUIRE(options.ok());
    plugins_ = std::make_unique<Plugins>(std::vector{*std::move(options)},
                                         Plugins::Env{shards, names_, wire::DecodeLimits{}});
    plugins_->Start();
    one_.Start();
    other_.Start();
  }
  ~World() {
    one_.Stop();
    other_.Stop();
    plugins_->Stop();
    server_->Shutdown();
  }
  Plugins& plugins() { return *plugins_; }

 private:
  test::TemporaryFolder folder_;
  const names::NameBook names_;
  runtime::AsioShard one_{0};
  runtime::AsioShard other_{1};

 public:
  runtime::ShardSet shards{{&one_, &other_}};

 private:
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Plugins> plugins_;
};

model::Request Saying(const std::string& content) {
  model::Request request;
  request.id = "7";
  request.body = model::Pub{"grpA", false, {}, {content}};
  return request;
}

TEST_CASE("requests of several shards are judged, each answer comes back to its shard",
          "[remote_plugin]") {
  constexpr int kEach = 500;
  Censor censor;
  World world(censor, R"(,"calls_at_once":32)");  // the others wait for their turn
  std::atomic<int> passed{0}, refused{0}, left{2 * kEach};
  std::promise<void> done;
  for (int index = 0; index < 2; ++index) {
    runtime::Shard& shard = world.shards.at(index);
    session::RequestFilter* const filter = world.plugins().request_filter(index);
    REQUIRE(filter != nullptr);
    CHECK(filter->Wants(Saying("1")));
    shard.Post([&, filter] {
      for (int i = 0; i < kEach; ++i) {
        filter->Judge({}, Saying(i % 2 == 0 ? "\"no\"" : "\"yes\""),
                      [&](session::RequestFilter::Verdict verdict) {
                        if (std::holds_alternative<model::Request>(verdict)) ++passed;
                        if (const auto* reply = std::get_if<model::Packet>(&verdict)) {
                          refused += std::get<model::Ctrl>(*reply).id == "7";
                        }
                        if (--left == 0) done.set_value();
                      });
      }
    });
  }
  done.get_future().wait();
  CHECK(passed == kEach);
  CHECK(refused == kEach);
  CHECK(censor.asked == 2 * kEach);
  world.plugins().Stop();  // the last one is counted behind its answer
  const PluginStats& stats = world.plugins().stats()[0].stats;
  const auto& calls = stats.calls[static_cast<std::size_t>(Method::kFireHose)];
  CHECK(calls[static_cast<std::size_t>(Outcome::kOk)] == 2 * kEach);
}

TEST_CASE("events are told in the order of their commits", "[remote_plugin]") {
  constexpr int kMessages = 300;
  Censor censor;
  censor.expected = kMessages;
  World world(censor);
  runtime::Shard& shard = world.shards.at(0);
  store::WriteTap* const tap = world.plugins().write_tap(0);
  REQUIRE(tap != nullptr);
  shard.Post([&] {
    for (int i = 1; i <= kMessages; ++i) {
      store::MessageRecord message;
      message.topic = model::TopicName::Group(1);
      message.seq = i;
      store::Written done = tap->Watch({store::AppendMessage{message}}, [](const absl::Status&) {});
      done(absl::OkStatus());
      // A batch that failed is nobody's business.
      tap->Watch({store::AppendMessage{message}},
                 [](const absl::Status&) {})(absl::AbortedError("lost its place"));
    }
  });
  censor.all_heard.get_future().wait();
  const std::lock_guard lock(censor.mutex);
  REQUIRE(censor.heard.size() == kMessages);
  for (std::size_t i = 0; i < kMessages; ++i) {
    CHECK(censor.heard[i].ends_with(fmt::format(" {}", i + 1)));
  }
}

TEST_CASE("who asks nothing costs nothing", "[remote_plugin]") {
  Censor censor;
  World world(censor);
  CHECK(world.plugins().search_filter(0) == nullptr);
  CHECK_FALSE(world.plugins().request_filter(0)->Wants(model::Request{}));
  bool is_done = false;
  store::Written done = world.plugins().write_tap(1)->Watch(
      {store::PutValue{"k", "v"}}, [&](const absl::Status&) { is_done = true; });
  done(absl::OkStatus());
  CHECK(is_done);
}

TEST_CASE("plugins of a node that never starts go quietly", "[remote_plugin]") {
  runtime::AsioShard shard(0);
  const runtime::ShardSet shards{{&shard}};
  const names::NameBook names;
  absl::StatusOr<PluginOptions> options =
      ParseOptions("x", R"({"address":"unix:///nowhere","fire_hose":"pub"})");
  REQUIRE(options.ok());
  Plugins plugins({*std::move(options)}, {shards, names, wire::DecodeLimits{}});
  bool is_answered = false;
  plugins.request_filter(0)->Judge(
      {}, Saying("1"), [&](const session::RequestFilter::Verdict&) { is_answered = true; });
  plugins.Stop();
  CHECK_FALSE(is_answered);
}

TEST_CASE("stopping leaves nothing of what is under way", "[remote_plugin]") {
  for (int round = 0; round < 5; ++round) {
    Censor censor;
    World world(censor);
    session::RequestFilter* const filter = world.plugins().request_filter(0);
    std::promise<void> begun;
    world.shards.at(0).Post([&] {
      for (int i = 0; i < 100; ++i) {
        filter->Judge({}, Saying("1"), [](const session::RequestFilter::Verdict&) {});
      }
      begun.set_value();
    });
    begun.get_future().wait();
    world.plugins().Stop();
    CHECK(censor.asked <= 100);
  }
}

}  // namespace
}  // namespace molva::remote_plugin
