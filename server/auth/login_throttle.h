// How often somebody may try to log in to one account, and from one address.
#pragma once

#include <absl/time/time.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace molva::auth {

// Lets so many failed attempts through at once, and then as many again, evenly, in each window.
// Only failures count, so that many may log in at once; what fails of many that were checked at
// once is a debt, and is waited for as long as if it had come one by one.
//
// A fixed table of cells, two for each name: what one cell forgets or shares with strangers, the
// other need not; a name waits only if both say so. Names are hashed with a key of this process.
//
// Thread:  any; all shards share one.
// Cost:    512 KiB per table, whoever attacks.
class LoginThrottle {
 public:
  struct Limits {
    int account_failures = 0;  // zero: no limit
    int address_failures = 0;
    absl::Duration window = absl::Minutes(10);
  };
  // `key`: random, of this process.
  LoginThrottle(const Limits& limits, std::uint64_t key);

  enum class Verdict : std::uint8_t { kPass, kAccountWaits, kAddressWaits };
  // `account`: what the secret says who it is. `address`: without port; of IPv6 the first 64 bits
  // count. Either may be empty: then it is not looked at.
  Verdict Ask(std::string_view account, std::string_view address, absl::Time now);
  void CountFailure(std::string_view account, std::string_view address, absl::Time now);

  std::uint64_t refused_accounts() const { return refused_accounts_.load(kRelaxed); }
  std::uint64_t refused_addresses() const { return refused_addresses_.load(kRelaxed); }

 private:
  static constexpr std::memory_order kRelaxed = std::memory_order_relaxed;

  // The times, in milliseconds, until when the attempts so far are paid off.
  class Table {
   public:
    Table(int failures, absl::Duration window);
    bool HasRoom(std::uint64_t hash, std::int64_t now) const;
    void Charge(std::uint64_t hash, std::int64_t now);

   private:
    std::atomic<std::int64_t>& CellOf(std::uint64_t hash, int which) const;

    std::int64_t cost_;  // of an attempt; zero: no limit
    std::int64_t burst_;
    std::unique_ptr<std::atomic<std::int64_t>[]> cells_;
  };

  std::uint64_t HashOf(std::string_view name) const;

  const std::uint64_t key_;
  Table accounts_;
  Table addresses_;
  std::atomic<std::uint64_t> refused_accounts_{0};
  std::atomic<std::uint64_t> refused_addresses_{0};
};

// What stands for an address: IPv4 as it is, of IPv6 the network that one customer has.
std::string_view NetworkOf(std::string_view address);

}  // namespace molva::auth
