// Second factors: what the scheme takes and refuses. Codes are those of RFC 6238, appendix B.
#include <optional>
#include <string>
#include <vector>

#include <absl/strings/ascii.h>

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

constexpr auto kAnn = model::UserId::FromBits(0x00aa334455667788);
constexpr auto kBob = model::UserId::FromBits(12);
// "12345678901234567890"
const std::string kSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
// Two steps behind each other.
const absl::Time kFirst = absl::FromUnixSeconds(1111111109);
const std::string kFirstCode = "081804";
const absl::Time kSecond = absl::FromUnixSeconds(1111111111);
const std::string kSecondCode = "050471";

std::unique_ptr<AuthPlugin> OpenTotp(char key = 'k') {
  const auto library = plugin::Library::Load(
      plugin::LocatePlugin(MOLVA_PLUGIN_FOLDER, MOLVA_KIND_AUTH, "totp"), MOLVA_KIND_AUTH);
  INFO(library.status().ToString());
  REQUIRE(library.ok());
  auto opened =
      AuthPlugin::Open(*library, "{\"key\":\"" + base::EncodeBase64(std::string(32, key)) + "\"}");
  INFO(opened.status().ToString());
  REQUIRE(opened.ok());
  return *std::move(opened);
}

template <typename T>
Fault FaultIn(const absl::StatusOr<T>& result) {
  return model::FaultOf(result.status());
}

// Somebody whose second factor is on since kFirst.
struct Owner {
  explicit Owner(const AuthPlugin& totp) {
    auto begun = totp.Replace(kAnn, "on:" + kSecret + ":" + kFirstCode, nullptr, kFirst);
    INFO(begun.status().ToString());
    REQUIRE(begun.ok());
    recovery = begun->told;
    record = {"totp", "00aa334455667788", kAnn, AuthLevel::kAuth, begun->kept, std::nullopt};
  }
  store::AuthRecord record;
  std::vector<std::string> recovery;
};

std::string TicketFor(const AuthPlugin& totp, model::UserId user, absl::Time now) {
  const auto ticket = totp.Issue(
      {.user = user, .level = AuthLevel::kRoot, .may_log_in = true, .validated = true}, now);
  REQUIRE(ticket.ok());
  CHECK(ticket->expires == now + absl::Minutes(5));
  return ticket->secret;
}

