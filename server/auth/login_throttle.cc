#include "auth/login_throttle.h"

#include <absl/hash/hash.h>

#include <algorithm>
#include <tuple>

#include "base/strings.h"

namespace molva::auth {
namespace {

constexpr std::size_t kCells = std::size_t{1} << 16;

}  // namespace

std::string_view NetworkOf(std::string_view address) {
  // A mapped IPv4 address is one.
  constexpr std::string_view kMapped = "::ffff:";
  if (address.starts_with(kMapped) && address.find('.') != std::string_view::npos) {
    return address.substr(kMapped.size());
  }
  std::size_t end = 0;
  for (int groups = 0; groups < 4; ++groups) {
    const std::size_t colon = address.find(':', end);
    if (colon == std::string_view::npos) return address;
    // "::" stands for groups of zeros: what is before it is the network.
    if (address.substr(colon).starts_with("::")) return address.substr(0, colon);
    end = colon + 1;
  }
  return address.substr(0, end - 1);
}

LoginThrottle::Table::Table(int failures, absl::Duration window)
    : cost_(failures == 0
                ? 0
                : std::max<std::int64_t>(1, absl::ToInt64Milliseconds(window) / failures)),
      burst_(cost_ * failures),
      cells_(std::make_unique<std::atomic<std::int64_t>[]>(2 * kCells)) {}

std::atomic<std::int64_t>& LoginThrottle::Table::CellOf(std::uint64_t hash, int which) const {
  return which == 0 ? cells_[hash % kCells] : cells_[kCells + (hash >> 32) % kCells];
}

bool LoginThrottle::Table::HasRoom(std::uint64_t hash, std::int64_t now) const {
  const std::int64_t paid =
      std::min(CellOf(hash, 0).load(kRelaxed), CellOf(hash, 1).load(kRelaxed));
  return cost_ == 0 || paid + cost_ <= now + burst_;
}

void LoginThrottle::Table::Charge(std::uint64_t hash, std::int64_t now) {
  for (const int which : {0, 1}) {
    std::atomic<std::int64_t>& cell = CellOf(hash, which);
    std::int64_t paid = cell.load(kRelaxed);
    while (!cell.compare_exchange_weak(paid, std::max(paid, now) + cost_, kRelaxed)) {
    }
  }
}

LoginThrottle::LoginThrottle(const Limits& limits, std::uint64_t key)
    : key_(key),
      accounts_(limits.account_failures, limits.window),
      addresses_(limits.address_failures, limits.window) {}

std::uint64_t LoginThrottle::HashOf(std::string_view name) const {
  return absl::HashOf(key_, base::ToAbsl(name));
}

LoginThrottle::Verdict LoginThrottle::Ask(std::string_view account, std::string_view address,
                                          absl::Time now) {
  const std::int64_t millis = absl::ToUnixMillis(now);
  const std::string_view network = NetworkOf(address);
  if (!network.empty() && !addresses_.HasRoom(HashOf(network), millis)) {
    refused_addresses_.fetch_add(1, kRelaxed);
    return Verdict::kAddressWaits;
  }
  if (!account.empty() && !accounts_.HasRoom(HashOf(account), millis)) {
    refused_accounts_.fetch_add(1, kRelaxed);
    return Verdict::kAccountWaits;
  }
  return Verdict::kPass;
}

void LoginThrottle::CountFailure(std::string_view account, std::string_view address,
                                 absl::Time now) {
  const std::int64_t millis = absl::ToUnixMillis(now);
  const std::string_view network = NetworkOf(address);
  if (!network.empty()) addresses_.Charge(HashOf(network), millis);
  if (!account.empty()) accounts_.Charge(HashOf(account), millis);
}

}  // namespace molva::auth
