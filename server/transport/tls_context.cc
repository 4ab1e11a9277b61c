#include "transport/tls_context.h"

#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>

namespace molva::transport {
namespace {

// The newest reason OpenSSL noted, and a clean slate for the next call.
std::string TakeReason() {
  std::array<char, 160> text{};
  ERR_error_string_n(ERR_peek_last_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

absl::Status Refuse(std::string_view what, const std::string& file) {
  return absl::InvalidArgumentError(fmt::format("{} {}: {}", what, file, TakeReason()));
}

// WebSocket over TLS speaks HTTP/1.1; a client that offers only other protocols goes on without.
int SelectProtocol(SSL*, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* offered, unsigned int offered_size, void*) {
  static constexpr unsigned char kOurs[] = "\x08http/1.1";
  unsigned char* selected = nullptr;
  if (SSL_select_next_proto(&selected, out_size, kOurs, sizeof kOurs - 1, offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = selected;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const TlsContext>> TlsContext::Load(const std::string& chain_file,
                                                                   const std::string& key_file) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  if (context == nullptr) return absl::UnavailableError("no TLS context: " + TakeReason());
  std::shared_ptr<const TlsContext> made(new TlsContext(context));
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(
      context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // Idle sessions hold no buffers; a write may take part of what it is given, and the bytes may
  // have moved when it is tried again.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // Resumption is by ticket alone: a cache would be shared between shards.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(context, SelectProtocol, nullptr);
  if (SSL_CTX_use_certificate_chain_file(context, chain_file.c_str()) != 1) {
    return Refuse("cannot use certificate", chain_file);
  }
  if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return Refuse("cannot use private key", key_file);
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    return Refuse("the certificate does not belong to private key", key_file);
  }
  return made;
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

}  // namespace molva::transport
