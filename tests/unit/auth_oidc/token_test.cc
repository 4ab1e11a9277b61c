// ID tokens: which are believed, and which are not.
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <string>
#include <string_view>

#include "auth_oidc/claims.h"
#include "auth_oidc/jwt.h"
#include "auth_oidc/key_set.h"
#include "login_common/base64_url.h"
#include "tests/support/catch.h"
#include "tests/support/signing_key.h"

namespace molva::test {
namespace {

using auth_oidc::Expected;
using auth_oidc::Jwt;
using auth_oidc::KeySet;
using auth_oidc::Person;
using login_common::EncodeBase64Url;
using Verdict = KeySet::Verdict;

constexpr std::int64_t kSeconds = 1700000000;

std::string Unsigned(const std::string& header, const std::string& payload = "{}") {
  return EncodeBase64Url(header) + "." + EncodeBase64Url(payload);
}

std::string Token(const SigningKey& key, const std::string& header) {
  const std::string text = Unsigned(header);
  return text + "." + EncodeBase64Url(key.SignRaw(text));
}

std::string Hmac(const std::string& text, const std::string& key) {
  std::string mac(32, '\0');
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(mac.data()), &size);
  return mac;
}

KeySet SetOf(const std::string& keys) {
  auto set = KeySet::Parse("{\"keys\":[" + keys + "]}");
  REQUIRE(set.has_value());
  return *std::move(set);
}

Verdict Judge(const KeySet& keys, const std::string& text) {
  const auto token = Jwt::Parse(text);
  REQUIRE(token.has_value());
  return keys.Check(*token);
}

TEST_CASE("each of the three algorithms is checked by a key of its own kind") {
  const SigningKey rsa = SigningKey::Rsa();
  const SigningKey ec = SigningKey::P256();
  const SigningKey ed = SigningKey::Ed25519();
  const KeySet keys = SetOf(rsa.Jwk("r") + "," + ec.Jwk("e") + "," + ed.Jwk("d"));
  REQUIRE(keys.size() == 3);
  CHECK(Judge(keys, Token(rsa, R"({"alg":"RS256","kid":"r"})")) == Verdict::kGood);
  CHECK(Judge(keys, Token(ec, R"({"alg":"ES256","kid":"e","typ":"JWT"})")) == Verdict::kGood);
  CHECK(Judge(keys, Token(ed, R"({"alg":"EdDSA","kid":"d"})")) == Verdict::kGood);
  // Without an id it is the only one of its kind.
  CHECK(Judge(keys, Token(ec, R"({"alg":"ES256"})")) == Verdict::kGood);
  // The id of one, the algorithm or the signature of another.
  CHECK(Judge(keys, Token(rsa, R"({"alg":"RS256","kid":"e"})")) == Verdict::kUnknown);
  CHECK(Judge(keys, Token(ec, R"({"alg":"ES256","kid":"r"})")) == Verdict::kUnknown);
  CHECK(Judge(keys, Token(rsa, R"({"alg":"ES256","kid":"e"})")) == Verdict::kForged);
  CHECK(Judge(keys, Token(ed, R"({"alg":"ES256","kid":"e"})")) == Verdict::kForged);
  CHECK(Judge(keys, Token(SigningKey::P256(), R"({"alg":"ES256","kid":"e"})")) == Verdict::kForged);
  CHECK(Judge(keys, Token(ec, R"({"alg":"ES256","kid":"new"})")) == Verdict::kUnknown);
}

TEST_CASE("a key that is there twice is nobody's") {
  const SigningKey one = SigningKey::P256();
  const SigningKey other = SigningKey::P256();
  const KeySet keys = SetOf(one.Jwk("a") + "," + other.Jwk("a"));
  CHECK(Judge(keys, Token(one, R"({"alg":"ES256","kid":"a"})")) == Verdict::kForged);
  const KeySet named = SetOf(one.Jwk("a") + "," + other.Jwk("b"));
  CHECK(Judge(named, Token(one, R"({"alg":"ES256"})")) == Verdict::kForged);
  CHECK(Judge(named, Token(one, R"({"alg":"ES256","kid":"a"})")) == Verdict::kGood);
}

TEST_CASE("every bit of a token counts") {
  const SigningKey ec = SigningKey::P256();
  const KeySet keys = SetOf(ec.Jwk("e"));
  const std::string good = Token(ec, R"({"alg":"ES256","kid":"e"})");
  REQUIRE(Judge(keys, good) == Verdict::kGood);
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = bad[at] == 'A' ? 'B' : 'A';
    const auto token = Jwt::Parse(bad);
    INFO(at);
    CHECK((bad == good || !token.has_value() || keys.Check(*token) != Verdict::kGood));
  }
}

