// The server's side of TLS: a certificate, its key and the rules for the handshake.
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>

struct ssl_ctx_st;

namespace molva::transport {

// What TLS connections are made from. Immutable: to change the certificate, load another context
// and hand it to Listener::ReplaceTls; connections that exist keep the old one.
//
// Thread: any.
class TlsContext {
 public:
  // Reads a PEM chain (leaf first) and its private key. TLS 1.2 and newer, no renegotiation.
  // Errors: kInvalidArgument naming the file, if one cannot be read or the two do not match.
  static absl::StatusOr<std::shared_ptr<const TlsContext>> Load(const std::string& chain_file,
                                                                const std::string& key_file);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  ssl_ctx_st* native() const { return context_; }

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}

  ssl_ctx_st* const context_;
};

}  // namespace molva::transport
