// The same door under TLS, with certificates made on the spot.
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "tests/unit/transport/frame_builder.h"
#include "tests/unit/transport/test_client.h"
#include "tests/unit/transport/test_server.h"

namespace molva::transport {
namespace {

// A self-signed certificate and its key in files of their own.
class Certificate {
 public:
  explicit Certificate(const std::string& name) {
    std::string pattern = (std::filesystem::temp_directory_path() / "molva-tls-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    EVP_PKEY* const key = EVP_EC_gen("P-256");
    X509* const certificate = X509_new();
    X509_set_version(certificate, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* const subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(certificate, subject);
    REQUIRE(X509_sign(certificate, key, EVP_sha256()) > 0);
    std::FILE* const chain = std::fopen(chain_file().c_str(), "w");
    PEM_write_X509(chain, certificate);
    std::fclose(chain);
    std::FILE* const secret = std::fopen(key_file().c_str(), "w");
    PEM_write_PrivateKey(secret, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(secret);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  ~Certificate() { std::filesystem::remove_all(folder_); }

  std::string chain_file() const { return folder_ + "/chain.pem"; }
  std::string key_file() const { return folder_ + "/key.pem"; }
  std::shared_ptr<const TlsContext> Load() const {
    auto loaded = TlsContext::Load(chain_file(), key_file());
    REQUIRE(loaded.ok());
    return *std::move(loaded);
  }

 private:
  std::string folder_;
};

ListenOptions WithTls(const Certificate& certificate) {
  ListenOptions options;
  options.tls = certificate.Load();
  return options;
}

std::string Request(const std::string& id) {
  return "{\"leave\":{\"id\":\"" + id + "\",\"topic\":\"me\"}}";
}

constexpr auto kTls = TestClient::Security::kTls;

TEST_CASE("a session works over TLS, with packets of every size both ways", "[tls]") {
  const Certificate certificate("molva.test");
  ListenOptions options = WithTls(certificate);
  options.limits.max_message_bytes = 4 << 20;
  TestServer server(options);
  server.behaviour.on_request = [](session::Connection& connection, const auto& request) {
    connection.Send(MakeReply(request->id), session::Urgency::kReply);
    connection.Send(MakeReply("second"), session::Urgency::kFanOut);
  };
  server.Start();
  TestClient client(server.port(), kTls);
  REQUIRE(client.Upgrade().starts_with("HTTP/1.1 101 "));
  for (const std::size_t size : {1u, 1000u, 16'384u, 70'000u, 3'000'000u}) {
    const std::string id(size, 'i');
    client.Write(TextFrame(Request(id)));
    CHECK(client.ReadText() == ReplyText(id));
    CHECK(client.ReadText() == ReplyText("second"));
  }
  client.Write(CloseFrame(1000));
  const auto frame = client.ReadFrame();
  REQUIRE(frame.has_value());
  CHECK(frame->close_code() == 1000);
  CHECK(client.ReadToEnd());
  CHECK(Eventually([&] { return server.behaviour.destroyed == 1; }));
}

TEST_CASE("a new certificate is used by new connections, old ones go on", "[tls]") {
  const Certificate first("first.test");
  const Certificate second("second.test");
  TestServer server(WithTls(first));
  server.Start();
  TestClient before(server.port(), kTls);
  REQUIRE(before.Upgrade().starts_with("HTTP/1.1 101 "));
  CHECK(before.PeerName() == "first.test");
  server.listener().ReplaceTls(second.Load());
  TestClient after(server.port(), kTls);
  CHECK(after.PeerName() == "second.test");
  before.Write(TextFrame(Request("still here")));
  CHECK(before.ReadText() == ReplyText("still here"));
}

TEST_CASE("a client that does not speak TLS is cut, one that says nothing too", "[tls]") {
  const Certificate certificate("molva.test");
  ListenOptions options = WithTls(certificate);
  options.limits.handshake_timeout = absl::Milliseconds(300);
  TestServer server(options);
  server.Start();
  TestClient plain(server.port());
  plain.Write("GET / HTTP/1.1\r\nHost: molva\r\n\r\n");
  plain.ReadToEnd();
  TestClient silent(server.port());
  CHECK(silent.ReadToEnd());
  CHECK(Eventually([&] { return server.listener().traffic().connections_live == 0; }));
  CHECK(server.behaviour.accepted == 0);
}

TEST_CASE("files that are no certificate and key of each other are refused by name", "[tls]") {
  const Certificate one("one.test");
  const Certificate other("other.test");
  CHECK(TlsContext::Load(one.chain_file(), other.key_file()).status().code() ==
        absl::StatusCode::kInvalidArgument);
  const absl::Status missing = TlsContext::Load("/nonexistent.pem", one.key_file()).status();
  CHECK(missing.code() == absl::StatusCode::kInvalidArgument);
  CHECK(std::string(missing.message()).find("/nonexistent.pem") != std::string::npos);
}

}  // namespace
}  // namespace molva::transport
