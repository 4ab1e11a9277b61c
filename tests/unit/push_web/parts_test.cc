// The smaller parts of Web Push: subscriptions, addresses, payloads, the sender's proof.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include <cstring>
#include <string>

#include "molva/plugin.hpp"
#include "push_web/base64_url.h"
#include "push_web/payload.h"
#include "push_web/public_address.h"
#include "push_web/subscription.h"
#include "push_web/vapid.h"
#include "tests/support/catch.h"

namespace molva::test {
namespace {

using push_web::ParseSubscription;
using push_web::Ports;

const std::string kKey(65, '\x04');
const std::string kSecret(16, 's');

std::string Device(const std::string& endpoint) {
  return endpoint + " " + push_web::EncodeBase64Url(kKey) + " " +
         push_web::EncodeBase64Url(kSecret);
}

TEST_CASE("base64 of URLs comes back as it was, and takes what browsers write") {
  for (const std::string& bytes : {std::string(), std::string("a"), std::string("ab"),
                                   std::string("abc"), std::string("\xff\xfe\xfd\xfc")}) {
    CHECK(push_web::DecodeBase64Url(push_web::EncodeBase64Url(bytes)) == bytes);
  }
  CHECK(push_web::DecodeBase64Url("//79/A==") == "\xff\xfe\xfd\xfc");
  CHECK_FALSE(push_web::DecodeBase64Url("a").has_value());
  CHECK_FALSE(push_web::DecodeBase64Url("ab c").has_value());
}

TEST_CASE("a device is a subscription in JSON, or an endpoint and its keys") {
  const std::string json = R"({"endpoint":"https://push.example/send/abc","expirationTime":null,)"
                           R"("keys":{"p256dh":")" +
                           push_web::EncodeBase64Url(kKey) + R"(","auth":")" +
                           push_web::EncodeBase64Url(kSecret) + R"("}})";
  for (const std::string& id : {json, Device("https://push.example/send/abc")}) {
    const auto found = ParseSubscription(id, Ports::kStandard);
    REQUIRE(found.has_value());
    CHECK(found->endpoint == "https://push.example/send/abc");
    CHECK(found->origin == "https://push.example");
    CHECK(found->keys.public_key == kKey);
    CHECK(found->keys.auth_secret == kSecret);
  }
  CHECK(ParseSubscription(Device("https://push.example:8443/x"), Ports::kAny)->origin ==
        "https://push.example:8443");
}

TEST_CASE("what is no device of Web Push, or leads where it must not, is none") {
  for (const std::string& id :
       {std::string(), std::string("fcm-token:APA91b"), std::string("{}"), std::string("{"),
        Device("http://push.example/x"), Device("https://push.example:8443/x"),
        Device("https://ann:secret@push.example/x"), Device("https://push.example/x#y"),
        Device("file:///etc/passwd"), Device("https://push.example/\r\nX:y"),
        Device("https://push.example/" + std::string(2048, 'x')),
        std::string("https://push.example/x a b"), Device("https://push.example/x") + "AAAA",
        std::string(5000, 'x')}) {
    INFO(id);
    CHECK_FALSE(ParseSubscription(id, Ports::kStandard).has_value());
  }
}

bool IsPublic(const char* text) {
  sockaddr_storage storage{};
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (::inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
    storage.ss_family = AF_INET;
  } else {
    REQUIRE(::inet_pton(AF_INET6, text, &v6->sin6_addr) == 1);
    storage.ss_family = AF_INET6;
  }
  return push_web::IsPublicAddress(reinterpret_cast<const sockaddr&>(storage));
}

TEST_CASE("only addresses of the public internet are reached") {
  for (const char* text : {"1.1.1.1", "172.15.0.1", "172.32.0.1", "192.169.0.1", "223.255.255.1",
                           "2606:4700::1111", "::ffff:8.8.8.8", "2001:4860:4860::8888"}) {
    INFO(text);
    CHECK(IsPublic(text));
  }
  for (const char* text : {"0.0.0.0",
                           "10.1.2.3",
                           "100.64.0.1",
                           "127.0.0.1",
                           "127.255.0.1",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.168.1.1",
                           "198.18.0.1",
                           "203.0.113.9",
                           "224.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.0.0.1",
                           "fe80::1",
                           "fc00::1",
                           "ff02::1",
                           "2002:7f00:1::1",
                           "2001::1",
                           "2001:db8::1",
                           "64:ff9b::7f00:1",
                           "::127.0.0.1"}) {
    INFO(text);
    CHECK_FALSE(IsPublic(text));
  }
}

struct Event {
  molva_receipt receipt = sdk::Sized<molva_receipt>();
  molva_recipient recipient = sdk::Sized<molva_recipient>();
  Event() {
    receipt.when = 1700000000123;
    receipt.seq = 7;
    receipt.from = sdk::Text("usrAgAAAAAAAAA");
    recipient.topic = sdk::Text("grpAbCdEfGhIjK");
    recipient.unread = 3;
  }
  std::string Payload(push_web::ContentRule rule = push_web::ContentRule::kShown) const {
    return push_web::PayloadFor(receipt, recipient, rule);
  }
};

