// The gRPC door as clients see it, over real connections. Source: docs/protocol transports §8.
#include "transport/grpc/grpc_listener.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <molva/v1/node.grpc.pb.h>

#include <chrono>
#include <thread>

#include "tests/unit/grpc/echo_node.h"

namespace molva::test {
namespace {

namespace v1 = molva::v1;

// A client of molva.v1.Node with a deadline on everything.
class Client {
 public:
  explicit Client(EchoNode& node)
      : channel_(grpc::CreateChannel(node.address(), grpc::InsecureChannelCredentials())),
        stub_(v1::Node::NewStub(channel_)) {
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    stream_ = stub_->MessageLoop(&context_);
  }
  ~Client() { context_.TryCancel(); }

  bool Ask(const std::string& what, const std::string& id = "") {
    v1::ClientMsg message;
    message.mutable_get()->set_id(id);
    message.mutable_get()->mutable_query()->set_what(what);
    return stream_->Write(message);
  }
  // Reads until `packets` came; counts the batches they came in.
  std::vector<v1::ServerMsg> Read(std::size_t packets) {
    std::vector<v1::ServerMsg> read;
    v1::ServerBatch batch;
    while (read.size() < packets && stream_->Read(&batch)) {
      ++batches;
      read.insert(read.end(), batch.messages().begin(), batch.messages().end());
    }
    return read;
  }
  grpc::Status ReadToEnd() {
    v1::ServerBatch batch;
    while (stream_->Read(&batch)) {
    }
    return stream_->Finish();
  }
  grpc::ClientReaderWriter<v1::ClientMsg, v1::ServerBatch>& stream() { return *stream_; }
  void Cancel() { context_.TryCancel(); }
  v1::Node::Stub& stub() { return *stub_; }

  int batches = 0;

