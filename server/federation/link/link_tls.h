// How links are encrypted: both sides show a certificate that nobody but its key vouches for.
// Private to server/federation/link.
#pragma once

#include <absl/status/statusor.h>
#include <grpcpp/security/auth_context.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "federation/identity/keys.h"

namespace molva::federation {

// What this server shows.
struct LinkCertificate {
  std::string key_pem;
  std::string certificate_pem;
};
LinkCertificate MakeLinkCertificate(const ServerKey& key);
// What a dialling side asks for in TLS (SNI), and the name in every certificate: domains and keys
// are matched by the peers, not by TLS.
inline constexpr char kTlsName[] = "molva";

// Takes clients with any well-formed Ed25519 certificate: who they are is found out from the first
// frame.
std::shared_ptr<grpc::ServerCredentials> AcceptingCredentials(const LinkCertificate& own);

// What became of the other side's key; written on gRPC's threads.
struct KeyVerdict {
  std::atomic<bool> refused{false};
};
// Talks to servers that show one of `keys`, and to nobody else.
std::shared_ptr<grpc::ChannelCredentials> DiallingCredentials(const LinkCertificate& own,
                                                              std::vector<PublicKey> keys,
                                                              std::shared_ptr<KeyVerdict> verdict);

// The key with which the other side of a call has authenticated itself.
// Errors: kUnauthenticated.
absl::StatusOr<PublicKey> KeyOfCall(const grpc::AuthContext& context);

}  // namespace molva::federation