TEST_CASE("a message is told with its text, shortened") {
  Event event;
  event.receipt.content = sdk::Text("\"he said \\\"hi\\\"\"");
  CHECK(event.Payload() ==
        R"({"what":"msg","topic":"grpAbCdEfGhIjK","ts":"2023-11-14T22:13:20.123Z",)"
        R"("xfrom":"usrAgAAAAAAAAA","seq":"7","unread":"3","content":"he said \"hi\""})");
  CHECK(event.Payload(push_web::ContentRule::kHidden).find("content") == std::string::npos);
  std::string text = "\"";
  for (int i = 0; i < 200; ++i) text += "\xc3\xa9";
  text += "\"";
  event.receipt.content = sdk::Text(text);
  const std::string payload = event.Payload();
  CHECK(payload.find(text.substr(1, 256) + "\xe2\x80\xa6\"") != std::string::npos);
  event.receipt.mime = sdk::Text("text/x-drafty");
  event.receipt.content = sdk::Text(R"({"txt":"rich","fmt":[]})");
  CHECK(event.Payload().find(R"("content":"rich")") != std::string::npos);
  event.receipt.mime = sdk::Text("application/x-encrypted");
  CHECK(event.Payload().find("content") == std::string::npos);
}

TEST_CASE("a subscription is told with its modes, a silent push as such") {
  Event event;
  event.receipt.what = MOLVA_PUSH_SUBSCRIPTION;
  event.receipt.want = sdk::Text("JRW");
  event.receipt.given = sdk::Text("JR");
  event.recipient.is_silent = 1;
  const std::string payload = event.Payload();
  CHECK(payload.find(R"("what":"sub","silent":"true")") != std::string::npos);
  CHECK(payload.find(R"("modeWant":"JRW","modeGiven":"JR"})") != std::string::npos);
}

TEST_CASE("calls are urgent and short-lived, messages replace those of their topic that wait") {
  Event event;
  auto delivery = push_web::DeliveryFor(event.receipt, event.recipient, 3600);
  CHECK(delivery.urgency == "normal");
  CHECK(delivery.topic == "grpAbCdEfGhIjK");
  CHECK(delivery.ttl_seconds == 3600);
  event.recipient.is_silent = 1;
  CHECK(push_web::DeliveryFor(event.receipt, event.recipient, 3600).urgency == "low");
  event.receipt.webrtc = sdk::Text("started");
  delivery = push_web::DeliveryFor(event.receipt, event.recipient, 3600);
  CHECK(delivery.urgency == "high");
  CHECK(delivery.topic.empty());
  CHECK(delivery.ttl_seconds == 30);
  event.receipt.webrtc = {};
  event.recipient.topic = sdk::Text("a topic\r\nX-Header: y");
  CHECK(push_web::DeliveryFor(event.receipt, event.recipient, 3600).topic.empty());
}

// Whether `signature` (r, s) of `text` is that of `public_bytes`.
bool Verifies(const std::string& public_bytes, const std::string& text,
              const std::string& signature) {
  char group[] = "prime256v1";
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
      OSSL_PARAM_construct_octet_string(
          OSSL_PKEY_PARAM_PUB_KEY, const_cast<char*>(public_bytes.data()), public_bytes.size()),
      OSSL_PARAM_construct_end()};
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr);
  EVP_PKEY* key = nullptr;
  EVP_PKEY_fromdata_init(context);
  EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params);
  EVP_PKEY_CTX_free(context);
  const auto* raw = reinterpret_cast<const unsigned char*>(signature.data());
  ECDSA_SIG* pair = ECDSA_SIG_new();
  ECDSA_SIG_set0(pair, BN_bin2bn(raw, 32, nullptr), BN_bin2bn(raw + 32, 32, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair, &der);
  EVP_MD_CTX* digest = EVP_MD_CTX_new();
  EVP_DigestVerifyInit(digest, nullptr, EVP_sha256(), nullptr, key);
  const bool is_good =
      EVP_DigestVerify(digest, der, static_cast<std::size_t>(size),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  EVP_MD_CTX_free(digest);
  OPENSSL_free(der);
  ECDSA_SIG_free(pair);
  EVP_PKEY_free(key);
  return is_good;
}

TEST_CASE("the sender's proof is a JWT for one origin, signed again when half its life is over") {
  auto key = push_web::EcKey::FromPrivate(std::string(32, 'k'));
  REQUIRE(key.has_value());
  const std::string public_bytes = key->public_bytes();
  push_web::Vapid vapid(*std::move(key), "mailto:ops@chat.example");
  const std::int64_t now = 1700000000;
  const std::string value = *vapid.AuthorizationFor("https://push.example", now);
  CHECK(value == *vapid.AuthorizationFor("https://push.example", now + 6 * 3600 - 1));
  CHECK(value != *vapid.AuthorizationFor("https://push.example", now + 6 * 3600));
  CHECK(value != *vapid.AuthorizationFor("https://other.example", now));
  const std::string head = "vapid t=";
  const std::size_t comma = value.find(", k=");
  REQUIRE(value.starts_with(head));
  CHECK(value.substr(comma + 4) == push_web::EncodeBase64Url(public_bytes));
  const std::string token = value.substr(head.size(), comma - head.size());
  const std::size_t dot = token.rfind('.');
  const std::string signed_text = token.substr(0, dot);
  CHECK(*push_web::DecodeBase64Url(signed_text.substr(signed_text.find('.') + 1)) ==
        R"({"aud":"https://push.example","exp":1700043200,"sub":"mailto:ops@chat.example"})");
  CHECK(Verifies(public_bytes, signed_text, *push_web::DecodeBase64Url(token.substr(dot + 1))));
  CHECK_FALSE(
      Verifies(public_bytes, signed_text + "x", *push_web::DecodeBase64Url(token.substr(dot + 1))));
}

}  // namespace
}  // namespace molva::test