TEST_CASE("no other algorithm is a token at all, however it is written") {
  const SigningKey rsa = SigningKey::Rsa();
  const std::string n = rsa.Part("n");
  for (const char* header :
       {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":"NONE"})", R"({"alg":""})", R"({})",
        R"({"alg":null})", R"({"alg":["RS256"]})", R"({"alg":"HS256"})", R"({"alg":"RS512"})",
        R"({"alg":"PS256"})", R"({"alg":"rs256"})", R"({"alg":"ES256K"})"}) {
    INFO(header);
    const std::string text = Unsigned(header);
    CHECK_FALSE(Jwt::Parse(text + ".").has_value());
    CHECK_FALSE(Jwt::Parse(text + "." + EncodeBase64Url(Hmac(text, n))).has_value());
  }
  // A signature by a shared secret under an honest name: the public key is no secret.
  const std::string text = Unsigned(R"({"alg":"RS256","kid":"r"})");
  const KeySet keys = SetOf(rsa.Jwk("r"));
  CHECK(Judge(keys, text + "." + EncodeBase64Url(Hmac(text, n))) == Verdict::kForged);
  CHECK(Judge(keys, text + ".") == Verdict::kForged);
}

TEST_CASE("what is no token is none") {
  const std::string head = EncodeBase64Url(R"({"alg":"ES256"})");
  REQUIRE(Jwt::Parse(head + ".e30.AAAA").has_value());
  for (const std::string& text : {std::string(),
                                  std::string("."),
                                  std::string(".."),
                                  head,
                                  head + ".",
                                  head + ".e30",
                                  head + ".e30.AAAA.",
                                  head + ".e30.AAAA.AAAA.AAAA",
                                  head + "=.e30.AAAA",
                                  head + ".e30.AA AA",
                                  head + ".e30.AAB",
                                  head + ".e30.A",
                                  head + ".e30.++++",
                                  " " + head + ".e30.AAAA",
                                  head + ".e30.AAAA\n",
                                  Unsigned("[]") + ".AAAA",
                                  Unsigned("") + ".AAAA",
                                  Unsigned(R"({"alg":"ES256","alg":"RS256"})") + ".AAAA",
                                  Unsigned(R"({"alg":"ES256","crit":["exp"],"exp":1})") + ".AAAA",
                                  Unsigned(R"({"alg":"ES256","b64":false})") + ".AAAA",
                                  Unsigned(R"({"alg":"ES256","typ":"at+jwt"})") + ".AAAA",
                                  Unsigned(R"({"alg":"ES256","typ":"logout+jwt"})") + ".AAAA",
                                  head + "." + std::string(Jwt::kMaxBytes, 'A') + ".AAAA"}) {
    INFO(text.substr(0, 80));
    CHECK_FALSE(Jwt::Parse(text).has_value());
  }
}

TEST_CASE("keys that are unsafe, for something else or none are left out") {
  const SigningKey rsa = SigningKey::Rsa();
  const SigningKey ec = SigningKey::P256();
  const auto with = [](std::string jwk, const std::string& member) {
    jwk.insert(1, member + ",");
    return jwk;
  };
  const std::string x = EncodeBase64Url(std::string(32, 'x'));
  const std::string n = EncodeBase64Url(rsa.Part("n"));
  for (const std::string& key : std::initializer_list<std::string>{
           SigningKey::Rsa(1024).Jwk("a"), with(rsa.Jwk("a"), R"("use":"enc")"),
           with(rsa.Jwk("a"), R"("alg":"RS512")"), with(ec.Jwk("a"), R"("alg":"RS256")"),
           R"({"kty":"RSA","n":")" + n + R"(","e":"AQ"})", R"({"kty":"RSA","n":")" + n + R"("})",
           R"({"kty":"RSA","n":")" + EncodeBase64Url(std::string(513, '\x7f')) + R"(","e":"AQAB"})",
           R"({"kty":"EC","crv":"P-256","x":")" + x + R"(","y":")" + x + R"("})",
           R"({"kty":"EC","crv":"P-384","x":")" + x + R"(","y":")" + x + R"("})",
           R"({"kty":"oct","k":")" + x + R"(","kid":"a"})",
           R"({"kty":"OKP","crv":"X25519","x":")" + x + R"("})",
           R"({"kty":"OKP","crv":"Ed25519","x":"AAAA"})", "{}"}) {
    INFO(key);
    CHECK(SetOf(key).size() == 0);
  }
  CHECK(SetOf(with(rsa.Jwk("a"), R"("use":"sig","alg":"RS256")")).size() == 1);
  std::string many = "{}";
  for (std::size_t i = 0; i < KeySet::kMaxKeys; ++i) many += ",{}";
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[]"), std::string(R"({"keys":{}})"),
        std::string(R"({"keys":[1]})"), R"({"keys":[],"keys":[)" + ec.Jwk("a") + "]}",
        "{\"keys\":[" + many + "]}",
        R"({"keys":[],"a":")" + std::string(KeySet::kMaxBytes, 'a') + "\"}"}) {
    INFO(text.substr(0, 80));
    CHECK_FALSE(KeySet::Parse(text).has_value());
  }
}

