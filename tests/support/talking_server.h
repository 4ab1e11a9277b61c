// A server on loopback that holds the conversation a test gives it, in the clear or under TLS.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace molva::test {

// A key and a certificate signed by itself for 127.0.0.1 and localhost.
class TlsIdentity {
 public:
  TlsIdentity();
  // Writes the certificate, for clients to trust.
  void WriteCertificate(const std::string& path) const;
  SSL_CTX* context() const { return context_.get(); }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  std::unique_ptr<SSL_CTX, Free> context_;
};

// The server's end of one connection.
//
// Thread: the server's.
class Guest {
 public:
  explicit Guest(int fd) : fd_(fd) {}
  ~Guest();
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;

  // From here on the connection is under TLS; false if the handshake fails.
  bool StartTls(const TlsIdentity& identity);
  // One line without its end; nullopt once the guest has gone.
  std::optional<std::string> ReadLine();
  // Exactly so many bytes, fewer if the guest goes.
  std::string Read(std::size_t size);
  void Write(std::string_view bytes);

 private:
  struct Free {
    void operator()(SSL* tls) const { SSL_free(tls); }
  };
  bool Fill();

  const int fd_;
  std::unique_ptr<SSL, Free> tls_;
  std::string buffer_;
};

// Takes one guest after the other until it goes.
class TalkingServer {
 public:
  using Talk = std::function<void(Guest& guest)>;
  explicit TalkingServer(Talk talk);
  ~TalkingServer();
  TalkingServer(const TalkingServer&) = delete;
  TalkingServer& operator=(const TalkingServer&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  void Serve();

  const Talk talk_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> guest_fd_{-1};
  std::atomic<bool> is_closing_{false};
  std::thread thread_;
};

}  // namespace molva::test
