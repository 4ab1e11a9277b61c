#include "federation/link/link_tls.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/strings.h"

namespace molva::federation {
namespace {

namespace tls = grpc::experimental;

std::string_view ViewOf(grpc::string_ref text) { return {text.data(), text.size()}; }

// Stands in for all that TLS usually checks.
class AnyKey final : public tls::ExternalCertificateVerifier {
 public:
  bool Verify(tls::TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* verdict) override {
    if (!KeyOfCertificatePem(ViewOf(request->peer_cert())).ok()) {
      *verdict = {grpc::StatusCode::UNAUTHENTICATED, "the certificate is not of an Ed25519 key"};
    }
    return true;
  }
  void Cancel(tls::TlsCustomVerificationCheckRequest*) override {}
};

class OneOfKeys final : public tls::ExternalCertificateVerifier {
 public:
  OneOfKeys(std::vector<PublicKey> keys, std::shared_ptr<KeyVerdict> verdict)
      : keys_(std::move(keys)), verdict_(std::move(verdict)) {}

  bool Verify(tls::TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* verdict) override {
    const absl::StatusOr<PublicKey> shown = KeyOfCertificatePem(ViewOf(request->peer_cert()));
    if (!shown.ok() || std::find(keys_.begin(), keys_.end(), *shown) == keys_.end()) {
      verdict_->refused = true;
      *verdict = {grpc::StatusCode::UNAUTHENTICATED, "the server shows another key"};
    }
    return true;
  }
  void Cancel(tls::TlsCustomVerificationCheckRequest*) override {}

 private:
  const std::vector<PublicKey> keys_;
  const std::shared_ptr<KeyVerdict> verdict_;
};

std::shared_ptr<tls::StaticDataCertificateProvider> Provide(const LinkCertificate& own) {
  return std::make_shared<tls::StaticDataCertificateProvider>(
      std::vector<tls::IdentityKeyCertPair>{{own.key_pem, own.certificate_pem}});
}

}  // namespace

LinkCertificate MakeLinkCertificate(const ServerKey& key) {
  return {key.ToPem(), SelfSignedCertificatePem(key, kTlsName)};
}

std::shared_ptr<grpc::ServerCredentials> AcceptingCredentials(const LinkCertificate& own) {
  tls::TlsServerCredentialsOptions options(Provide(own));
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_BUT_DONT_VERIFY);
  options.set_certificate_verifier(tls::ExternalCertificateVerifier::Create<AnyKey>());
  return tls::TlsServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> DiallingCredentials(const LinkCertificate& own,
                                                              std::vector<PublicKey> keys,
                                                              std::shared_ptr<KeyVerdict> verdict) {
  tls::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(Provide(own));
  options.watch_identity_key_cert_pairs();
  // Names and issuers mean nothing here; the verifier alone decides.
  options.set_verify_server_certs(false);
  options.set_check_call_host(false);
  options.set_certificate_verifier(
      tls::ExternalCertificateVerifier::Create<OneOfKeys>(std::move(keys), std::move(verdict)));
  return tls::TlsCredentials(options);
}

absl::StatusOr<PublicKey> KeyOfCall(const grpc::AuthContext& context) {
  const std::vector<grpc::string_ref> pem = context.FindPropertyValues("x509_pem_cert");
  if (pem.empty()) return absl::UnauthenticatedError("the peer shows no certificate");
  absl::StatusOr<PublicKey> key = KeyOfCertificatePem(ViewOf(pem[0]));
  if (!key.ok()) return absl::UnauthenticatedError(key.status().message());
  return key;
}

}  // namespace molva::federation
