// The body of a push message: the example of the standard, and what a device can and cannot read.
#include "push_web/encryption.h"

#include "push_web/base64_url.h"
#include "tests/support/catch.h"
#include "tests/support/push_reader.h"

namespace molva::test {
namespace {

using push_web::DecodeBase64Url;
using push_web::DeviceKeys;
using push_web::EcKey;
using push_web::EncodeBase64Url;
using push_web::Encrypt;

// RFC 8291 §5 and appendix A.
constexpr const char* kPlain = "When I grow up, I want to be a watermelon";
const std::string kSenderPrivate = *DecodeBase64Url("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
const std::string kDevicePrivate = *DecodeBase64Url("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94");
const std::string kDevicePublic = *DecodeBase64Url(
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
const std::string kSecret = *DecodeBase64Url("BTBZMqHH6r4Tts7J_aSIgg");
const std::string kSalt = *DecodeBase64Url("DGv6ra1nlYgDCS1FRnbzlw");
constexpr const char* kBody =
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6"
    "TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulc"
    "y4a-fN";

TEST_CASE("the example of RFC 8291 comes out byte for byte") {
  const auto sender = EcKey::FromPrivate(kSenderPrivate);
  REQUIRE(sender.has_value());
  const auto body = Encrypt(kPlain, {kDevicePublic, kSecret}, *sender, kSalt);
  REQUIRE(body.has_value());
  CHECK(EncodeBase64Url(*body) == kBody);
}

TEST_CASE("a device reads what was written for it, and nobody else does") {
  const PushReader device{*EcKey::FromPrivate(kDevicePrivate), kSecret};
  CHECK(device.key.public_bytes() == kDevicePublic);
  CHECK(device.Read(*DecodeBase64Url(kBody)) == kPlain);
  const PushReader other{*EcKey::Generate(), kSecret};
  for (const std::size_t size : {0u, 1u, 100u, 3993u}) {
    const std::string plain(size, 'x');
    const auto body = Encrypt(plain, {kDevicePublic, kSecret});
    REQUIRE(body.has_value());
    CHECK(body->size() == size + 103);
    CHECK(device.Read(*body) == plain);
    CHECK(other.Read(*body).empty());
  }
  CHECK(*Encrypt("x", {kDevicePublic, kSecret}) != *Encrypt("x", {kDevicePublic, kSecret}));
}

TEST_CASE("what cannot be encrypted is refused") {
  CHECK_FALSE(Encrypt(std::string(3994, 'x'), {kDevicePublic, kSecret}).has_value());
  CHECK_FALSE(Encrypt("x", {kDevicePublic, "short"}).has_value());
  CHECK_FALSE(Encrypt("x", {"short", kSecret}).has_value());
  std::string elsewhere = kDevicePublic;
  elsewhere[64] = static_cast<char>(elsewhere[64] ^ 1);  // no point of the curve
  CHECK_FALSE(Encrypt("x", {elsewhere, kSecret}).has_value());
  CHECK_FALSE(Encrypt("x", {std::string(1, '\x04') + std::string(64, '\0'), kSecret}).has_value());
}

TEST_CASE("a private key is 32 bytes within the order of the curve") {
  CHECK_FALSE(EcKey::FromPrivate("").has_value());
  CHECK_FALSE(EcKey::FromPrivate(std::string(32, '\0')).has_value());
  CHECK_FALSE(EcKey::FromPrivate(std::string(32, '\xff')).has_value());
  CHECK_FALSE(EcKey::FromPrivate(std::string(31, 'a')).has_value());
  CHECK(EcKey::FromPrivate(std::string(32, 'a')).has_value());
}

}  // namespace
}  // namespace molva::test
