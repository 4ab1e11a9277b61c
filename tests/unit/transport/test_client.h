// A blocking client on a real socket, plain or TLS, for tests of the listener.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace molva::transport {

// What the server sent in one frame.
struct ServerFrame {
  unsigned opcode = 0;
  std::string payload;
  unsigned close_code() const {
    return payload.size() < 2
               ? 0
               : static_cast<unsigned>(static_cast<unsigned char>(payload[0])) * 256 +
                     static_cast<unsigned char>(payload[1]);
  }
};

// Every read waits at most kPatience and then fails, so that no test hangs.
class TestClient {
 public:
  enum class Security { kPlain, kTls };
  static constexpr std::chrono::seconds kPatience{20};

  explicit TestClient(std::uint16_t port, Security security = Security::kPlain);
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  void Write(std::string_view bytes);
  // Writes without waiting; returns how much was taken.
  std::size_t WriteSome(std::string_view bytes);
  enum class Body { kExpected, kNone };
  // Reads to the end of an HTTP response (by Content-Length); "" if the server closed instead.
  std::string ReadResponse(Body expected = Body::kExpected);
  // Asks for an upgrade and reads the answer's status line.
  std::string Upgrade(std::string_view target = "/v0/channels?apikey=good");
  // The next frame; nullopt if the server closed or cut the connection.
  std::optional<ServerFrame> ReadFrame();
  // The next text frame's payload, ignoring pings; "" at the end.
  std::string ReadText();
  // Reads so many bytes more and keeps them for later.
  bool ReadAhead(std::size_t bytes);
  // Reads until the server closes; true if it did so without a reset.
  bool ReadToEnd();
  void CloseWrite();
  // Closes with a reset.
  void Reset();
  // The certificate's common name, under TLS.
  std::string PeerName() const;
  void ShrinkReceiveBuffer();

 private:
  bool FillBuffer();
  std::size_t Receive(char* into, std::size_t size);

  int fd_ = -1;
  SSL_CTX* tls_context_ = nullptr;
  SSL* tls_ = nullptr;
  std::string buffer_;
  bool was_reset_ = false;
};

}  // namespace molva::transport
