#include <openssl/asn1.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <string>

#include "base/check.h"
#include "federation/identity/keys.h"

namespace molva::federation {
namespace {

// What RFC 5280 §4.1.2.5 wants for "does not end".
constexpr char kBegin[] = "20000101000000Z";
constexpr char kEnd[] = "99991231235959Z";

struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Certificate = std::unique_ptr<X509, FreeCertificate>;

bool SetName(X509* certificate) {
  static constexpr unsigned char kName[] = "molva server";  // a domain may be too long for it
  X509_NAME* name = X509_get_subject_name(certificate);
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, kName, -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1;
}

bool SetDomain(X509* certificate, std::string_view domain) {
  GENERAL_NAMES* names = sk_GENERAL_NAME_new_null();
  GENERAL_NAME* name = GENERAL_NAME_new();
  ASN1_IA5STRING* text = ASN1_IA5STRING_new();
  MOLVA_CHECK(names != nullptr && name != nullptr && text != nullptr, "out of memory");
  MOLVA_CHECK(ASN1_STRING_set(text, domain.data(), static_cast<int>(domain.size())) == 1,
              "out of memory");
  GENERAL_NAME_set0_value(name, GEN_DNS, text);
  sk_GENERAL_NAME_push(names, name);
  const int added = X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, 0);
  sk_GENERAL_NAME_pop_free(names, GENERAL_NAME_free);
  return added == 1;
}

}  // namespace

std::string SelfSignedCertificatePem(const ServerKey& key, std::string_view domain) {
  const Certificate certificate(X509_new());
  MOLVA_CHECK(certificate != nullptr, "out of memory");
  X509* const raw = certificate.get();
  // The serial number is from the key: the same key has the same certificate at every start.
  std::uint64_t serial = 1;
  for (int i = 0; i < 7; ++i) serial = serial << 8 | key.id().bytes[static_cast<std::size_t>(i)];
  const bool made = X509_set_version(raw, X509_VERSION_3) == 1 &&
                    ASN1_INTEGER_set_uint64(X509_get_serialNumber(raw), serial) == 1 &&
                    ASN1_TIME_set_string(X509_getm_notBefore(raw), kBegin) == 1 &&
                    ASN1_TIME_set_string(X509_getm_notAfter(raw), kEnd) == 1 && SetName(raw) &&
                    SetDomain(raw, domain) && X509_set_pubkey(raw, key.native_.get()) == 1 &&
                    X509_sign(raw, key.native_.get(), nullptr) > 0;
  MOLVA_CHECK(made, "a certificate cannot be made");
  BIO* const bio = BIO_new(BIO_s_mem());
  MOLVA_CHECK(bio != nullptr && PEM_write_bio_X509(bio, raw) == 1, "out of memory");
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string pem(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return pem;
}

}  // namespace molva::federation