 private:
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Node::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::ClientMsg, v1::ServerBatch>> stream_;
};

// Waits until `condition` holds, for at most ten seconds.
template <typename Condition>
bool Eventually(Condition condition) {
  for (int i = 0; i < 2000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

TEST_CASE("a request is answered on its stream", "[grpc]") {
  EchoNode node;
  Client client(node);
  REQUIRE(client.Ask("echo", "7"));
  const auto packets = client.Read(1);
  REQUIRE(packets.size() == 1);
  CHECK(packets[0].ctrl().id() == "7");
  CHECK(packets[0].ctrl().code() == 200);
}

TEST_CASE("requests are answered in order, packets arrive in order and in batches", "[grpc]") {
  EchoNode node;
  Client client(node);
  for (int i = 0; i < 100; ++i) REQUIRE(client.Ask("echo", std::to_string(i)));
  REQUIRE(client.Ask("count:2000", "last"));
  const auto packets = client.Read(2101);
  REQUIRE(packets.size() == 2101);
  for (int i = 0; i < 100; ++i) CHECK(packets[i].ctrl().id() == std::to_string(i));
  for (int i = 0; i < 2000; ++i) CHECK(packets[100 + i].data().seq_id() == i + 1);
  CHECK(packets.back().ctrl().id() == "last");
  CHECK(client.batches < 300);
}

TEST_CASE("a packet longer than a batch arrives whole", "[grpc]") {
  EchoNode node;
  Client client(node);
  REQUIRE(client.Ask("big:1000000"));
  const auto packets = client.Read(2);
  REQUIRE(packets.size() == 2);
  CHECK(packets[0].data().content().size() == 1000002);
}

TEST_CASE("older clients get one packet per element", "[grpc]") {
  EchoNode node;
  const auto channel = grpc::CreateChannel(node.address(), grpc::InsecureChannelCredentials());
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto wait = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    REQUIRE(
        queue.AsyncNext(&tag, &ok, std::chrono::system_clock::now() + std::chrono::seconds(20)) ==
        grpc::CompletionQueue::GOT_EVENT);
    return ok;
  };
  const auto stream = stub.PrepareCall(&context, "/pbx.Node/MessageLoop", &queue);
  stream->StartCall(nullptr);
  REQUIRE(wait());
  v1::ClientMsg message;
  message.mutable_get()->mutable_query()->set_what("count:100");
  const std::string bytes = message.SerializeAsString();
  const grpc::Slice slice(bytes);
  stream->Write(grpc::ByteBuffer(&slice, 1), nullptr);
  REQUIRE(wait());
  for (int i = 1; i <= 101; ++i) {
    grpc::ByteBuffer element;
    stream->Read(&element, nullptr);
    REQUIRE(wait());
    grpc::Slice whole;
    REQUIRE(element.TrySingleSlice(&whole).ok());
    v1::ServerMsg packet;
    REQUIRE(packet.ParseFromArray(whole.begin(), static_cast<int>(whole.size())));
    CHECK((i <= 100 ? packet.data().seq_id() == i : packet.ctrl().code() == 200));
  }
  context.TryCancel();
  grpc::Status status;
  stream->Finish(&status, nullptr);
  wait();
  queue.Shutdown();
}

TEST_CASE("the end of the client's stream ends the session after its answers", "[grpc]") {
  EchoNode node;
  Client client(node);
  for (int i = 0; i < 50; ++i) REQUIRE(client.Ask("echo"));
  REQUIRE(client.stream().WritesDone());
  CHECK(client.Read(50).size() == 50);
  CHECK(client.ReadToEnd().ok());
  CHECK(Eventually([&] { return node.tally().closed == 1; }));
}

TEST_CASE("a cancelled stream ends its session", "[grpc]") {
  EchoNode node;
  {
    Client client(node);
    REQUIRE(client.Ask("echo"));
    REQUIRE(client.Read(1).size() == 1);
    client.Cancel();
  }
  CHECK(Eventually([&] { return node.tally().closed == 1; }));
}

TEST_CASE("each reason to close has its status, what was queued arrives first", "[grpc]") {
  struct Row {
    session::CloseReason reason;
    grpc::StatusCode code;
  };
  const Row rows[] = {
      {session::CloseReason::kServerShutdown, grpc::StatusCode::UNAVAILABLE},
      {session::CloseReason::kEvicted, grpc::StatusCode::PERMISSION_DENIED},
      {session::CloseReason::kSlowReader, grpc::StatusCode::RESOURCE_EXHAUSTED},
      {session::CloseReason::kFlood, grpc::StatusCode::RESOURCE_EXHAUSTED},
      {session::CloseReason::kIdle, grpc::StatusCode::DEADLINE_EXCEEDED},
  };
  EchoNode node;
  int closed = 0;
  for (const Row& row : rows) {
    Client client(node);
    REQUIRE(client.Ask("echo"));
    REQUIRE(client.Ask(fmt::format("close:{}", static_cast<int>(row.reason))));
    CHECK(client.Read(1).size() == 1);
    CHECK(client.ReadToEnd().error_code() == row.code);
    ++closed;
    CHECK(Eventually([&] { return node.tally().closed == closed; }));
  }
}

TEST_CASE("a broken packet reaches the session as malformed", "[grpc]") {
  EchoNode node;
  Client client(node);
  v1::ClientMsg message;
  message.mutable_pub()->set_content("{broken");
  REQUIRE(client.stream().Write(message));
  const auto packets = client.Read(1);
  REQUIRE(packets.size() == 1);
  CHECK(packets[0].ctrl().code() == 400);
  CHECK(node.tally().malformed == 1);
}

TEST_CASE("a packet slightly too long is answered, a far too long one ends the stream", "[grpc]") {
  transport::GrpcOptions options;
  options.limits.max_message_bytes = 1000;
  EchoNode node(options);
  Client client(node);
  v1::ClientMsg message;
  message.mutable_hi()->set_user_agent(std::string(2000, 'x'));
  REQUIRE(client.stream().Write(message));
  const auto packets = client.Read(1);
  REQUIRE(packets.size() == 1);
  CHECK(packets[0].ctrl().code() == 413);
  message.mutable_hi()->set_user_agent(std::string(200'000, 'x'));
  client.stream().Write(message);
  CHECK(client.ReadToEnd().error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  CHECK(Eventually([&] { return node.tally().closed == 1; }));
}

TEST_CASE("a paused session reads no further and catches up afterwards", "[grpc]") {
  EchoNode node;
  Client client(node);
  REQUIRE(client.Ask("pause:300"));
  for (int i = 0; i < 200; ++i) REQUIRE(client.Ask("echo", std::to_string(i)));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  CHECK(node.tally().requests == 1);
  const auto packets = client.Read(200);
  REQUIRE(packets.size() == 200);
  CHECK(packets[199].ctrl().id() == "199");
}

TEST_CASE("a client that does not read loses pres first, then its session", "[grpc]") {
  transport::GrpcOptions options;
  options.limits.soft_queue_frames = 100;
  options.limits.hard_queue_frames = 1000;
  options.limits.close_timeout = absl::Milliseconds(300);
  EchoNode node(options);
  Client client(node);
  REQUIRE(client.Ask("presences:500"));
  CHECK(Eventually([&] { return node.tally().dropped >= 300; }));
  CHECK(node.tally().overflows == 0);
  REQUIRE(client.Ask("count:5000"));
  CHECK(Eventually([&] { return node.tally().closed == 1; }));
  CHECK(node.tally().overflows > 0);
  CHECK(client.ReadToEnd().error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_CASE("sessions beyond the node's limits are turned away", "[grpc]") {
  SECTION("by the acceptor") {
    EchoNode node({}, 0);
    Client client(node);
    CHECK(client.ReadToEnd().error_code() == grpc::StatusCode::UNAVAILABLE);
  }
  SECTION("by the listener") {
    transport::GrpcOptions options;
    options.max_streams = 1;
    EchoNode node(options);
    Client first(node);
    REQUIRE(first.Ask("echo"));
    REQUIRE(first.Read(1).size() == 1);
    Client second(node);
    CHECK(second.ReadToEnd().error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
    first.Cancel();
    CHECK(Eventually([&] { return node.listener().traffic().sessions_live == 0; }));
    CHECK(Eventually([&] {
      Client third(node);
      return third.Ask("echo") && third.Read(1).size() == 1;
    }));
  }
}

TEST_CASE("other methods are not implemented", "[grpc]") {
  EchoNode node;
  Client client(node);
  grpc::ClientContext context;
  v1::FileUpResp response;
  const auto upload = client.stub().LargeFileReceive(&context, &response);
  CHECK(upload->Finish().error_code() == grpc::StatusCode::UNIMPLEMENTED);
}

TEST_CASE("the session learns the client's address without its port", "[grpc]") {
  EchoNode node;
  Client client(node);
  REQUIRE(client.Ask("address"));
  const auto packets = client.Read(1);
  REQUIRE_FALSE(packets.empty());
  const std::string address = packets[0].data().from_user_id();
  CHECK((address == "127.0.0.1" || address == "::1"));
}

TEST_CASE("a shutdown closes every session and lets nobody in", "[grpc]") {
  EchoNode node;
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<Client>(node));
    REQUIRE(clients.back()->Ask("echo"));
    REQUIRE(clients.back()->Read(1).size() == 1);
  }
  CHECK(node.listener().traffic().sessions_live == 20);
  const std::string address = node.address();
  node.listener().Shutdown(absl::Seconds(5));
  CHECK(node.tally().closed == 20);
  for (const auto& client : clients) {
    CHECK(client->ReadToEnd().error_code() == grpc::StatusCode::UNAVAILABLE);
  }
  const auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  CHECK_FALSE(
      channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::milliseconds(300)));
}

TEST_CASE("a listener may go after its shards, with sessions open", "[grpc]") {
  EchoNode node;
  Client client(node);
  REQUIRE(client.Ask("echo"));
  REQUIRE(client.Read(1).size() == 1);
  node.StopShards();
  node.DestroyListener();
  CHECK(client.ReadToEnd().error_code() != grpc::StatusCode::OK);
}

TEST_CASE("an address that is taken is refused", "[grpc]") {
  EchoNode node;
  runtime::AsioShard shard(0);
  EchoTally tally;
  EchoAcceptor acceptor(shard, tally, 1);
  transport::GrpcOptions options;
  options.address = fmt::format("127.0.0.1:{}", node.listener().port());
  const auto refused = transport::GrpcListener::Open(options, {{&shard, &acceptor, {}}});
  CHECK(refused.status().code() == absl::StatusCode::kUnavailable);
  options.address = "127.0.0.1:0";
  options.tls = transport::GrpcTlsFiles{"/nonexistent/chain.pem", "/nonexistent/key.pem"};
  const auto no_tls = transport::GrpcListener::Open(options, {{&shard, &acceptor, {}}});
  CHECK(no_tls.status().code() == absl::StatusCode::kInvalidArgument);
  options.tls.reset();
  const auto unused = transport::GrpcListener::Open(options, {{&shard, &acceptor, {}}});
  CHECK(unused.ok());
}

}  // namespace
}  // namespace molva::test
