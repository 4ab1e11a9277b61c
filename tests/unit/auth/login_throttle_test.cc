#include "auth/login_throttle.h"

#include "tests/support/catch.h"

namespace molva::auth {
namespace {

using Verdict = LoginThrottle::Verdict;

constexpr LoginThrottle::Limits kLimits{
    .account_failures = 3, .address_failures = 5, .window = absl::Minutes(3)};
const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

// An attempt that fails, if it is checked at all.
Verdict Fail(LoginThrottle& throttle, std::string_view account, std::string_view address,
             absl::Time now) {
  const Verdict verdict = throttle.Ask(account, address, now);
  if (verdict == Verdict::kPass) throttle.CountFailure(account, address, now);
  return verdict;
}

SCENARIO("a guesser waits", "[login_throttle]") {
  GIVEN("an account whose attempts are used up") {
    LoginThrottle throttle(kLimits, 1);
    for (int i = 0; i < 3; ++i) {
      REQUIRE(Fail(throttle, "basic:ann", "192.0.2.1", kNow) == Verdict::kPass);
    }
    THEN("the next one is not checked, wherever it comes from, and is counted") {
      CHECK(Fail(throttle, "basic:ann", "192.0.2.2", kNow) == Verdict::kAccountWaits);
      CHECK(throttle.refused_accounts() == 1);
      CHECK(throttle.refused_addresses() == 0);
    }
    THEN("others are let in") {
      CHECK(Fail(throttle, "basic:bob", "192.0.2.1", kNow) == Verdict::kPass);
    }
    THEN("one more may be made after a third of the window, not two") {
      const absl::Time later = kNow + absl::Minutes(1);
      CHECK(Fail(throttle, "basic:ann", "", later - absl::Seconds(1)) == Verdict::kAccountWaits);
      CHECK(Fail(throttle, "basic:ann", "", later) == Verdict::kPass);
      CHECK(Fail(throttle, "basic:ann", "", later) == Verdict::kAccountWaits);
    }
    THEN("what was checked at once is waited for one by one") {
      throttle.CountFailure("basic:ann", "", kNow);
      CHECK(throttle.Ask("basic:ann", "", kNow + absl::Minutes(1)) == Verdict::kAccountWaits);
      CHECK(throttle.Ask("basic:ann", "", kNow + absl::Minutes(2)) == Verdict::kPass);
    }
  }
}

SCENARIO("an address is held to its limit over all accounts", "[login_throttle]") {
  GIVEN("an address that has tried one account after the other") {
    LoginThrottle throttle(kLimits, 1);
    for (const char* account : {"a", "b", "c", "d", "e"}) {
      REQUIRE(Fail(throttle, account, "2001:db8:1:2::7", kNow) == Verdict::kPass);
    }
    THEN("it waits, with all of its network") {
      CHECK(Fail(throttle, "f", "2001:db8:1:2:3:4:5:6", kNow) == Verdict::kAddressWaits);
      CHECK(throttle.refused_addresses() == 1);
    }
    THEN("other networks do not") {
      CHECK(Fail(throttle, "f", "2001:db8:1:3::7", kNow) == Verdict::kPass);
    }
  }
}

TEST_CASE("who does not fail never waits", "[login_throttle]") {
  LoginThrottle throttle(kLimits, 1);
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(throttle.Ask("basic:ann", "192.0.2.1", kNow) == Verdict::kPass);
  }
}

TEST_CASE("without limits nobody waits", "[login_throttle]") {
  LoginThrottle throttle({}, 1);
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(Fail(throttle, "basic:ann", "192.0.2.1", kNow) == Verdict::kPass);
  }
}

TEST_CASE("strangers rarely wait for each other", "[login_throttle]") {
  LoginThrottle throttle({.account_failures = 1, .address_failures = 0}, 1);
  int waited = 0;
  for (int i = 0; i < 1000; ++i) {
    waited += Fail(throttle, std::to_string(i), "", kNow) == Verdict::kPass ? 0 : 1;
  }
  CHECK(waited <= 3);
}

TEST_CASE("of an address counts what one customer has", "[login_throttle]") {
  CHECK(NetworkOf("192.0.2.1") == "192.0.2.1");
  CHECK(NetworkOf("::ffff:192.0.2.1") == "192.0.2.1");
  CHECK(NetworkOf("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2");
  CHECK(NetworkOf("2001:db8:1:2::6") == "2001:db8:1:2");
  CHECK(NetworkOf("2001:db8::6") == "2001:db8");
  CHECK(NetworkOf("::1") == "");
  CHECK(NetworkOf("") == "");
}

}  // namespace
}  // namespace molva::auth
