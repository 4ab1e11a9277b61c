// Passkeys of each algorithm, made by authenticators that do what a test says; those of a browser
// are in tests/login.
#include <openssl/sha.h>

#include <optional>
#include <string>
#include <vector>

#include "auth/challenge.h"
#include "auth/scheme.h"
#include "login_common/base64_url.h"
#include "model/fault.h"
#include "plugin/auth_adapter.h"
#include "plugin/library.h"
#include "tests/support/catch.h"
#include "tests/support/signing_key.h"

namespace molva::test {
namespace {

using auth::Purpose;
using login_common::EncodeBase64Url;
using model::Fault;
using plugin::AuthPlugin;

const absl::Time kNow = absl::FromUnixSeconds(1700000000);
constexpr auto kAnn = model::UserId::FromBits(0x1122334455667788);
constexpr auto kBob = model::UserId::FromBits(12);
const std::string kAnnHandle = "\x88\x77\x66\x55\x44\x33\x22\x11";
constexpr char kOrigin[] = "https://chat.test";
const std::string kSettings = R"J("rp_id":"chat.test","origins":["https://chat.test"])J";

absl::StatusOr<std::unique_ptr<AuthPlugin>> TryOpen(const std::string& members) {
  const auto library = plugin::Library::Load(
      plugin::LocatePlugin(MOLVA_PLUGIN_FOLDER, MOLVA_KIND_AUTH, "passkey"), MOLVA_KIND_AUTH);
  INFO(library.status().ToString());
  REQUIRE(library.ok());
  return AuthPlugin::Open(*library, "{" + members + "}");
}

std::unique_ptr<AuthPlugin> OpenPasskey(const std::string& members = kSettings) {
  auto opened = TryOpen(members);
  INFO(opened.status().ToString());
  REQUIRE(opened.ok());
  return *std::move(opened);
}

std::string Hash(const std::string& text) {
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

// The challenge in what the scheme asks.
std::string ChallengeIn(const absl::Status& status) {
  const auto challenge = auth::ChallengeOf(status);
  INFO(status.ToString());
  REQUIRE(challenge.has_value());
  CHECK(challenge->scheme == "passkey");
  const std::string key = "\"challenge\":\"";
  const std::size_t at = challenge->bytes.find(key) + key.size();
  return challenge->bytes.substr(at, challenge->bytes.find('"', at) - at);
}

// What an authenticator and its browser say; each part may be a lie.
struct Authenticator {
  static constexpr char kPresent = 1;
  static constexpr char kVerified = 4;
  static constexpr char kHasKey = 64;
  static constexpr char kHasExtensions = static_cast<char>(128);

  SigningKey key;
  std::string id = "credential";
  std::string domain = "chat.test";
  std::string origin = kOrigin;
  std::string more_client_data{};
  char flags = kPresent | kVerified;
  std::uint32_t counter = 1;
  std::string extensions{};
  std::string behind{};  // bytes behind the end
  std::string format =
      "\x63"
      "fmt\x64"
      "none\x67"
      "attStmt\xa0";
  std::optional<std::string> cose{};

  std::string Data(char more_flags, const std::string& made) const {
    std::string data = Hash(domain);
    data += static_cast<char>(flags | more_flags | (extensions.empty() ? 0 : kHasExtensions));
    for (int i = 3; i >= 0; --i) data += static_cast<char>(counter >> (8 * i) & 0xff);
    return data + made + extensions + behind;
  }
  std::string ClientData(const std::string& type, const std::string& challenge) const {
    return R"({"type":")" + type + R"(","challenge":")" + challenge + R"(","origin":")" + origin +
           "\"" + more_client_data + "}";
  }
  std::string Made(const std::string& challenge,
                   const std::string& type = "webauthn.create") const {
    std::string made(16, '\0');
    made += static_cast<char>(id.size() >> 8);
    made += static_cast<char>(id.size() & 0xff);
    made += id + cose.value_or(key.Cose());
    const std::string data = Data(kHasKey, made);
    const auto byte = [](std::size_t value) {
      return std::string(1, static_cast<char>(value & 0xff));
    };
    const std::string size = data.size() < 256
                                 ? "\x58" + byte(data.size())
                                 : "\x59" + byte(data.size() >> 8) + byte(data.size());
    const std::string object = "\xa3" + format +
                               "\x68"
                               "authData" +
                               size + data;
    return R"({"id":")" + EncodeBase64Url(id) +
           R"(","label":"mine","response":{"clientDataJSON":")" +
           EncodeBase64Url(ClientData(type, challenge)) + R"(","attestationObject":")" +
           EncodeBase64Url(object) + R"("}})";
  }
  std::string Signed(const std::string& challenge, const std::string& handle = kAnnHandle,
                     const std::string& type = "webauthn.get") const {
    const std::string data = Data(0, "");
    const std::string client_data = ClientData(type, challenge);
    const std::string signature = key.Sign(data + Hash(client_data));
    return R"({"id":")" + EncodeBase64Url(id) + R"(","response":{"clientDataJSON":")" +
           EncodeBase64Url(client_data) + R"(","authenticatorData":")" + EncodeBase64Url(data) +
           R"(","signature":")" + EncodeBase64Url(signature) + "\"" +
           (handle.empty() ? "" : R"(,"userHandle":")" + EncodeBase64Url(handle) + "\"") + "}}";
  }
};

