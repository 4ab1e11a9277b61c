// A peer whose bytes come a few at a time and never make a whole: it speaks HTTP/2 by hand.
#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <memory>
#include <string>
#include <string_view>

#include "federation/link/link_stream.h"
#include "federation/link/link_tls.h"
#include "tests/unit/federation_link/link_bench.h"

namespace molva::federation {
namespace {

constexpr absl::Duration kPause = absl::Milliseconds(5);

// Of HTTP/2, less what the test has said by then.
constexpr std::size_t kFirstWindow = 65'535 - 1024;

struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* tls) const { SSL_free(tls); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};

std::string Frame(char type, char flags, char stream, const std::string& body) {
  const auto size = body.size();
  std::string frame = {static_cast<char>(size >> 16), static_cast<char>(size >> 8),
                       static_cast<char>(size), type, flags};
  return frame + std::string(3, '\0') + stream + body;
}

// A header that HPACK neither compresses nor remembers.
std::string Header(std::string_view name, std::string_view value) {
  const auto text = [](std::string_view of) {
    return std::string(1, static_cast<char>(of.size())).append(of);
  };
  return std::string(1, '\0') + text(name) + text(value);
}

// A TLS connection with a good certificate, on which the test says every byte of HTTP/2 itself.
class HandMadeClient {
 public:
  HandMadeClient(int port, const ServerKey& key)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
        context_(SSL_CTX_new(TLS_client_method())) {
    ::signal(SIGPIPE, SIG_IGN);  // the server hangs up on us while we write
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    Show(MakeLinkCertificate(key));
    static constexpr unsigned char kHttp2[] = "\x02h2";
    SSL_CTX_set_alpn_protos(context_.get(), kHttp2, sizeof kHttp2 - 1);
    tls_.reset(SSL_new(context_.get()));
    SSL_set_fd(tls_.get(), fd_);
    REQUIRE(SSL_connect(tls_.get()) == 1);
    Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + Frame(4, 0, 0, ""));  // no settings
  }
  HandMadeClient(const HandMadeClient&) = delete;
  HandMadeClient& operator=(const HandMadeClient&) = delete;
  ~HandMadeClient() { ::close(fd_); }

  static std::string CallHeaders() {
    return Header(":method", "POST") + Header(":scheme", "https") + Header(":path", kLinkPath) +
           Header(":authority", kTlsName) + Header("te", "trailers") +
           Header("content-type", "application/grpc");
  }
  void StartCall() { Send(Frame(1, 4, 1, CallHeaders())); }
  // The head of a message of so many bytes, and its beginning.
  void SendMessage(std::size_t announced_bytes, const std::string& beginning) {
    const std::string head = {
        0, static_cast<char>(announced_bytes >> 24), static_cast<char>(announced_bytes >> 16),
        static_cast<char>(announced_bytes >> 8), static_cast<char>(announced_bytes)};
    SendData(head + beginning);
  }
  bool SendData(const std::string& bytes) { return Send(Frame(0, 0, 1, bytes)); }
  // False: the server has closed the connection.
  bool Send(const std::string& bytes) {
    return SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
  }

  // How much the server would take on the call so far.
  std::size_t granted_bytes() const { return std::min(granted_[0], granted_[1]); }

  // Says `more` again and again until the server ends the call or the connection. Returns how long
  // that took; infinite if the test's patience ran out.
  template <typename Say>
  absl::Duration Drip(Say more) {
    const absl::Time begin = absl::Now();
    while (absl::Now() - begin < kPatience) {
      if (IsEnded() || !more()) return absl::Now() - begin;
      absl::SleepFor(kPause);
    }
    return absl::InfiniteDuration();
  }

