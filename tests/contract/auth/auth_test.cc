// What each of our auth plugins does in particular.
#include <optional>
#include <string>
#include <vector>

#include "auth/scheme.h"
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
  const auto proved = basic->Verify(secret, &record, kNow);
  REQUIRE(proved.ok());
  CHECK_FALSE(proved->validated);
  CHECK(FaultIn(basic->Verify("ann:recret1", &record, kNow)) == Fault::kAuthenticationFailed);
  for (const char* broken : {"", "nonsense", "$argon2id$v=19$m=19456,t=2,p=1$"}) {
    record.secret = broken;
    CHECK(FaultIn(basic->Verify(secret, &record, kNow)) == Fault::kAuthenticationFailed);
  }
}

TEST_CASE("basic takes bcrypt hashes that came from another server, and wants them made anew") {
  const auto basic = Open("basic", "{}");
  const struct {
    const char* hash;
    std::string password;
    bool matches;
  } cases[] = {
      {"$2a$10$XajjQvNhvvRt5GSeFk1xFeyqRrsxkhBkUiQeg0dt.wU1qD4aFDcga", "allmine", true},
      {"$2b$10$XajjQvNhvvRt5GSeFk1xFeyqRrsxkhBkUiQeg0dt.wU1qD4aFDcga", "allmine", true},
      {"$2y$10$XajjQvNhvvRt5GSeFk1xFeyqRrsxkhBkUiQeg0dt.wU1qD4aFDcga", "allmine", true},
      {"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U", true},
      {"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*V", false},
      {"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "", false},
      {"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", {"U*U\0x", 5}, false},
      // Not a cost that is checked, another algorithm, too short, foreign characters.
      {"$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U", false},
      {"$2a$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U", false},
      {"$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U", false},
      {"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe", "U*U", false},
      {"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyO:W", "U*U", false},
      {"$1$abcdefgh$irWbblnpmw.5z7wgBnprh0", "U*U", false},
  };
  for (const auto& one : cases) {
    INFO(one.hash << " " << one.password);
    const store::AuthRecord record{"basic", "ann", kAnn, AuthLevel::kAuth, one.hash, std::nullopt};
    const auto proved = basic->Verify("ann:" + one.password, &record, kNow);
    CHECK(FaultIn(proved) == (one.matches ? Fault::kOk : Fault::kAuthenticationFailed));
    if (!one.matches) continue;
    CHECK(proved->user == kAnn);
    CHECK(basic->IsStale(record));
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

TEST_CASE("a token is the bytes that the protocol says") {
  const auto token = Open("token", TokenConfig('k', 0x0102, ",\"lifetime_seconds\":3600"));
  const auto issued = token->Issue({.user = kAnn,
                                    .level = AuthLevel::kRoot,
                                    .may_log_in = false,
                                    .validated = true,
                                    .login = 0x0807060504030201},
                                   kNow);
  REQUIRE(issued.ok());
  CHECK(issued->expires == kNow + absl::Hours(1));
  const std::string& bytes = issued->secret;
  REQUIRE(bytes.size() == 58);
  CHECK(bytes.substr(0, 8) == "\x88\x77\x66\x55\x44\x33\x22\x11");
  const std::uint32_t seconds = 1700000000 + 3600;
  for (int i = 0; i < 4; ++i) {
    CHECK(static_cast<unsigned char>(bytes[8 + static_cast<std::size_t>(i)]) ==
          (seconds >> (8 * i) & 0xff));
  }
  CHECK(bytes.substr(12, 6) == std::string("\x1e\0\x02\x01\x03\0", 6));
  CHECK(bytes.substr(18, 8) == "\x01\x02\x03\x04\x05\x06\x07\x08");
  const auto identity = token->Verify(bytes, nullptr, kNow);
  REQUIRE(identity.ok());
  CHECK(identity->level == AuthLevel::kRoot);
  CHECK(identity->validated);
  CHECK_FALSE(identity->may_log_in);
  CHECK(identity->login == 0x0807060504030201);
}

TEST_CASE("a token is refused for its length, signature, serial and age") {
  const auto token = Open("token", TokenConfig('k'));
  const auto issued = token->Issue({.user = kAnn, .level = AuthLevel::kAuth}, kNow);
  REQUIRE(issued.ok());
  const std::string& bytes = issued->secret;
  CHECK(FaultIn(token->Verify(bytes.substr(1), nullptr, kNow)) == Fault::kMalformed);
  CHECK(FaultIn(token->Verify(bytes + "x", nullptr, kNow)) == Fault::kMalformed);
  // Of the former kind, which named no login: whoever has one logs in again.
  CHECK(FaultIn(token->Verify(std::string(50, '\0'), nullptr, kNow)) ==
        Fault::kAuthenticationFailed);
  std::string other_login = bytes;
  other_login[18] = static_cast<char>(other_login[18] ^ 1);
  CHECK(FaultIn(token->Verify(other_login, nullptr, kNow)) == Fault::kAuthenticationFailed);
  CHECK(FaultIn(Open("token", TokenConfig('x'))->Verify(bytes, nullptr, kNow)) ==
        Fault::kAuthenticationFailed);
  CHECK(FaultIn(Open("token", TokenConfig('k', 2))->Verify(bytes, nullptr, kNow)) ==
        Fault::kAuthenticationFailed);
  CHECK(token->Verify(bytes, nullptr, issued->expires - absl::Seconds(1)).ok());
  CHECK(FaultIn(token->Verify(bytes, nullptr, issued->expires)) == Fault::kAuthenticationFailed);
  CHECK(FaultIn(token->Parse(Purpose::kCreate, bytes)) == Fault::kNotImplemented);
}

TEST_CASE("a token lasts no longer than it is asked to, and says so") {
  const auto token = Open("token", TokenConfig('k'));
  auth::Identity weak{.user = kAnn, .level = AuthLevel::kNone, .may_log_in = false};
  weak.expires = kNow + absl::Minutes(5);
  const auto issued = token->Issue(weak, kNow);
  REQUIRE(issued.ok());
  CHECK(issued->expires == *weak.expires);
  const auto proved = token->Verify(issued->secret, nullptr, kNow);
  REQUIRE(proved.ok());
  CHECK(proved->expires == weak.expires);
  CHECK_FALSE(proved->may_log_in);
  CHECK_FALSE(proved->validated);
  weak.expires = kNow + absl::Hours(24 * 10'000);
  CHECK(token->Issue(weak, kNow)->expires < *weak.expires);
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
