// The name of a long-poll session, which is also the key to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"

namespace molva::transport {

// Says on which shard the session lives; the other 120 bits are random: whoever knows a sid is the
// client, wherever he calls from.
//
// Text form: 22 characters of base64url: two words of 11.
// Thread:    any; a plain value.
// Source:    docs/protocol transports §4.
class Sid {
 public:
  static constexpr int kMostShards = 256;

  // `shard` is below kMostShards.
  static Sid Make(int shard, base::Random& random);
  // What a client sent; nullopt for what no Make can have made.
  static std::optional<Sid> Parse(std::string_view text);

  std::string ToString() const;
  int shard() const { return static_cast<int>(first_ % kMostShards); }

  friend bool operator==(const Sid&, const Sid&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const Sid& sid) {
    return H::combine(std::move(state), sid.first_, sid.second_);
  }

 private:
  Sid(std::uint64_t first, std::uint64_t second) : first_(first), second_(second) {}

  std::uint64_t first_;  // the shard in its lowest byte
  std::uint64_t second_;
};

}  // namespace molva::transport
