// A server that answers a dial with a frame far longer than any.
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <fstream>
#include <thread>

#include "federation/link/link_tls.h"
#include "tests/support/sanitizer.h"
#include "tests/unit/federation_link/link_bench.h"

namespace molva::federation {
namespace {

constexpr std::size_t kGiantBytes = 512 << 20;

// Takes one call and writes one message to it, in pieces that are all the same memory.
class GiantServer {
 public:
  explicit GiantServer(const ServerKey& key) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", AcceptingCredentials(MakeLinkCertificate(key)), &port_);
    builder.SetMaxSendMessageSize(-1);
    builder.RegisterAsyncGenericService(&service_);
    queue_ = builder.AddCompletionQueue();
    server_ = builder.BuildAndStart();
    REQUIRE(server_ != nullptr);
    service_.RequestCall(&context_, &call_, queue_.get(), queue_.get(), &context_);
    thread_ = std::thread([this] { Run(); });
  }
  ~GiantServer() {
    server_->Shutdown(std::chrono::system_clock::now());
    queue_->Shutdown();
    thread_.join();
  }
  std::string endpoint() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  void Run() {
    void* tag = nullptr;
    bool ok = false;
    if (!queue_->Next(&tag, &ok)) return;
    if (ok) {
      const grpc::Slice piece(std::string(1 << 20, 'x'));
      const std::vector<grpc::Slice> pieces(kGiantBytes >> 20, piece);
      call_.Write(grpc::ByteBuffer(pieces.data(), pieces.size()), this);
    }
    while (queue_->Next(&tag, &ok)) {
    }
  }

  grpc::AsyncGenericService service_;
  grpc::GenericServerContext context_;
  grpc::GenericServerAsyncReaderWriter call_{&context_};
  std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::unique_ptr<grpc::Server> server_;
  std::thread thread_;
  int port_ = 0;
};

// Of this process, in KiB.
long MemoryNow() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word && word != "VmRSS:") {
  }
  long kilobytes = 0;
  status >> kilobytes;
  return kilobytes;
}

TEST_CASE("a giant frame of a server that was dialled ends its link and takes little memory",
          "[link][hostile]") {
  LinkBench bench;
  GiantServer server(bench.far_key);
  const long before = MemoryNow();
  REQUIRE(bench.Dial({bench.far_key.public_key()}, {server.endpoint()}).ok());
  long most = 0;
  for (int i = 0; i < 100; ++i) {
    most = std::max(most, MemoryNow() - before);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  CHECK_FALSE(bench.near_end.WaitForClosed().ok());
  CHECK(most < (test::kHasSanitizer ? 512 : 64) << 10);
}

}  // namespace
}  // namespace molva::federation
