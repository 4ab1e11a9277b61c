#include "tests/support/talking_server.h"

#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <utility>

#include "base/check.h"

namespace molva::test {
namespace {

void AddExtension(X509* certificate, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
  MOLVA_CHECK(extension != nullptr, "no extension");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// A guest that is silent for so long is a test that hangs.
constexpr timeval kPatience = {60, 0};

}  // namespace

TlsIdentity::TlsIdentity() : context_(SSL_CTX_new(TLS_server_method())) {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
  MOLVA_CHECK(context_ != nullptr && key != nullptr && certificate != nullptr, "no memory");
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86400);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  AddExtension(certificate.get(), NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
  AddExtension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  MOLVA_CHECK(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0, "no signature");
  SSL_CTX_use_certificate(context_.get(), certificate.get());
  SSL_CTX_use_PrivateKey(context_.get(), key.get());
}

void TlsIdentity::WriteCertificate(const std::string& path) const {
  std::FILE* file = std::fopen(path.c_str(), "w");
  MOLVA_CHECK(file != nullptr, "no file");
  PEM_write_X509(file, SSL_CTX_get0_certificate(context_.get()));
  std::fclose(file);
}

Guest::~Guest() {
  if (tls_ != nullptr) SSL_shutdown(tls_.get());
  tls_.reset();
  ::close(fd_);
}

bool Guest::StartTls(const TlsIdentity& identity) {
  tls_.reset(SSL_new(identity.context()));
  SSL_set_fd(tls_.get(), fd_);
  return SSL_accept(tls_.get()) == 1;
}

bool Guest::Fill() {
  std::array<char, 4096> bytes;
  const ssize_t got = tls_ != nullptr
                          ? SSL_read(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                          : ::recv(fd_, bytes.data(), bytes.size(), 0);
  if (got > 0) buffer_.append(bytes.data(), static_cast<std::size_t>(got));
  return got > 0;
}

std::optional<std::string> Guest::ReadLine() {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n")) == std::string::npos) {
    if (!Fill()) return std::nullopt;
  }
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return line;
}

std::string Guest::Read(std::size_t size) {
  while (buffer_.size() < size && Fill()) {
  }
  std::string bytes = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return bytes;
}

void Guest::Write(std::string_view bytes) {
  if (tls_ != nullptr) {
    SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()));
  } else {
    (void)!::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
}

TalkingServer::TalkingServer(Talk talk) : talk_(std::move(talk)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  MOLVA_CHECK(::bind(listener_, generic, size) == 0 && ::listen(listener_, 16) == 0 &&
                  ::getsockname(listener_, generic, &size) == 0,
              "no port on loopback");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

TalkingServer::~TalkingServer() {
  is_closing_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  if (const int fd = guest_fd_.exchange(-1); fd >= 0) ::shutdown(fd, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

void TalkingServer::Serve() {
  // OpenSSL writes to guests that have gone.
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  while (!is_closing_) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    Guest guest(fd);
    guest_fd_ = fd;
    if (!is_closing_) talk_(guest);
    guest_fd_ = -1;
  }
}

}  // namespace molva::test
