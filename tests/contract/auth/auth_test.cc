// What every auth plugin must do, and what each of ours does in particular.
#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "auth/scheme.h"
#include "base/random.h"
#include "base/strings.h"
#include "model/fault.h"
#include "plugin/auth_adapter.h"
#include "plugin/library.h"
#include "tests/support/catch.h"

namespace molva::test {
namespace {

using auth::Purpose;
using model::AuthLevel;
using model::Fault;
using plugin::AuthPlugin;

const absl::Time kNow = absl::FromUnixSeconds(1700000000);
constexpr auto kAnn = model::UserId::FromBits(0x1122334455667788);

std::string TokenConfig(char key, int serial = 1, const std::string& more = {}) {
  return "{\"key\":\"" + base::EncodeBase64(std::string(32, key)) +
         "\",\"serial\":" + std::to_string(serial) + more + "}";
}

struct Candidate {
  std::string name;
  std::string config;
  std::string secret;  // good for whatever the scheme does
};

std::vector<Candidate> AllSchemes() {
  return {{"basic", R"({"min_password_length":6})", "ann:secret1"},
          {"token", TokenConfig('k'), ""},
          {"anonymous", "{}", ""}};
}

absl::StatusOr<std::unique_ptr<AuthPlugin>> TryOpen(const std::string& name,
                                                    const std::string& config) {
  const auto library = plugin::Library::Load(
      plugin::LocatePlugin(MOLVA_PLUGIN_FOLDER, MOLVA_KIND_AUTH, name), MOLVA_KIND_AUTH);
  if (!library.ok()) return library.status();
  return AuthPlugin::Open(*library, config);
}

std::unique_ptr<AuthPlugin> Open(const std::string& name, const std::string& config) {
  auto opened = TryOpen(name, config);
  INFO(opened.status().ToString());
  REQUIRE(opened.ok());
  return *std::move(opened);
}

template <typename T>
Fault FaultIn(const absl::StatusOr<T>& result) {
  return model::FaultOf(result.status());
}

// What the store would have after an account was made.
std::optional<store::AuthRecord> MakeRecord(const AuthPlugin& scheme, const std::string& secret) {
  if (!scheme.traits().creates || !scheme.traits().keeps_records) return std::nullopt;
  const auto unique = scheme.Parse(Purpose::kCreate, secret);
  REQUIRE(unique.ok());
  const auto made = scheme.Make(Purpose::kCreate, secret);
  REQUIRE(made.ok());
  return store::AuthRecord{
      std::string(scheme.name()), *unique, kAnn, made->level, made->kept, std::nullopt};
}

// A secret that logs in, and the record it needs.
struct Login {
  std::string secret;
  std::optional<store::AuthRecord> record;
  const store::AuthRecord* found() const { return record.has_value() ? &*record : nullptr; }
};

std::optional<Login> MakeLogin(const AuthPlugin& scheme, const Candidate& candidate) {
  if (!scheme.traits().logs_in) return std::nullopt;
  if (scheme.traits().keeps_records) {
    return Login{candidate.secret, MakeRecord(scheme, candidate.secret)};
  }
  const auto token = scheme.Issue({.user = kAnn, .level = AuthLevel::kAuth}, kNow);
  REQUIRE(token.ok());
  return Login{token->secret, std::nullopt};
}

TEST_CASE("every scheme refuses a configuration that is not what it knows") {
  const auto candidates = AllSchemes();
  for (const Candidate& candidate : candidates) {
    INFO(candidate.name);
    for (const char* config : {"[1]", "{", "nonsense", R"({"no_such_setting":1})"}) {
      const auto opened = TryOpen(candidate.name, config);
      CHECK(absl::IsInvalidArgument(opened.status()));
      CHECK(opened.status().message().find("auth " + candidate.name) == 0);
    }
  }
}

TEST_CASE("every scheme survives rubbish and lets nobody in by it") {
  base::SystemRandom random;
  for (const Candidate& candidate : AllSchemes()) {
    const auto scheme = Open(candidate.name, candidate.config);
    const auto login = MakeLogin(*scheme, candidate);
    INFO(candidate.name);
    std::vector<std::string> rubbish = {
        "", ":", "::", "\xff\xfe", std::string(1000, '\0'), std::string(65536, 'x')};
    for (std::size_t size : {17, 49, 50, 51}) {
      std::string bytes(size, '\0');
      random.Fill(bytes.data(), size);
      rubbish.push_back(bytes);
    }
    for (const std::string& secret : rubbish) {
      (void)scheme->Parse(Purpose::kCreate, secret);  // may pass, must return
      (void)scheme->Parse(Purpose::kChange, secret);
      const auto unique = scheme->Parse(Purpose::kLogin, secret);
      const auto identity =
          scheme->Verify(secret, login.has_value() ? login->found() : nullptr, kNow);
      CHECK_FALSE(identity.ok());
      CHECK(FaultIn(identity) != Fault::kInternalError);
      CHECK(FaultIn(unique) != Fault::kInternalError);
    }
  }
}

TEST_CASE("a secret that was made logs its user in, and any changed byte does not") {
  for (const Candidate& candidate : AllSchemes()) {
    const auto scheme = Open(candidate.name, candidate.config);
    const auto login = MakeLogin(*scheme, candidate);
    INFO(candidate.name);
    if (!login.has_value()) {
      CHECK(FaultIn(scheme->Verify("", nullptr, kNow)) == Fault::kNotImplemented);
      continue;
    }
    const auto identity = scheme->Verify(login->secret, login->found(), kNow);
    REQUIRE(identity.ok());
    CHECK(identity->user == kAnn);
    CHECK(identity->level == AuthLevel::kAuth);
    CHECK(identity->may_log_in);
    CHECK_FALSE(identity->validated);
    for (const std::size_t place : {std::size_t{4}, login->secret.size() - 1}) {
      std::string changed = login->secret;
      changed[place] = static_cast<char>(changed[place] ^ 1);
      CHECK(FaultIn(scheme->Verify(changed, login->found(), kNow)) == Fault::kAuthenticationFailed);
    }
  }
}

TEST_CASE("every scheme serves several threads at once") {
  for (const Candidate& candidate : AllSchemes()) {
    const auto scheme = Open(candidate.name, candidate.config);
    const auto login = MakeLogin(*scheme, candidate);
    std::atomic<int> passed{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 3; ++round) {
          const bool is_let_in = login.has_value()
                                     ? scheme->Verify(login->secret, login->found(), kNow).ok()
                                     : scheme->Make(Purpose::kCreate, candidate.secret).ok();
          if (is_let_in) ++passed;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    INFO(candidate.name);
    CHECK(passed == 12);
  }
}

TEST_CASE("basic takes logins by policy, lower-cased") {
  const auto basic = Open("basic", R"({"min_login_length":3,"min_password_length":6})");
  const struct {
    const char* secret;
    Fault fault;
    const char* unique;
  } cases[] = {
      {"Alice:secret", Fault::kOk, "alice"},
      {"a.l_1ce:with:colons", Fault::kOk, "a.l_1ce"},
      {"abc:\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", Fault::kOk, "abc"},
      {"abc:\xc3\xa9\xc3\xa9\xc3\xa9", Fault::kPolicyViolation, ""},
      {"alicesecret", Fault::kMalformed, ""},
      {"al:secret", Fault::kPolicyViolation, ""},
      {"_alice:secret", Fault::kPolicyViolation, ""},
      {"alice.:secret", Fault::kPolicyViolation, ""},
      {"al ice:secret", Fault::kPolicyViolation, ""},
      {"al\xc3\xa9:secret", Fault::kPolicyViolation, ""},
      {"alice:short", Fault::kPolicyViolation, ""},
      {":secret", Fault::kPolicyViolation, ""},
      {"abcdefghijklmnopqrstuvwxyz0123456:secret", Fault::kPolicyViolation, ""},
      {"abcdefghijklmnopqrstuvwxyz012345:secret", Fault::kOk, "abcdefghijklmnopqrstuvwxyz012345"},
  };
  for (const auto& one : cases) {
    INFO(one.secret);
    const auto unique = basic->Parse(Purpose::kCreate, one.secret);
    CHECK(FaultIn(unique) == one.fault);
    if (unique.ok()) CHECK(*unique == one.unique);
  }
  CHECK(*basic->Parse(Purpose::kChange, ":secret1") == "");
  CHECK(FaultIn(basic->Parse(Purpose::kChange, ":short")) == Fault::kPolicyViolation);
  CHECK(FaultIn(basic->Parse(Purpose::kLogin, "no such:x")) == Fault::kAuthenticationFailed);
  CHECK(*basic->Parse(Purpose::kLogin, "AB:x") == "ab");
  CHECK(basic->TagsOf("alice") == std::vector<std::string>{"basic:alice"});
  CHECK(Open("basic", R"({"add_tags":false})")->TagsOf("alice").empty());
}

TEST_CASE("basic keeps no password in the clear and no two hashes alike") {
  const auto basic = Open("basic", "{}");
  const auto one = basic->Make(Purpose::kCreate, "ann:secret1");
  const auto other = basic->Make(Purpose::kCreate, "ann:secret1");
  REQUIRE(one.ok());
  REQUIRE(other.ok());
  CHECK(one->kept.starts_with("$argon2id$"));
  CHECK(one->kept.find("secret1") == std::string::npos);
  CHECK(one->kept != other->kept);
  CHECK(one->level == AuthLevel::kAuth);
}

TEST_CASE("basic refuses unknown logins, broken records and expired passwords alike") {
  const auto basic = Open("basic", "{}");
  const std::string secret = "ann:secret1";
  auto record = *MakeRecord(*basic, secret);
  CHECK(FaultIn(basic->Verify(secret, nullptr, kNow)) == Fault::kAuthenticationFailed);
  record.expires = kNow;
  CHECK(FaultIn(basic->Verify(secret, &record, kNow)) == Fault::kAuthenticationFailed);
  record.expires = kNow + absl::Seconds(1);
  CHECK(basic->Verify(secret, &record, kNow).ok());
  for (const char* broken : {"", "nonsense", "$argon2id$v=19$m=19456,t=2,p=1$"}) {
    record.secret = broken;
    CHECK(FaultIn(basic->Verify(secret, &record, kNow)) == Fault::kAuthenticationFailed);
  }
}

TEST_CASE("basic works as long for an unknown login as for a wrong password") {
  const auto basic = Open("basic", "{}");
  const auto record = *MakeRecord(*basic, "ann:secret1");
  const auto took = [&basic](const store::AuthRecord* found) {
    absl::Duration shortest = absl::InfiniteDuration();
    for (int i = 0; i < 5; ++i) {
      const absl::Time start = absl::Now();
      CHECK_FALSE(basic->Verify("ann:wrong!!", found, kNow).ok());
      shortest = std::min(shortest, absl::Now() - start);
    }
    return shortest;
  };
  const absl::Duration known = took(&record);
  const absl::Duration unknown = took(nullptr);
  INFO("known " << absl::FormatDuration(known) << ", unknown " << absl::FormatDuration(unknown));
  // The decoy costs a full hash; without it an answer would take microseconds.
  CHECK(unknown > known / 4);
  CHECK(known > unknown / 4);
}

TEST_CASE("a token is the 50 bytes of the protocol") {
  const auto token = Open("token", TokenConfig('k', 0x0102, ",\"lifetime_seconds\":3600"));
  const auto issued = token->Issue(
      {.user = kAnn, .level = AuthLevel::kRoot, .may_log_in = false, .validated = true}, kNow);
  REQUIRE(issued.ok());
  CHECK(issued->expires == kNow + absl::Hours(1));
  const std::string& bytes = issued->secret;
  REQUIRE(bytes.size() == 50);
  CHECK(bytes.substr(0, 8) == "\x88\x77\x66\x55\x44\x33\x22\x11");
  const std::uint32_t seconds = 1700000000 + 3600;
  for (int i = 0; i < 4; ++i) {
    CHECK(static_cast<unsigned char>(bytes[8 + static_cast<std::size_t>(i)]) ==
          (seconds >> (8 * i) & 0xff));
  }
  CHECK(bytes.substr(12, 6) == std::string("\x1e\0\x02\x01\x03\0", 6));
  const auto identity = token->Verify(bytes, nullptr, kNow);
  REQUIRE(identity.ok());
  CHECK(identity->level == AuthLevel::kRoot);
  CHECK(identity->validated);
  CHECK_FALSE(identity->may_log_in);
}

TEST_CASE("a token is refused for its length, signature, serial and age") {
  const auto token = Open("token", TokenConfig('k'));
  const auto issued = token->Issue({.user = kAnn, .level = AuthLevel::kAuth}, kNow);
  REQUIRE(issued.ok());
  const std::string& bytes = issued->secret;
  CHECK(FaultIn(token->Verify(bytes.substr(1), nullptr, kNow)) == Fault::kMalformed);
  CHECK(FaultIn(token->Verify(bytes + "x", nullptr, kNow)) == Fault::kMalformed);
  CHECK(FaultIn(Open("token", TokenConfig('x'))->Verify(bytes, nullptr, kNow)) ==
        Fault::kAuthenticationFailed);
  CHECK(FaultIn(Open("token", TokenConfig('k', 2))->Verify(bytes, nullptr, kNow)) ==
        Fault::kAuthenticationFailed);
  CHECK(token->Verify(bytes, nullptr, issued->expires - absl::Seconds(1)).ok());
  CHECK(FaultIn(token->Verify(bytes, nullptr, issued->expires)) == Fault::kAuthenticationFailed);
  CHECK(FaultIn(token->Parse(Purpose::kCreate, bytes)) == Fault::kNotImplemented);
}

TEST_CASE("after a change of key the former one still verifies, and no longer signs") {
  const auto before = Open("token", TokenConfig('a'));
  const std::string former = ",\"former_key\":\"" + base::EncodeBase64(std::string(32, 'a')) + "\"";
  const auto after = Open("token", TokenConfig('b', 1, former));
  const auto old_token = before->Issue({.user = kAnn, .level = AuthLevel::kAuth}, kNow);
  const auto new_token = after->Issue({.user = kAnn, .level = AuthLevel::kAuth}, kNow);
  CHECK(after->Verify(old_token->secret, nullptr, kNow).ok());
  CHECK(after->Verify(new_token->secret, nullptr, kNow).ok());
  CHECK_FALSE(before->Verify(new_token->secret, nullptr, kNow).ok());
  CHECK_FALSE(TryOpen("token", R"({"key":"c2hvcnQ="})").ok());
}

TEST_CASE("anonymous starts accounts of the lowest level and nothing else") {
  const auto anonymous = Open("anonymous", "{}");
  const auto made = anonymous->Make(Purpose::kCreate, "");
  REQUIRE(made.ok());
  CHECK(made->level == AuthLevel::kAnon);
  CHECK(made->kept.empty());
  CHECK_FALSE(anonymous->traits().keeps_records);
  CHECK(FaultIn(anonymous->Parse(Purpose::kLogin, "")) == Fault::kNotImplemented);
}

}  // namespace
}  // namespace molva::test
