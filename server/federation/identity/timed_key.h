// A public key and the time in which it may be used.
#pragma once

#include <absl/time/time.h>

#include "federation/identity/keys.h"

namespace molva::federation {

// A plain value. Times come from the key's owner.
struct TimedKey {
  // Clocks of two servers may differ by so much.
  static constexpr absl::Duration kClockSkew = absl::Minutes(10);

  PublicKey key;
  absl::Time not_before = absl::InfinitePast();
  absl::Time not_after = absl::InfiniteFuture();  // first moment at which it is no longer good

  bool IsValidAt(absl::Time now) const {
    return not_before <= now + kClockSkew && now < not_after + kClockSkew;
  }
  friend bool operator==(const TimedKey&, const TimedKey&) = default;
};

}  // namespace molva::federation
