// What is good once and in time: stamps and proofs.
#include <string>

#include "auth_oidc/proofs.h"
#include "login_common/stamps.h"
#include "tests/support/catch.h"

namespace molva::test {
namespace {

using auth_oidc::Proofs;
using login_common::Stamps;
using Spent = Stamps::Spent;

constexpr std::int64_t kNow = 1'700'000'000'000;

TEST_CASE("a stamp is good once, in time, for its purpose, and whole") {
  Stamps stamps(1000);
  const auto bytes = stamps.Make('a', 7, kNow);
  REQUIRE(bytes.has_value());
  const auto stamp = stamps.Read('a', *bytes);
  REQUIRE(stamp.has_value());
  CHECK(stamp->subject == 7);
  CHECK_FALSE(stamps.IsOver(*stamp, kNow + 999));
  CHECK(stamps.IsOver(*stamp, kNow + 1000));
  CHECK_FALSE(stamps.Read('b', *bytes).has_value());
  CHECK_FALSE(Stamps(1000).Read('a', *bytes).has_value());  // another process
  for (std::size_t at = 0; at < bytes->size(); ++at) {
    std::string bad = *bytes;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    INFO(at);
    CHECK_FALSE(stamps.Read('a', bad).has_value());
  }
  CHECK_FALSE(stamps.Read('a', *bytes + "x").has_value());
  CHECK_FALSE(stamps.Read('a', "").has_value());
  CHECK(stamps.Spend(*stamp, kNow) == Spent::kFirst);
  CHECK(stamps.Spend(*stamp, kNow + 500) == Spent::kAgain);
  CHECK(*stamps.Make('a', 7, kNow) != *bytes);
}

TEST_CASE("spent stamps take bounded memory, until they are over") {
  Stamps stamps(1000, 2);
  const auto made = [&](std::int64_t now) { return *stamps.Read('a', *stamps.Make('a', 0, now)); };
  CHECK(stamps.Spend(made(kNow), kNow) == Spent::kFirst);
  CHECK(stamps.Spend(made(kNow), kNow) == Spent::kFirst);
  CHECK(stamps.Spend(made(kNow), kNow) == Spent::kTooMany);
  CHECK(stamps.Spend(made(kNow + 1000), kNow + 1000) == Spent::kFirst);
}

TEST_CASE("what is derived differs by label, by text and by process") {
  const Stamps stamps(1000);
  const std::string derived = stamps.Derive("nonce", "x");
  CHECK(derived.size() == 32);
  CHECK(stamps.Derive("nonce", "x") == derived);
  CHECK(stamps.Derive("ticket", "x") != derived);
  CHECK(stamps.Derive("nonce", "y") != derived);
  CHECK(Stamps(1000).Derive("nonce", "x") != derived);
}

TEST_CASE("a proof lets one person in, once, within a minute") {
  Proofs proofs;
  const auto proof = proofs.Make("name", {.subject = "ann", .name = "Ann", .tags = {}}, kNow);
  REQUIRE(proof.has_value());
  CHECK(proof->size() == Proofs::kProofBytes);
  CHECK(proofs.UniqueOf(*proof) == "name");
  CHECK_FALSE(proofs.UniqueOf("nobody's").has_value());
  CHECK(proofs.Take(*proof, kNow)->subject == "ann");
  CHECK_FALSE(proofs.Take(*proof, kNow).has_value());
  CHECK(proofs.UniqueOf(*proof) == "name");  // the host asks once more for a newcomer
  const auto late = proofs.Make("name", {}, kNow);
  CHECK_FALSE(proofs.Take(*late, kNow + Proofs::kLifetimeMillis).has_value());
}

TEST_CASE("there is room for so many proofs, and for more when they are over") {
  Proofs proofs;
  for (std::size_t i = 0; i < Proofs::kMost; ++i) REQUIRE(proofs.Make("n", {}, kNow).has_value());
  CHECK_FALSE(proofs.Make("n", {}, kNow).has_value());
  CHECK(proofs.Make("n", {}, kNow + Proofs::kLifetimeMillis).has_value());
}

}  // namespace
}  // namespace molva::test