// What is right, with other members in their place.
std::string Claims(const std::string& changed, std::string_view left_out = "") {
  std::string text;
  for (const char* member : {R"("iss":"https://id.test")", R"("aud":"us")", R"("sub":"ann")",
                             R"("nonce":"N")", R"("exp":1700000300)", R"("iat":1699999990)"}) {
    const std::string_view row(member);
    const std::string_view name = row.substr(0, row.find(':') + 1);
    const bool is_replaced = changed.find(name) != std::string::npos;
    if (is_replaced || (!left_out.empty() && row.find(left_out) == 1)) continue;
    text += (text.empty() ? "" : ",") + std::string(row);
  }
  if (!changed.empty()) text += (text.empty() ? "" : ",") + changed;
  return "{" + text + "}";
}

sdk::Outcome Read(const std::string& claims, Person* person = nullptr) {
  const Expected expected{.issuer = "https://id.test",
                          .audiences = {"us"},
                          .nonce = "N",
                          .now_millis = kSeconds * 1000,
                          .leeway_millis = 60000};
  Person ignored;
  return auth_oidc::ReadClaims(claims, expected,
                               {.name_claim = "name", .tags = {{"email", "email"}, {"org", "dep"}}},
                               person == nullptr ? &ignored : person);
}

TEST_CASE("a token is for us, of our provider, of now, and answers our question") {
  REQUIRE(Read(Claims("")).ok());
  for (const char* name : {"iss", "aud", "sub", "nonce", "exp", "iat"}) {
    INFO(name);
    CHECK(Read(Claims("", name)).code == MOLVA_DENIED);
  }
  const struct {
    const char* member;
    bool is_good;
  } cases[] = {
      {R"("iss":"https://id.test/")", false},
      {R"("iss":"https://ID.test")", false},
      {R"("iss":["https://id.test"])", false},
      {R"("aud":"them")", false},
      {R"("aud":"us ")", false},
      {R"("aud":[])", false},
      {R"("aud":["us"])", true},
      {R"("aud":["us",7])", false},
      {R"("aud":["us","them"])", false},
      {R"("aud":["us","them"],"azp":"us")", true},
      {R"("aud":["us","them"],"azp":"them")", false},
      {R"("aud":["them"],"azp":"us")", false},
      {R"("azp":"us")", true},
      {R"("azp":"them")", false},
      {R"("azp":null)", false},
      {R"("nonce":"n")", false},
      {R"("nonce":"")", false},
      {R"("nonce":"NN")", false},
      {R"("sub":"")", false},
      {R"("sub":7)", false},
      {R"("exp":1699999941)", true},  // within the leeway
      {R"("exp":1699999940)", false},
      {R"("exp":"1700000300")", false},
      {R"("exp":-1)", false},
      {R"("iat":1700000060)", true},
      {R"("iat":1700000061)", false},
      {R"("iat":null)", false},
      {R"("nbf":1700000060)", true},
      {R"("nbf":1700000061)", false},
      {R"("nbf":"soon")", false},
      {R"("exp":1700000300.5)", true},
      {R"("other":{"a":1,"a":2})", false},  // two readers, two tokens
  };
  for (const auto& one : cases) {
    INFO(one.member);
    CHECK(Read(Claims(one.member)).ok() == one.is_good);
  }
  const std::string twice = R"("exp":1,"exp":1700000300)";
  CHECK_FALSE(Read(Claims(twice)).ok());
  CHECK_FALSE(Read(Claims("\"sub\":\"" + std::string(256, 'a') + "\"")).ok());
  CHECK(Read(Claims("\"sub\":\"" + std::string(255, 'a') + "\"")).ok());
  CHECK_FALSE(Read("not json").ok());
  CHECK_FALSE(Read(Claims("\"a\":" + std::string(40, '[') + std::string(40, ']'))).ok());
}

TEST_CASE("only an address that the provider has verified becomes a tag") {
  const struct {
    const char* members;
    std::vector<std::string> tags;
  } cases[] = {
      {R"("email":"a@b.c")", {}},
      {R"("email":"a@b.c","email_verified":false)", {}},
      {R"("email":"a@b.c","email_verified":"true")", {}},
      {R"("email":"a@b.c","email_verified":true)", {"email:a@b.c"}},
      {R"("dep":"sales","email_verified":true)", {"org:sales"}},
      {R"("dep":7)", {}},
  };
  for (const auto& one : cases) {
    INFO(one.members);
    Person person;
    REQUIRE(Read(Claims(std::string(one.members) + R"(,"name":"Ann Ng")"), &person).ok());
    CHECK(person.tags == one.tags);
    CHECK(person.name == "Ann Ng");
    CHECK(person.subject == "ann");
  }
}

}  // namespace
}  // namespace molva::test