using Record = std::optional<store::AuthRecord>;

const store::AuthRecord* Pointer(const Record& record) {
  return record.has_value() ? &*record : nullptr;
}

std::string AskToCreate(const AuthPlugin& scheme, const Record& record, model::UserId user = kAnn) {
  return ChallengeIn(scheme.Replace(user, R"({"want":"create"})", Pointer(record), kNow).status());
}

std::string AskToGet(const AuthPlugin& scheme) {
  return ChallengeIn(scheme.Verify(R"({"want":"get"})", nullptr, kNow).status());
}

// What the store has once `authenticator` is registered.
Record Register(const AuthPlugin& scheme, const Authenticator& authenticator,
                const Record& former = std::nullopt) {
  const auto made =
      scheme.Replace(kAnn, authenticator.Made(AskToCreate(scheme, former)), Pointer(former), kNow);
  INFO(made.status().ToString());
  REQUIRE(made.ok());
  return store::AuthRecord{"passkey",  "1122334455667788", kAnn, model::AuthLevel::kAuth,
                           made->kept, std::nullopt};
}

SigningKey MakeKey(int kind) {
  if (kind == 0) return SigningKey::P256();
  return kind == 1 ? SigningKey::Rsa() : SigningKey::Ed25519();
}

TEST_CASE("keys of each algorithm are registered and log in") {
  for (int kind = 0; kind < 3; ++kind) {
    const auto scheme = OpenPasskey();
    Authenticator phone{.key = MakeKey(kind)};
    const Record record = Register(*scheme, phone);
    phone.counter = 7;
    const std::string secret = phone.Signed(AskToGet(*scheme));
    CHECK(*scheme->Parse(Purpose::kLogin, secret) == record->unique);
    const auto proved = scheme->Verify(secret, Pointer(record), kNow);
    INFO(kind << proved.status().ToString());
    REQUIRE(proved.ok());
    CHECK(proved->user == kAnn);
    CHECK(proved->level == model::AuthLevel::kAuth);
    REQUIRE_FALSE(proved->kept.empty());
    CHECK(proved->kept != record->secret);
    // The same once more, and one of somebody else.
    CHECK(model::FaultOf(scheme->Verify(secret, Pointer(record), kNow).status()) ==
          Fault::kAuthenticationFailed);
    Authenticator thief{.key = MakeKey(kind)};
    thief.counter = 9;
    CHECK(model::FaultOf(
              scheme->Verify(thief.Signed(AskToGet(*scheme)), Pointer(record), kNow).status()) ==
          Fault::kAuthenticationFailed);
  }
}