 private:
  void Show(const LinkCertificate& own) {
    const std::unique_ptr<BIO, Free> key_text(BIO_new_mem_buf(own.key_pem.data(), -1));
    const std::unique_ptr<BIO, Free> text(BIO_new_mem_buf(own.certificate_pem.data(), -1));
    const std::unique_ptr<EVP_PKEY, Free> key(
        PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
    const std::unique_ptr<X509, Free> certificate(
        PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
    REQUIRE(SSL_CTX_use_certificate(context_.get(), certificate.get()) == 1);
    REQUIRE(SSL_CTX_use_PrivateKey(context_.get(), key.get()) == 1);
  }
  // Whether the stream was reset or answered in full (RST_STREAM, trailers), or all is over.
  bool IsEnded() {
    char buffer[4096];
    pollfd waiting{fd_, POLLIN, 0};
    while (SSL_pending(tls_.get()) > 0 || ::poll(&waiting, 1, 0) == 1) {
      const int got = SSL_read(tls_.get(), buffer, sizeof buffer);
      if (got <= 0) return true;
      heard_.append(buffer, static_cast<std::size_t>(got));
    }
    constexpr std::size_t kHead = 9;
    while (heard_.size() >= kHead) {
      const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(heard_[i]); };
      const std::size_t size = kHead + (byte(0) << 16 | byte(1) << 8 | byte(2));
      if (heard_.size() < size) return false;
      // What is granted: to the connection (stream 0) and to the call.
      if (byte(3) == 8)
        granted_[byte(8)] += static_cast<std::size_t>(byte(10) << 16 | byte(11) << 8 | byte(12));
      const bool ends_stream = byte(3) == 3 || ((byte(3) == 0 || byte(3) == 1) && (byte(4) & 1));
      if (ends_stream || byte(3) == 7) return true;
      heard_.erase(0, size);
    }
    return false;
  }

  const int fd_;
  const std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> tls_;
  std::string heard_;
  std::array<std::size_t, 2> granted_ = {kFirstWindow, kFirstWindow};
};

LinkLimits Impatient() {
  LinkLimits limits;
  limits.first_frame_timeout = limits.idle_timeout = absl::Milliseconds(500);
  return limits;
}

TEST_CASE("a first frame that comes a byte at a time is not waited for", "[link][hostile]") {
  LinkBench bench(Impatient());
  HandMadeClient client(bench.listener().port(), bench.near_key);
  client.StartCall();
  client.SendMessage(kMaxFrameBytes, "x");
  CHECK(client.Drip([&] {
    client.SendData("x");
    return true;
  }) < absl::Seconds(10));
  CHECK(bench.listener().accepted() == 1);
  CHECK(bench.listener().refused() == 1);
  CHECK_FALSE(bench.far_end.HasPipe());
  bench.Connect();
}

TEST_CASE("headers that come a byte at a time are not waited for", "[link][hostile]") {
  LinkBench bench(Impatient());
  HandMadeClient client(bench.listener().port(), bench.near_key);
  const std::string headers = Frame(1, 4, 1, HandMadeClient::CallHeaders());
  std::size_t said = 0;
  CHECK(client.Drip([&] { return said == headers.size() - 1 || client.Send({headers[said++]}); }) <
        absl::Seconds(10));
  CHECK(bench.listener().accepted() == 0);
  bench.Connect();
}

TEST_CASE("a later frame that comes a byte at a time is no sign of life and ends with its link",
          "[link][hostile]") {
  LinkBench bench;
  HandMadeClient client(bench.listener().port(), bench.near_key);
  client.StartCall();
  client.SendMessage(5, "hello");
  REQUIRE(bench.far_end.WaitForFrames(1));
  client.SendMessage(kMaxFrameBytes, "x");
  for (int i = 0; i < 200; ++i) {
    client.SendData("x");
    absl::SleepFor(kPause);
  }
  CHECK(bench.far_end.frame_count() == 1);
  // As the heart-beat does after two beats without a frame.
  bench.far_end.Close();
  CHECK(client.Drip([&] {
    client.SendData("x");
    return true;
  }) < absl::Seconds(10));
  CHECK(bench.far_end.WaitForClosed().ok());
}

TEST_CASE("a giant frame ends its connection long before it has come, and no other one",
          "[link][hostile]") {
  LinkBench bench;
  bench.Connect();
  HandMadeClient client(bench.listener().port(), bench.near_key);
  client.StartCall();
  client.SendMessage(std::size_t{1} << 30, "x");
  const std::string piece(8 << 10, 'x');
  std::size_t sent = 0;
  CHECK(client.Drip([&] {
    for (; sent + piece.size() <= client.granted_bytes(); sent += piece.size()) {
      if (!client.SendData(piece)) return false;
    }
    return true;
  }) < absl::Seconds(10));
  CHECK(sent > kMaxFrameBytes);
  // How much more gets in until somebody looks depends on how fast it comes; here at the speed of
  // memory.
  CHECK(sent < 64 * kMaxFrameBytes);
  CHECK(bench.listener().refused() == 1);
  bench.near_end.Send("still here");
  REQUIRE(bench.far_end.WaitForFrames(2));
  CHECK(bench.far_end.frames().back() == "still here");
}

}  // namespace
}  // namespace molva::federation
