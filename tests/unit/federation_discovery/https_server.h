// A small HTTPS server for tests: real TLS with a certificate from an authority made on the spot.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

struct ssl_ctx_st;

namespace molva::test {

// Serves "localhost" on 127.0.0.1, one connection at a time, until it goes.
//
// Thread: one makes and ends it; `page` runs on the server's own.
class HttpsServer {
 public:
  // The whole answer, status line included, to a GET of `path`. An empty one: no answer at all,
  // the connection stays open until the client gives up.
  using Page = std::function<std::string(const std::string& path)>;

  // `name` is what the certificate is for.
  explicit HttpsServer(Page page, const std::string& name = "localhost");
  ~HttpsServer();
  HttpsServer(const HttpsServer&) = delete;
  HttpsServer& operator=(const HttpsServer&) = delete;

  int port() const { return port_; }
  int connections() const { return connections_; }
  // The certificate of the authority, PEM.
  const std::string& authority() const { return authority_; }

 private:
  void Run();
  void Serve(int connection);

  const Page page_;
  ssl_ctx_st* context_;
  std::string authority_;
  int listener_;
  int port_ = 0;
  std::atomic<int> connections_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

// "HTTP/1.1 200 OK" and so on, with `body`.
std::string HttpAnswer(const std::string& status, const std::string& body,
                       const std::string& headers = "");

}  // namespace molva::test
