#include "base/breaker.h"

#include <algorithm>
#include <cstring>

#include "tests/support/catch.h"

namespace molva::base {
namespace {

// Always the same bits: waits are this share of their ceiling.
class FixedRandom final : public Random {
 public:
  void Fill(void* out, std::size_t size_bytes) override {
    const std::uint64_t half = 500'000;
    std::memcpy(out, &half, std::min(size_bytes, sizeof half));
  }
};

TEST_CASE("a breaker opens after failures in a row and lets one probe out", "[breaker]") {
  using Permit = Breaker::Permit;
  FixedRandom random;
  Breaker breaker({3, absl::Seconds(2), absl::Seconds(6)}, random);
  absl::Time now = absl::UnixEpoch();
  breaker.OnFailure(now);
  breaker.OnFailure(now);
  breaker.OnSuccess();
  for (int i = 0; i < 3; ++i) {
    CHECK(breaker.Admit(now) == Permit::kCall);
    breaker.OnFailure(now);
  }
  CHECK(breaker.Admit(now) == Permit::kNo);
  CHECK(breaker.retry_at() == now + absl::Seconds(1));
  breaker.OnFailure(now);  // of a call that was under way: changes nothing
  now += absl::Seconds(1);
  CHECK(breaker.Admit(now) == Permit::kProbe);
  CHECK(breaker.Admit(now) == Permit::kNo);  // one is enough
  breaker.OnFailure(now);
  CHECK(breaker.retry_at() == now + absl::Seconds(2));
  now += absl::Seconds(2);
  CHECK(breaker.Admit(now) == Permit::kProbe);
  breaker.OnFailure(now);
  CHECK(breaker.retry_at() == now + absl::Seconds(3));  // half of the longest
  now += absl::Seconds(3);
  CHECK(breaker.Admit(now) == Permit::kProbe);
  breaker.OnSuccess();
  CHECK(breaker.state() == Breaker::State::kClosed);
  CHECK(breaker.Admit(now) == Permit::kCall);
}

TEST_CASE("a breaker that must wait for a while waits no shorter", "[breaker]") {
  FixedRandom random;
  const absl::Duration pause = absl::Seconds(10);
  Breaker breaker({1, pause, pause, pause}, random);
  absl::Time now = absl::UnixEpoch();
  for (int i = 0; i < 3; ++i) {
    breaker.OnFailure(now);
    CHECK(breaker.retry_at() == now + pause);
    now += pause;
    CHECK(breaker.Admit(now) == Breaker::Permit::kProbe);
  }
}

}  // namespace
}  // namespace molva::base
