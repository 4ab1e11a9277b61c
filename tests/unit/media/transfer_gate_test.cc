#include "media/transfer_gate.h"

#include "model/fault.h"
#include "tests/support/catch.h"

namespace molva::media {
namespace {

using model::FileId;

const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);

TEST_CASE("so many transfers are let in at once, of one owner and of all") {
  TransferGate gate({.transfers = 3, .transfers_per_owner = 2});
  auto one = gate.Admit("ann", kStart);
  auto two = gate.Admit("ann", kStart);
  REQUIRE(one.ok());
  REQUIRE(two.ok());
  CHECK(model::FaultOf(gate.Admit("ann", kStart).status()) == model::Fault::kServiceUnavailable);
  auto bobs = gate.Admit("bob", kStart);
  REQUIRE(bobs.ok());
  CHECK(gate.live() == 3);
  CHECK(model::FaultOf(gate.Admit("cid", kStart).status()) == model::Fault::kServiceUnavailable);
  {
    const TransferGate::Permit ends = *std::move(one);
  }
  CHECK(gate.live() == 2);
  CHECK(gate.Admit("ann", kStart).ok());
}

TEST_CASE("what an owner has sent is forgotten evenly in a day") {
  TransferGate gate({.bytes_per_day = 2400});
  auto permit = gate.Admit("ann", kStart);
  REQUIRE(permit.ok());
  CHECK(permit->Charge(2400, kStart));
  CHECK_FALSE(permit->Charge(1, kStart));
  CHECK_FALSE(permit->Charge(101, kStart + absl::Hours(1)));
  CHECK(permit->Charge(100, kStart + absl::Hours(1)));
  CHECK(permit->Charge(2400, kStart + absl::Hours(40)));
  auto bobs = gate.Admit("bob", kStart);
  CHECK(bobs->Charge(2400, kStart));
}

TEST_CASE("small steps of time forget as much as large ones") {
  TransferGate gate({.bytes_per_day = 24 * 3600});
  auto permit = gate.Admit("ann", kStart);
  REQUIRE(permit.ok());
  REQUIRE(permit->Charge(24 * 3600, kStart));
  for (int i = 1; i <= 100; ++i) {
    CHECK_FALSE(permit->Charge(1000, kStart + i * absl::Milliseconds(100)));
  }
  CHECK(permit->Charge(10, kStart + absl::Seconds(11)));
}

TEST_CASE("owners are remembered while they owe something, and strangers find room again") {
  TransferGate gate({.transfers = 10, .bytes_per_day = 1000});
  for (int i = 0; i < 65'536; ++i) {
    auto permit = gate.Admit(std::to_string(i), kStart);
    REQUIRE(permit.ok());
    REQUIRE(permit->Charge(1000, kStart));
  }
  CHECK_FALSE(gate.Admit("stranger", kStart).ok());
  CHECK(gate.Admit("7", kStart).ok());
  CHECK(gate.Admit("stranger", kStart + absl::Hours(25)).ok());
}

TEST_CASE("a file is live as long as the permit that names it") {
  TransferGate gate({});
  {
    auto permit = gate.Admit("ann", kStart);
    REQUIRE(permit.ok());
    permit->Name(FileId::FromBits(1));
    permit->Name(FileId::FromBits(2));
    CHECK(gate.IsLive(FileId::FromBits(2)));
    CHECK_FALSE(gate.IsLive(FileId::FromBits(1)));
    const TransferGate::Permit moved = *std::move(permit);
    CHECK(gate.IsLive(FileId::FromBits(2)));
  }
  CHECK_FALSE(gate.IsLive(FileId::FromBits(2)));
  CHECK(gate.live() == 0);
}

}  // namespace
}  // namespace molva::media