TEST_CASE("a login is refused for each thing that is not as it must be") {
  const auto scheme = OpenPasskey();
  Authenticator phone{.key = SigningKey::P256()};
  const Record record = Register(*scheme, phone);
  const auto fault_of = [&](const std::string& secret, absl::Time now = kNow) {
    return model::FaultOf(scheme->Verify(secret, Pointer(record), now).status());
  };
  const auto with = [&](auto change) {
    Authenticator changed{.key = SigningKey::P256()};
    std::swap(changed.key, phone.key);
    changed.counter = 2;
    change(changed);
    const Fault fault = fault_of(changed.Signed(AskToGet(*scheme)));
    std::swap(changed.key, phone.key);
    return fault;
  };
  const Fault denied = Fault::kAuthenticationFailed;
  CHECK(with([](Authenticator&) {}) == Fault::kOk);
  CHECK(with([](Authenticator& it) { it.domain = "evil.test"; }) == denied);
  CHECK(with([](Authenticator& it) { it.origin = "https://evil.test"; }) == denied);
  CHECK(with([](Authenticator& it) { it.origin = "https://chat.test.evil.test"; }) == denied);
  CHECK(with([](Authenticator& it) { it.origin = "http://chat.test"; }) == denied);
  CHECK(with([](Authenticator& it) { it.origin = "https://chat.test/"; }) == denied);
  CHECK(with([](Authenticator& it) { it.more_client_data = R"(,"crossOrigin":true)"; }) == denied);
  CHECK(with([](Authenticator& it) { it.more_client_data = R"(,"crossOrigin":false)"; }) ==
        Fault::kOk);
  CHECK(with([](Authenticator& it) { it.more_client_data = R"(,"origin":"https://chat.test")"; }) ==
        Fault::kMalformed);
  CHECK(with([](Authenticator& it) { it.flags = Authenticator::kVerified; }) == denied);
  CHECK(with([](Authenticator& it) { it.flags = Authenticator::kPresent; }) == Fault::kOk);
  CHECK(with([](Authenticator& it) { it.flags = 1 | 16; }) == denied);  // saved, and cannot be
  CHECK(with([](Authenticator& it) { it.id = "another"; }) == denied);
  CHECK(with([](Authenticator& it) { it.behind = "x"; }) == denied);
  CHECK(with([](Authenticator& it) {
          it.extensions =
              "\xa1\x61"
              "a\xf5";
        }) == Fault::kOk);
  CHECK(with([](Authenticator& it) { it.extensions = "\xf5"; }) == denied);
  phone.counter = 2;
  CHECK(fault_of(phone.Signed(AskToGet(*scheme), kAnnHandle, "webauthn.create")) == denied);
  CHECK(fault_of(phone.Signed(EncodeBase64Url(std::string(65, 'x')))) == denied);
  CHECK(fault_of(phone.Signed("")) == denied);
  CHECK(fault_of(phone.Signed(AskToCreate(*scheme, record))) == denied);
  CHECK(fault_of(phone.Signed(AskToGet(*scheme)), kNow + absl::Seconds(299)) == Fault::kOk);
  CHECK(fault_of(phone.Signed(AskToGet(*scheme)), kNow + absl::Seconds(300)) == denied);
  CHECK(fault_of(phone.Signed(AskToGet(*OpenPasskey()))) == denied);  // before a restart
  // Nobody has a record.
  CHECK(model::FaultOf(scheme->Verify(phone.Signed(AskToGet(*scheme)), nullptr, kNow).status()) ==
        denied);
}

TEST_CASE("a counter that does not rise is refused, one that stays at zero is none") {
  const auto scheme = OpenPasskey();
  const struct {
    std::uint32_t kept, shown;
    bool is_good;
  } cases[] = {{0, 0, true},
               {0, 1, true},
               {5, 6, true},
               {5, 5, false},
               {5, 4, false},
               {5, 0, false},
               {0x7fffffff, 0x80000000, true}};
  for (const auto& one : cases) {
    Authenticator phone{.key = SigningKey::Ed25519()};
    phone.counter = one.kept;
    const Record record = Register(*scheme, phone);
    phone.counter = one.shown;
    const auto proved = scheme->Verify(phone.Signed(AskToGet(*scheme)), Pointer(record), kNow);
    INFO(one.kept << " " << one.shown);
    CHECK(proved.ok() == one.is_good);
    if (proved.ok()) CHECK(proved->kept.empty() == (one.kept == one.shown));
  }
}

TEST_CASE("a challenge for one user is no good for another") {
  const auto scheme = OpenPasskey();
  Authenticator phone{.key = SigningKey::Ed25519()};
  const Record record = Register(*scheme, phone);
  phone.counter = 2;
  const std::string ask = R"({"want":"get","user":"usr)" + EncodeBase64Url(kAnnHandle) + "\"}";
  const auto challenge_for_ann = [&] {
    return ChallengeIn(scheme->Verify(ask, Pointer(record), kNow).status());
  };
  CHECK(*scheme->Parse(Purpose::kLogin, ask) == record->unique);
  // An authenticator that keeps no names says none: the challenge does.
  const std::string nameless = phone.Signed(challenge_for_ann(), "");
  CHECK(*scheme->Parse(Purpose::kLogin, nameless) == record->unique);
  CHECK(scheme->Verify(nameless, Pointer(record), kNow).ok());
  CHECK(model::FaultOf(
            scheme->Parse(Purpose::kLogin, phone.Signed(AskToGet(*scheme), "")).status()) ==
        Fault::kAuthenticationFailed);
  Record of_bob = record;
  of_bob->user = kBob;
  CHECK(model::FaultOf(scheme->Verify(phone.Signed(challenge_for_ann(), ""), Pointer(of_bob), kNow)
                           .status()) == Fault::kAuthenticationFailed);
  const auto made = scheme->Replace(
      kBob, Authenticator{.key = SigningKey::P256()}.Made(AskToCreate(*scheme, std::nullopt)),
      nullptr, kNow);
  CHECK(model::FaultOf(made.status()) == Fault::kAuthenticationFailed);
}

TEST_CASE("a registration is refused for each thing that is not as it must be") {
  const auto scheme = OpenPasskey();
  const auto with = [&](auto change) {
    Authenticator phone{.key = SigningKey::P256()};
    change(phone);
    const std::string challenge = AskToCreate(*scheme, std::nullopt);
    return model::FaultOf(scheme->Replace(kAnn, phone.Made(challenge), nullptr, kNow).status());
  };
  const Fault denied = Fault::kAuthenticationFailed;
  const Fault malformed = Fault::kMalformed;
  CHECK(with([](Authenticator&) {}) == Fault::kOk);
  CHECK(with([](Authenticator& it) { it.id = std::string(1023, 'i'); }) == Fault::kOk);
  CHECK(with([](Authenticator& it) { it.id = std::string(1024, 'i'); }) == malformed);
  CHECK(with([](Authenticator& it) { it.domain = "evil.test"; }) == denied);
  CHECK(with([](Authenticator& it) { it.origin = "https://evil.test"; }) == denied);
  CHECK(with([](Authenticator& it) { it.flags = 0; }) == denied);
  CHECK(with([](Authenticator& it) { it.behind = "x"; }) == malformed);
  CHECK(with([](Authenticator& it) { it.extensions = "\xa0"; }) == Fault::kOk);
  CHECK(with([](Authenticator& it) { it.extensions = "\xbf\xff"; }) == malformed);
  // Who vouches for a maker, or says more than "none" may.
  CHECK(with([](Authenticator& it) {
          it.format =
              "\x63"
              "fmt\x66"
              "packed\x67"
              "attStmt\xa0";
        }) == malformed);
  CHECK(with([](Authenticator& it) {
          it.format =
              "\x63"
              "fmt\x64"
              "none\x67"
              "attStmt\xa1\x61"
              "a\x01";
        }) == malformed);
  CHECK(with([](Authenticator& it) {
          it.format =
              "\x63"
              "fmt\x64"
              "none\x63"
              "fmt\x64"
              "none";
        }) == malformed);
  // Keys: weak, of another algorithm than its kind, twice, not on the curve, none.
  CHECK(with([](Authenticator& it) { it.cose = SigningKey::Rsa(1024).Cose(); }) == malformed);
  CHECK(with([](Authenticator& it) {
          std::string cose = it.key.Cose();
          cose[4] = '\x27';  // EdDSA
          it.cose = cose;
        }) == malformed);
  CHECK(with([](Authenticator& it) {
          std::string cose = it.key.Cose();
          cose.back() = static_cast<char>(cose.back() ^ 1);
          it.cose = cose;
        }) == malformed);
  CHECK(with([](Authenticator& it) { it.cose = "\xa2\x01\x02\x01\x02"; }) == malformed);
  CHECK(with([](Authenticator& it) { it.cose = "\xa0"; }) == malformed);
  CHECK(with([](Authenticator& it) { it.cose = "\xbb\xff\xff\xff\xff\xff\xff\xff\xff"; }) ==
        malformed);
  CHECK(with([](Authenticator& it) { it.cose = std::string(100, '\x81'); }) == malformed);
}

TEST_CASE("passkeys are added, listed and removed, and the last one ends the record") {
  const auto scheme = OpenPasskey(kSettings + R"J(,"max_keys":2)J");
  Authenticator first{.key = SigningKey::P256()};
  first.id = "first";
  Authenticator second{.key = SigningKey::Ed25519()};
  second.id = "second";
  Record record = Register(*scheme, first);
  const std::string again = first.Made(AskToCreate(*scheme, record));
  CHECK(model::FaultOf(scheme->Replace(kAnn, again, Pointer(record), kNow).status()) ==
        Fault::kDuplicateCredential);
  record = Register(*scheme, second, record);
  const auto change = [&](const std::string& secret) {
    return scheme->Replace(kAnn, secret, Pointer(record), kNow);
  };
  CHECK(model::FaultOf(change(R"({"want":"create"})").status()) == Fault::kPolicyViolation);
  const auto listed = change(R"({"want":"list"})");
  REQUIRE(listed.ok());
  CHECK(listed->kept == record->secret);
  REQUIRE(listed->told.size() == 2);
  CHECK(listed->told[0] == R"({"id":"Zmlyc3Q","label":"mine","created":1700000000000})");
  CHECK(model::FaultOf(change(R"({"want":"remove","id":"AAAA"})").status()) == Fault::kNotFound);
  const auto removed = change(R"({"want":"remove","id":"Zmlyc3Q"})");
  REQUIRE(removed.ok());
  record->secret = removed->kept;
  first.counter = 9;
  second.counter = 9;
  CHECK_FALSE(scheme->Verify(first.Signed(AskToGet(*scheme)), Pointer(record), kNow).ok());
  CHECK(scheme->Verify(second.Signed(AskToGet(*scheme)), Pointer(record), kNow).ok());
  const auto last = change(R"({"want":"remove","id":"c2Vjb25k"})");
  REQUIRE(last.ok());
  CHECK(last->kept.empty());
  CHECK(last->told.empty());
}

TEST_CASE("settings that would take passkeys of others are refused") {
  const std::string domain = R"J("rp_id":"chat.test",)J";
  const struct {
    std::string members;
    bool is_good;
  } cases[] = {
      {kSettings, true},
      {domain + R"J("origins":["https://chat.test:8443","https://app.chat.test"])J", true},
      {domain + R"J("origins":["android:apk-key-hash:AAAA"])J", true},
      {domain + R"J("origins":["http://chat.test"])J", false},
      {domain + R"J("origins":["https://chat.test/"])J", false},
      {domain + R"J("origins":["https://xchat.test"])J", false},
      {domain + R"J("origins":["https://test"])J", false},
      {domain + R"J("origins":["*"])J", false},
      {domain + R"J("origins":[])J", false},
      {R"J("rp_id":"localhost","origins":["http://localhost:8080"])J", true},
      {R"J("rp_id":"https://chat.test","origins":["https://chat.test"])J", false},
      {R"J("rp_id":"","origins":["https://chat.test"])J", false},
      {kSettings + R"J(,"user_verification":"maybe")J", false},
      {kSettings + R"J(,"max_keys":17)J", false},
      {kSettings + R"J(,"colour":"red")J", false},
  };
  for (const auto& one : cases) {
    INFO(one.members);
    CHECK(TryOpen(one.members).ok() == one.is_good);
  }
}

}  // namespace
}  // namespace molva::test
