#include "federation/discovery/address_rules.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

namespace molva::federation {
namespace {

// Addresses whose first `bits` are those of `begin`.
struct Block4 {
  std::uint32_t begin;
  int bits;
};
constexpr std::array<Block4, 14> kSpecial4 = {{
    {0x00000000, 8},   // this network
    {0x0a000000, 8},   // private
    {0x64400000, 10},  // shared by carriers
    {0x7f000000, 8},   // loopback
    {0xa9fe0000, 16},  // link-local
    {0xac100000, 12},  // private
    {0xc0000000, 24},  // protocol assignments
    {0xc0000200, 24},  // documentation
    {0xc0a80000, 16},  // private
    {0xc6120000, 15},  // benchmarks
    {0xc6336400, 24},  // documentation
    {0xcb007100, 24},  // documentation
    {0xe0000000, 4},   // multicast
    {0xf0000000, 4},   // reserved, broadcast
}};

bool IsPublic4(std::uint32_t address) {
  return std::none_of(kSpecial4.begin(), kSpecial4.end(), [address](const Block4& block) {
    return (address ^ block.begin) >> (32 - block.bits) == 0;
  });
}

using Bytes6 = std::array<std::uint8_t, 16>;

std::uint32_t Embedded4(const Bytes6& address, std::size_t at) {
  std::uint32_t inner = 0;
  for (std::size_t i = 0; i < 4; ++i) inner = inner << 8 | address[at + i];
  return inner;
}

template <std::size_t kSize>
bool Begins(const Bytes6& address, const std::array<std::uint8_t, kSize>& prefix) {
  return std::equal(prefix.begin(), prefix.end(), address.begin());
}

bool IsPublic6(const Bytes6& address) {
  static constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0,    0,
                                                           0, 0, 0, 0, 0xff, 0xff};
  static constexpr std::array<std::uint8_t, 12> kTranslated = {0, 0x64, 0xff, 0x9b, 0, 0,
                                                               0, 0,    0,    0,    0, 0};
  static constexpr std::array<std::uint8_t, 2> k6To4 = {0x20, 0x02};
  static constexpr std::array<std::uint8_t, 4> kTeredo = {0x20, 0x01, 0, 0};
  static constexpr std::array<std::uint8_t, 4> kDocumentation = {0x20, 0x01, 0x0d, 0xb8};
  if (Begins(address, kMapped) || Begins(address, kTranslated)) {
    return IsPublic4(Embedded4(address, 12));
  }
  if (Begins(address, k6To4)) return IsPublic4(Embedded4(address, 2));
  // Of all the rest only 2000::/3 is given out.
  return address[0] >> 5 == 1 && !Begins(address, kTeredo) && !Begins(address, kDocumentation);
}

}  // namespace

bool IsPublicAddress(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in typed{};
    std::memcpy(&typed, &address, sizeof typed);
    return IsPublic4(ntohl(typed.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 typed{};
    std::memcpy(&typed, &address, sizeof typed);
    Bytes6 bytes{};
    std::memcpy(bytes.data(), &typed.sin6_addr, bytes.size());
    return IsPublic6(bytes);
  }
  return false;
}

}  // namespace molva::federation