TEST_CASE("an authenticator is taken by the code that it shows, and with no other") {
  const auto totp = OpenTotp();
  const struct {
    std::int64_t seconds;
    const char* code;
  } vectors[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                 {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
  for (const auto& vector : vectors) {
    const auto at = [&](int offset) {
      const std::string secret = "on:" + kSecret + ":" + vector.code;
      return FaultIn(
          totp->Replace(kAnn, secret, nullptr, absl::FromUnixSeconds(vector.seconds + offset)));
    };
    INFO(vector.code);
    CHECK(at(0) == Fault::kOk);
    CHECK(at(30) == Fault::kOk);  // a clock that is half a minute behind
    CHECK(at(60) == Fault::kAuthenticationFailed);
    CHECK(at(-90) == Fault::kAuthenticationFailed);
  }
  const struct {
    std::string secret;
    Fault fault;
  } cases[] = {
      {"on:gezd gnbv gy3t qojq-gezd gnbv gy3t qojq:081 804", Fault::kOk},
      {"on:" + kSecret + ":081805", Fault::kAuthenticationFailed},
      {"on:" + kSecret + ":", Fault::kAuthenticationFailed},
      {"on:" + kSecret + ":0818045", Fault::kAuthenticationFailed},
      {"on:" + kSecret, Fault::kMalformed},
      {"on:GEZDGNBVGY3TQOJ1:081804", Fault::kMalformed},
      {"on:GEZDGNBV:081804", Fault::kPolicyViolation},
      {"on", Fault::kMalformed},
      {"", Fault::kMalformed},
      {"on:" + std::string(2000, 'A') + ":1", Fault::kMalformed},
      {"upon:" + kSecret + ":081804", Fault::kMalformed},
      {"off:081804", Fault::kNotFound},
      {"codes:081804", Fault::kNotFound},
  };
  for (const auto& one : cases) {
    INFO(one.secret);
    CHECK(FaultIn(totp->Replace(kAnn, one.secret, nullptr, kFirst)) == one.fault);
  }
}

TEST_CASE("neither the secret nor a recovery code is kept as it is") {
  const auto totp = OpenTotp();
  const Owner ann(*totp);
  CHECK(ann.record.secret.find("1234567890") == std::string::npos);
  CHECK(ann.record.secret.find(kSecret) == std::string::npos);
  REQUIRE(ann.recovery.size() == 10);
  for (const std::string& code : ann.recovery) {
    CHECK(code.size() == 19);
    CHECK(ann.record.secret.find(code) == std::string::npos);
    CHECK(ann.record.secret.find(code.substr(0, 4)) == std::string::npos);
  }
  // The record of one user is worth nothing for another, nor under another key.
  store::AuthRecord moved = ann.record;
  moved.user = kBob;
  const std::string secret = kSecondCode + ":" + TicketFor(*totp, kBob, kSecond);
  CHECK(FaultIn(totp->Verify(secret, &moved, kSecond)) == Fault::kAuthenticationFailed);
  const auto other = OpenTotp('x');
  const std::string elsewhere = kSecondCode + ":" + TicketFor(*other, kAnn, kSecond);
  CHECK(FaultIn(other->Verify(elsewhere, &ann.record, kSecond)) == Fault::kAuthenticationFailed);
}

TEST_CASE("a ticket and a code log in as the first factor said, and neither does it twice") {
  const auto totp = OpenTotp();
  Owner ann(*totp);
  const std::string ticket = TicketFor(*totp, kAnn, kSecond);
  const std::string secret = kSecondCode + ":" + ticket;
  CHECK(*totp->Parse(Purpose::kLogin, secret) == ann.record.unique);
  const auto proved = totp->Verify(secret, &ann.record, kSecond);
  INFO(proved.status().ToString());
  REQUIRE(proved.ok());
  CHECK(proved->user == kAnn);
  CHECK(proved->level == AuthLevel::kRoot);
  CHECK(proved->may_log_in);
  CHECK(proved->validated);
  REQUIRE_FALSE(proved->kept.empty());
  ann.record.secret = proved->kept;
  const std::string fresh = TicketFor(*totp, kAnn, kSecond);
  const auto fault_of = [&](const std::string& code, const std::string& with) {
    return FaultIn(totp->Verify(code + ":" + with, &ann.record, kSecond));
  };
  CHECK(fault_of(kSecondCode, ticket) == Fault::kAuthenticationFailed);
  CHECK(fault_of(kSecondCode, fresh) == Fault::kAuthenticationFailed);
  CHECK(fault_of(kFirstCode, fresh) == Fault::kAuthenticationFailed);  // of an earlier step
  CHECK(fault_of(ann.recovery[0], ticket) == Fault::kAuthenticationFailed);
  CHECK(fault_of(ann.recovery[0], fresh) == Fault::kOk);
}

TEST_CASE("a ticket is good for five minutes, for its user, and whole") {
  const auto totp = OpenTotp();
  const Owner ann(*totp);
  const std::string ticket = TicketFor(*totp, kAnn, kSecond - absl::Minutes(5));
  const auto fault_of = [&](const std::string& with) {
    return FaultIn(totp->Verify(kSecondCode + ":" + with, &ann.record, kSecond));
  };
  CHECK(fault_of(ticket) == Fault::kAuthenticationFailed);
  CHECK(fault_of(TicketFor(*totp, kAnn, kSecond - absl::Minutes(5) + absl::Milliseconds(1))) ==
        Fault::kOk);
  CHECK(fault_of(TicketFor(*totp, kBob, kSecond)) == Fault::kAuthenticationFailed);
  const std::string good = TicketFor(*totp, kAnn, kSecond);
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    INFO(at);
    CHECK(fault_of(bad) == Fault::kAuthenticationFailed);
    CHECK(FaultIn(totp->Parse(Purpose::kLogin, "1:" + bad)) == Fault::kAuthenticationFailed);
  }
  CHECK(fault_of(good + "x") == Fault::kAuthenticationFailed);
  CHECK(fault_of("") == Fault::kAuthenticationFailed);
  // Who mistypes tries again with the same ticket.
  CHECK(FaultIn(totp->Verify("000000:" + good, &ann.record, kSecond)) ==
        Fault::kAuthenticationFailed);
  CHECK(fault_of(good) == Fault::kOk);
}

TEST_CASE("each recovery code helps once, however it is typed") {
  const auto totp = OpenTotp();
  Owner ann(*totp);
  const auto try_code = [&](const std::string& code) {
    const auto proved =
        totp->Verify(code + ":" + TicketFor(*totp, kAnn, kSecond), &ann.record, kSecond);
    if (proved.ok()) ann.record.secret = proved->kept;
    return FaultIn(proved);
  };
  std::string shouted;
  for (const char c : ann.recovery[0]) {
    if (c != '-') shouted += absl::ascii_toupper(static_cast<unsigned char>(c));
  }
  CHECK(try_code(shouted) == Fault::kOk);
  CHECK(try_code(ann.recovery[0]) == Fault::kAuthenticationFailed);
  for (std::size_t i = 1; i < ann.recovery.size(); ++i) {
    CHECK(try_code(ann.recovery[i]) == Fault::kOk);
    CHECK(try_code(ann.recovery[i]) == Fault::kAuthenticationFailed);
  }
  // The codes of the clock go on, and bring new recovery codes.
  const auto made = totp->Replace(kAnn, "codes:" + kSecondCode, &ann.record, kSecond);
  REQUIRE(made.ok());
  REQUIRE(made->told.size() == 10);
  ann.record.secret = made->kept;
  CHECK(try_code(kSecondCode) == Fault::kAuthenticationFailed);
  CHECK(try_code(made->told[9]) == Fault::kOk);
}

TEST_CASE("a second factor ends by a code of its own, and is not begun over another") {
  const auto totp = OpenTotp();
  const Owner ann(*totp);
  const auto fault_of = [&](const std::string& secret) {
    return FaultIn(totp->Replace(kAnn, secret, &ann.record, kSecond));
  };
  CHECK(fault_of("on:" + kSecret + ":" + kSecondCode) == Fault::kDuplicateCredential);
  CHECK(fault_of("off:") == Fault::kAuthenticationFailed);
  CHECK(fault_of("off:" + kFirstCode) == Fault::kAuthenticationFailed);  // it began with that
  for (const std::string& code : {kSecondCode, ann.recovery[3]}) {
    const auto ended = totp->Replace(kAnn, "off:" + code, &ann.record, kSecond);
    REQUIRE(ended.ok());
    CHECK(ended->kept.empty());
    CHECK(ended->told.empty());
  }
}

TEST_CASE("the ticket of who must begin lets nobody in") {
  const auto totp = OpenTotp();
  const Owner ann(*totp);
  const auto issued = totp->Issue(
      {.user = kAnn, .level = AuthLevel::kRoot, .may_log_in = false, .validated = true}, kSecond);
  REQUIRE(issued.ok());
  const std::string& ticket = issued->secret;
  const auto proved = totp->Verify(":" + ticket, nullptr, kSecond);
  REQUIRE(proved.ok());
  CHECK(proved->user == kAnn);
  CHECK_FALSE(proved->may_log_in);
  CHECK(proved->level == AuthLevel::kAuth);
  CHECK(proved->expires == kSecond + absl::Minutes(5));
  CHECK(FaultIn(totp->Verify(kSecondCode + ":" + ticket, nullptr, kSecond)) ==
        Fault::kAuthenticationFailed);
  // Nor is it worth anything once he has begun.
  CHECK(FaultIn(totp->Verify(":" + ticket, &ann.record, kSecond)) == Fault::kAuthenticationFailed);
  CHECK(FaultIn(totp->Verify(kSecondCode + ":" + ticket, &ann.record, kSecond)) ==
        Fault::kAuthenticationFailed);
  // And the other kind of ticket sets nothing up.
  CHECK(FaultIn(totp->Verify(":" + TicketFor(*totp, kAnn, kSecond), nullptr, kSecond)) ==
        Fault::kAuthenticationFailed);
}

}  // namespace
}  // namespace molva::test
