#include "tests/unit/federation_discovery/https_server.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>

#include "base/check.h"

namespace molva::test {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(SSL* connection) const { SSL_free(connection); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;

void AddExtension(X509* certificate, int nid, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
  MOLVA_CHECK(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1,
              "no extension");
  X509_EXTENSION_free(extension);
}

Certificate Issue(EVP_PKEY* subject, const std::string& name, EVP_PKEY* issuer,
                  const X509* authority) {
  Certificate certificate(X509_new());
  X509* const raw = certificate.get();
  X509_set_version(raw, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(raw), authority == nullptr ? 1 : 2);
  X509_gmtime_adj(X509_getm_notBefore(raw), -3600);
  X509_gmtime_adj(X509_getm_notAfter(raw), 3600);
  X509_NAME* own = X509_get_subject_name(raw);
  X509_NAME_add_entry_by_txt(own, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(raw, authority == nullptr ? own : X509_get_subject_name(authority));
  X509_set_pubkey(raw, subject);
  if (authority == nullptr) {
    AddExtension(raw, NID_basic_constraints, "critical,CA:TRUE");
  } else {
    AddExtension(raw, NID_subject_alt_name, "DNS:" + name);
  }
  MOLVA_CHECK(X509_sign(raw, issuer, EVP_sha256()) > 0, "no certificate");
  return certificate;
}

std::string ToPem(X509* certificate) {
  BIO* bio = BIO_new(BIO_s_mem());
  MOLVA_CHECK(PEM_write_bio_X509(bio, certificate) == 1, "no PEM");
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string pem(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return pem;
}

// Waits until `descriptor` can be read; false after `milliseconds`.
bool WaitFor(int descriptor, int milliseconds) {
  pollfd watched{descriptor, POLLIN, 0};
  return ::poll(&watched, 1, milliseconds) > 0;
}

}  // namespace

HttpsServer::HttpsServer(Page page, const std::string& name)
    : page_(std::move(page)),
      context_(SSL_CTX_new(TLS_server_method())),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const Key authority_key(EVP_EC_gen("P-256"));
  const Key key(EVP_EC_gen("P-256"));
  const Certificate authority = Issue(authority_key.get(), "test", authority_key.get(), nullptr);
  const Certificate own = Issue(key.get(), name, authority_key.get(), authority.get());
  authority_ = ToPem(authority.get());
  MOLVA_CHECK(SSL_CTX_use_certificate(context_, own.get()) == 1 &&
                  SSL_CTX_use_PrivateKey(context_, key.get()) == 1,
              "no certificate");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  MOLVA_CHECK(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                  ::listen(listener_, 16) == 0 &&
                  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0,
              "no port");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Run(); });
}

HttpsServer::~HttpsServer() {
  stopping_ = true;
  thread_.join();
  ::close(listener_);
  SSL_CTX_free(context_);
}

void HttpsServer::Run() {
  while (!stopping_) {
    if (!WaitFor(listener_, 20)) continue;
    const int connection = ::accept(listener_, nullptr, nullptr);
    if (connection < 0) continue;
    ++connections_;
    Serve(connection);
    ::close(connection);
  }
}

void HttpsServer::Serve(int connection) {
  const std::unique_ptr<SSL, Free> tls(SSL_new(context_));
  SSL_set_fd(tls.get(), connection);
  if (SSL_accept(tls.get()) != 1) {
    ERR_clear_error();
    return;
  }
  std::string request;
  char buffer[4096];
  while (request.find("\r\n\r\n") == std::string::npos) {
    const int got = SSL_read(tls.get(), buffer, sizeof buffer);
    if (got <= 0) return;
    request.append(buffer, static_cast<std::size_t>(got));
  }
  const std::size_t begin = request.find(' ') + 1;
  const std::string answer = page_(request.substr(begin, request.find(' ', begin) - begin));
  if (answer.empty()) {
    while (!stopping_ && !WaitFor(connection, 20)) {
    }
    return;
  }
  if (SSL_write(tls.get(), answer.data(), static_cast<int>(answer.size())) > 0) {
    SSL_shutdown(tls.get());
  }
  ERR_clear_error();
}

std::string HttpAnswer(const std::string& status, const std::string& body,
                       const std::string& headers) {
  return "HTTP/1.1 " + status + "\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

}  // namespace molva::test
