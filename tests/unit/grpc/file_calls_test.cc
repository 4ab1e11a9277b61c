// Files over gRPC where clients stand still and the medium fails; the rest is in tests/grpc.
#include <grpcpp/create_channel.h>
#include <molva/v1/node.grpc.pb.h>

#include <chrono>
#include <memory>
#include <thread>

#include "base/strings.h"
#include "media/files.h"
#include "model/fault.h"
#include "runtime/asio_shard.h"
#include "runtime/blocking_pool.h"
#include "session/doorkeeper.h"
#include "tests/support/memory_store.h"
#include "tests/unit/grpc/echo_node.h"
#include "tests/unit/media/failing_medium.h"

namespace molva::test {
namespace {

namespace v1 = molva::v1;

constexpr std::size_t kLongFile = 16 * 1024 * 1024;

// Knows everybody.
class OpenDoorkeeper final : public session::Doorkeeper {
 public:
  explicit OpenDoorkeeper(runtime::Shard& shard) : shard_(shard) {}
  void Identify(session::Claim, Known done) const override {
    shard_.Post([done = std::move(done)]() mutable { done(model::UserId::FromBits(7)); });
  }
  std::string OwnerOf(model::UserId, std::string_view) const override { return "ann"; }

 private:
  runtime::Shard& shard_;
};

// A listener with one shard and files in memory.
class FileNode {
 public:
  explicit FileNode(transport::Limits limits = {}) {
    transport::GrpcOptions options;
    options.address = "127.0.0.1:0";
    options.limits = limits;
    auto listener = transport::GrpcListener::Open(
        options, {{&shard_, &acceptor_, {&files_, &doorkeeper_, {}}}});
    REQUIRE(listener.ok());
    listener_ = *std::move(listener);
    shard_.Start();
    listener_->Start();
    const std::string address = fmt::format("127.0.0.1:{}", listener_->port());
    // A client who takes no more than he reads.
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    stub = v1::Node::NewStub(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
  }
  ~FileNode() {
    Shutdown();
    pool_.Stop();
    shard_.Stop();
  }

  void Shutdown() { listener_->Shutdown(absl::Seconds(2)); }
  int live() const { return gate_.live(); }

  // A file of kLongFile bytes; its URL.
  std::string Keep() {
    grpc::ClientContext context;
    v1::FileUpResp answer;
    const auto writer = stub->LargeFileReceive(&context, &answer);
    v1::FileUpReq element;
    element.mutable_auth()->set_scheme("any");
    element.set_content(std::string(kLongFile / 128, 'x'));
    for (int i = 0; i < 128; ++i) REQUIRE(writer->Write(element));
    writer->WritesDone();
    REQUIRE(writer->Finish().ok());
    REQUIRE(answer.code() == 200);
    return answer.meta().name();
  }
  std::unique_ptr<grpc::ClientReader<v1::FileDownResp>> Fetch(grpc::ClientContext& context,
                                                              const std::string& url) {
    v1::FileDownReq request;
    request.mutable_auth()->set_scheme("any");
    request.set_uri(url);
    return stub->LargeFileServe(&context, request);
  }

  std::unique_ptr<v1::Node::Stub> stub;
  FailingMedium medium;

 private:
  runtime::AsioShard shard_{0};
  MemoryStore store_{shard_};
  EchoTally tally_;
  EchoAcceptor acceptor_{shard_, tally_, 10};
  media::TransferGate gate_{{}};
  runtime::BlockingPool pool_{{.name = "files", .threads = 1, .max_queued = 100}};
  const media::SharedParts shared_{medium, pool_, gate_, 64 * 1024 * 1024};
  media::Files files_{shard_, store_, shared_};
  OpenDoorkeeper doorkeeper_{shard_};
  std::unique_ptr<transport::GrpcListener> listener_;
};

template <typename Condition>
bool Eventually(Condition condition) {
  for (int i = 0; i < 4000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

transport::Limits Impatient() {
  transport::Limits limits;
  limits.read_timeout = absl::Milliseconds(500);
  return limits;
}

TEST_CASE("a sender who stands still is told so, and what he sent goes", "[grpc]") {
  FileNode node(Impatient());
  grpc::ClientContext context;
  v1::FileUpResp answer;
  const auto writer = node.stub->LargeFileReceive(&context, &answer);
  SECTION("before he says who he is") {}
  SECTION("in the middle of the file") {
    v1::FileUpReq element;
    element.set_id("7");
    element.mutable_auth()->set_scheme("any");
    element.set_content(std::string(1000, 'x'));
    REQUIRE(writer->Write(element));
  }
  CHECK(writer->Finish().ok());
  CHECK(answer.code() == 408);
  CHECK(Eventually([&] { return node.live() == 0; }));
}

TEST_CASE("a reader who stands still is cut off", "[grpc]") {
  FileNode node(Impatient());
  const std::string url = node.Keep();
  grpc::ClientContext context;
  const auto reader = node.Fetch(context, url);
  v1::FileDownResp element;
  REQUIRE(reader->Read(&element));
  CHECK(Eventually([&] { return node.live() == 0; }));
  std::size_t got = element.content().size();
  while (reader->Read(&element)) got += element.content().size();
  CHECK(got < kLongFile);
  CHECK_FALSE(reader->Finish().ok());
}

TEST_CASE("a file that cannot be read to its end does not seem whole", "[grpc]") {
  FileNode node;
  const std::string url = node.Keep();
  v1::FileDownResp element;
  SECTION("because it cannot be opened: one element says so") {
    node.medium.FailAt(FailingMedium::Step::kOpen);
    grpc::ClientContext context;
    const auto reader = node.Fetch(context, url);
    REQUIRE(reader->Read(&element));
    CHECK(element.code() == 503);
    CHECK_FALSE(reader->Read(&element));
    CHECK(reader->Finish().ok());
  }
  SECTION("because the medium fails on the way: the status says so") {
    node.medium.CutFiles(kLongFile / 2);
    grpc::ClientContext context;
    const auto reader = node.Fetch(context, url);
    std::size_t got = 0;
    while (reader->Read(&element)) got += element.content().size();
    CHECK(got <= kLongFile / 2);
    CHECK(reader->Finish().error_code() == grpc::StatusCode::UNAVAILABLE);
  }
  CHECK(Eventually([&] { return node.live() == 0; }));
}

TEST_CASE("a transfer may end while the server shuts down", "[grpc]") {
  FileNode node;
  const std::string url = node.Keep();
  grpc::ClientContext context;
  const auto reader = node.Fetch(context, url);
  v1::FileDownResp element;
  REQUIRE(reader->Read(&element));
  std::thread stopping([&] { node.Shutdown(); });
  std::size_t got = element.content().size();
  while (reader->Read(&element)) got += element.content().size();
  CHECK(got == kLongFile);
  CHECK(reader->Finish().ok());
  stopping.join();
}

}  // namespace
}  // namespace molva::test
