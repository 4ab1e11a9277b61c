// What auth_oidc decides without a provider; what one says is in tests/login.
#include <string>

#include "auth/challenge.h"
#include "auth/scheme.h"
#include "model/fault.h"
#include "plugin/auth_adapter.h"
#include "plugin/library.h"
#include "tests/support/catch.h"

namespace molva::test {
namespace {

using auth::Purpose;
using model::Fault;
using plugin::AuthPlugin;

const absl::Time kNow = absl::FromUnixSeconds(1700000000);

absl::StatusOr<std::unique_ptr<AuthPlugin>> TryOpen(const std::string& members) {
  const auto library = plugin::Library::Load(
      plugin::LocatePlugin(MOLVA_PLUGIN_FOLDER, MOLVA_KIND_AUTH, "oidc"), MOLVA_KIND_AUTH);
  INFO(library.status().ToString());
  REQUIRE(library.ok());
  return AuthPlugin::Open(*library, "{" + members + "}");
}

const std::string kClient = R"J("client_id":"c","timeout_seconds":1,)J";
const std::string kBack = R"J("redirect_uris":["https://x.test/back"],)J";
const std::string kIssuer = R"J("issuer":"https://127.0.0.1:1")J";

TEST_CASE("settings that would trust the wrong provider, or in the wrong way, are refused") {
  const std::string rest = kClient + kBack;
  const struct {
    std::string members;
    bool is_good;
  } cases[] = {
      {rest + kIssuer, true},
      {rest + R"J("issuer":"https://id.test/realms/a","tags":["email:email"])J", true},
      {rest + R"J("issuer":"http://127.0.0.1:1","allow_http":true)J", true},
      {rest + R"J("issuer":"http://127.0.0.1:1")J", false},
      {rest + R"J("issuer":"http://id.test","allow_http":true)J", false},
      {rest + R"J("issuer":"http://127.0.0.1.id.test","allow_http":true)J", false},
      {rest + R"J("issuer":"http://127.0.0.1@id.test","allow_http":true)J", false},
      {rest + R"J("issuer":"https://us:pass@id.test")J", false},
      {rest + R"J("issuer":"https://id.test?a=b")J", false},
      {rest + R"J("issuer":"https://id.test#a")J", false},
      {rest + R"J("issuer":"ldap://id.test")J", false},
      {rest + R"J("issuer":"")J", false},
      {kBack + kIssuer, false},
      {kClient + kIssuer, false},
      {kClient + R"J("native_clients":["app"],)J" + kIssuer, true},
      {kClient + R"J("redirect_uris":["com.example.chat:/back"],)J" + kIssuer, true},
      {kClient + R"J("redirect_uris":["https://x.test/#a"],)J" + kIssuer, false},
      {kClient + R"J("redirect_uris":["javascript:alert(1)"],)J" + kIssuer, false},
      {kClient + R"J("redirect_uris":["/back"],)J" + kIssuer, false},
      {rest + kIssuer + R"J(,"scopes":"profile")J", false},
      {rest + kIssuer + R"J(,"client_auth":"none")J", false},
      {rest + kIssuer + R"J(,"client_secret_file":"/nowhere/secret")J", false},
      {rest + kIssuer + R"J(,"tags":["email"])J", false},
      {rest + kIssuer + R"J(,"leeway_seconds":601)J", false},
      {rest + kIssuer + R"J(,"colour":"red")J", false},
  };
  for (const auto& one : cases) {
    INFO(one.members);
    CHECK(TryOpen(one.members).ok() == one.is_good);
  }
}

TEST_CASE("a provider that is away makes logins wait, and nothing else is asked of it") {
  const auto opened = TryOpen(kClient + kBack + kIssuer);
  REQUIRE(opened.ok());
  const AuthPlugin& oidc = **opened;
  const auto fault_of = [&oidc](const std::string& secret) {
    return model::FaultOf(oidc.Verify(secret, nullptr, kNow).status());
  };
  CHECK(fault_of(R"({"redirect_uri":"https://x.test/back"})") == Fault::kServiceUnavailable);
  CHECK(fault_of(R"({"redirect_uri":"https://x.test/back2"})") == Fault::kPolicyViolation);
  CHECK(fault_of(R"({"want":"nonce"})") == Fault::kNotImplemented);
  CHECK(fault_of(R"({"state":"AAAA","ticket":"AAAA","code":"c"})") == Fault::kAuthenticationFailed);
  CHECK(fault_of(R"({"proof":"AAAA"})") == Fault::kAuthenticationFailed);
  CHECK(model::FaultOf(oidc.Parse(Purpose::kLogin, R"({"proof":"AAAA"})").status()) ==
        Fault::kAuthenticationFailed);
  for (const char* secret :
       {R"({"state":"A","ticket":"A"})", R"({"state":"A","ticket":"A","code":"c","id_token":"t"})",
        R"({"state":"A","ticket":"A","code":""})", R"({"redirect_uri":"a","redirect_uri":"b"})",
        R"({"want":"money"})", "[]", "ann:word"}) {
    INFO(secret);
    CHECK(fault_of(secret) == Fault::kMalformed);
    CHECK(model::FaultOf(oidc.Parse(Purpose::kLogin, secret).status()) == Fault::kMalformed);
  }
  for (const Purpose purpose : {Purpose::kCreate, Purpose::kChange}) {
    CHECK(model::FaultOf(oidc.Parse(purpose, R"({"proof":"AAAA"})").status()) ==
          Fault::kNotImplemented);
  }
}

TEST_CASE("failures with one login's state are not held against another's") {
  const auto opened = TryOpen(kClient + kBack + kIssuer);
  REQUIRE(opened.ok());
  const auto name_of = [&](const std::string& state) {
    return *(*opened)->Parse(Purpose::kLogin,
                             R"({"ticket":"t","code":"c","state":")" + state + "\"}");
  };
  CHECK(name_of("AAAA") != name_of("BBBB"));
  CHECK(name_of("AAAA") == name_of("AAAA"));
  CHECK(name_of(std::string(500, 'A')).size() < 40);
}

TEST_CASE("an ID token is asked for with a nonce that is new each time") {
  const auto opened = TryOpen(kClient + R"J("native_clients":["app"],)J" + kIssuer);
  REQUIRE(opened.ok());
  const auto ask = [&] {
    const auto challenge =
        auth::ChallengeOf((*opened)->Verify(R"({"want":"nonce"})", nullptr, kNow).status());
    REQUIRE(challenge.has_value());
    return challenge->bytes;
  };
  const std::string first = ask();
  CHECK(first.find("\"nonce\"") != std::string::npos);
  CHECK(first.find("\"ticket\"") != std::string::npos);
  CHECK(ask() != first);
}

}  // namespace
}  // namespace molva::test
