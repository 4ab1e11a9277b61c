// What comes to the port of federation and is no server: each ends its own connection, and servers
// are served all the same.
#include <arpa/inet.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "federation/link/link_stream.h"
#include "federation/link/link_tls.h"
#include "tests/unit/federation_link/link_bench.h"

namespace molva::federation {
namespace {

LinkLimits Impatient() {
  LinkLimits limits;
  limits.handshake_timeout = absl::Milliseconds(500);
  limits.first_frame_timeout = absl::Milliseconds(500);
  limits.idle_timeout = absl::Milliseconds(500);
  return limits;
}

// A TCP connection to the listener, closed when it goes.
class RawSocket {
 public:
  explicit RawSocket(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;
  ~RawSocket() { ::close(fd_); }

  int fd() const { return fd_; }
  void Send(const std::string& bytes) const {
    REQUIRE(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0);
  }
  // Whether the other side ends the connection within the test's patience.
  bool IsEnded() const {
    char buffer[4096];
    pollfd waiting{fd_, POLLIN, 0};
    while (::poll(&waiting, 1, static_cast<int>(absl::ToInt64Milliseconds(kPatience))) == 1) {
      if (::recv(fd_, buffer, sizeof buffer, 0) <= 0) return true;
    }
    return false;
  }

 private:
  const int fd_;
};

struct FreeTls {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* tls) const { SSL_free(tls); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};

// A certificate as browsers' servers have: of an elliptic-curve key that is not Ed25519.
void UseOtherCertificate(SSL_CTX* context) {
  const std::unique_ptr<EVP_PKEY, FreeTls> key(EVP_EC_gen("P-256"));
  const std::unique_ptr<X509, FreeTls> certificate(X509_new());
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  REQUIRE(X509_set_pubkey(certificate.get(), key.get()) == 1);
  REQUIRE(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
  REQUIRE(SSL_CTX_use_certificate(context, certificate.get()) == 1);
  REQUIRE(SSL_CTX_use_PrivateKey(context, key.get()) == 1);
}

enum class Shows { kNothing, kOtherCertificate };

// Whether a TLS client gets as far as to read something.
bool TlsClientIsServed(const RawSocket& socket, Shows shows) {
  const std::unique_ptr<SSL_CTX, FreeTls> context(SSL_CTX_new(TLS_client_method()));
  if (shows == Shows::kOtherCertificate) UseOtherCertificate(context.get());
  static constexpr unsigned char kHttp2[] = "\x02h2";
  SSL_CTX_set_alpn_protos(context.get(), kHttp2, sizeof kHttp2 - 1);
  const std::unique_ptr<SSL, FreeTls> tls(SSL_new(context.get()));
  SSL_set_fd(tls.get(), socket.fd());
  char buffer[64];
  // With TLS 1.3 the client is through before the server has seen its certificate.
  return SSL_connect(tls.get()) == 1 && SSL_read(tls.get(), buffer, sizeof buffer) > 0;
}

// A gRPC client with a good certificate that does not behave.
std::shared_ptr<grpc::Channel> ChannelTo(const LinkBench& bench, const ServerKey& key) {
  grpc::ChannelArguments arguments;
  arguments.SetString(GRPC_SSL_TARGET_NAME_OVERRIDE_ARG, kTlsName);
  return grpc::CreateCustomChannel(
      bench.endpoint(),
      DiallingCredentials(MakeLinkCertificate(key), {bench.far_key.public_key()},
                          std::make_shared<KeyVerdict>()),
      arguments);
}

grpc::Status CallOnce(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
                      const std::string& metadata) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  if (!metadata.empty()) context.AddMetadata("x-long", metadata);
  grpc::GenericStub stub(channel);
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareUnaryCall(&context, path, grpc::ByteBuffer(), &queue);
  call->StartCall();
  grpc::ByteBuffer answer;
  grpc::Status status;
  int tag = 0;
  call->Finish(&answer, &status, &tag);
  void* done = nullptr;
  bool ok = false;
  queue.Next(&done, &ok);
  return status;
}

TEST_CASE("bytes that are no TLS end their connection", "[link][hostile]") {
  LinkBench bench(Impatient());
  const RawSocket socket(bench.listener().port());
  socket.Send("GET / HTTP/1.1\r\n\r\n");
  CHECK(socket.IsEnded());
  bench.Connect();
}

TEST_CASE("a connection that says nothing is ended", "[link][hostile]") {
  LinkBench bench(Impatient());
  const RawSocket silent(bench.listener().port());
  const RawSocket slow(bench.listener().port());
  slow.Send("\x16\x03\x01");
  CHECK(silent.IsEnded());
  CHECK(slow.IsEnded());
  bench.Connect();
}

TEST_CASE("clients without a key of the right kind are not served", "[link][hostile]") {
  LinkBench bench(Impatient());
  const RawSocket bare(bench.listener().port());
  CHECK_FALSE(TlsClientIsServed(bare, Shows::kNothing));
  const RawSocket other(bench.listener().port());
  CHECK_FALSE(TlsClientIsServed(other, Shows::kOtherCertificate));
  CHECK(bench.listener().accepted() == 0);
  bench.Connect();
}

TEST_CASE("another method than the link is refused", "[link][hostile]") {
  LinkBench bench(Impatient());
  const grpc::Status status =
      CallOnce(ChannelTo(bench, bench.near_key), "/molva.v1.Node/MessageLoop", "");
  CHECK(status.error_code() == grpc::StatusCode::UNIMPLEMENTED);
  CHECK(bench.listener().refused() == 1);
  bench.Connect();
}

TEST_CASE("headers over their limit are refused", "[link][hostile]") {
  LinkBench bench(Impatient());
  for (const std::size_t bytes : {9'000, 64'000, 1'000'000}) {
    const grpc::Status status =
        CallOnce(ChannelTo(bench, bench.near_key), kLinkPath, std::string(bytes, 'x'));
    CHECK_FALSE(status.ok());
  }
  CHECK_FALSE(bench.far_end.HasPipe());
  bench.Connect();
}

TEST_CASE("two hundred connections that do nothing do not keep a server out", "[link][hostile]") {
  LinkBench bench(Impatient());
  std::vector<std::unique_ptr<RawSocket>> sockets;
  for (int i = 0; i < 200; ++i) {
    sockets.push_back(std::make_unique<RawSocket>(bench.listener().port()));
  }
  bench.Connect();
  for (const auto& socket : sockets) REQUIRE(socket->IsEnded());
}

}  // namespace
}  // namespace molva::federation
