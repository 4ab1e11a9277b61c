#include "public_address.h"

#include <netinet/in.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>

namespace molva::push_web {
namespace {

struct Network {
  std::uint32_t address;
  int prefix_bits;
};
constexpr Network kReserved[] = {
    {0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},  {0xa9fe0000, 16},
    {0xac100000, 12}, {0xc0000000, 24}, {0xc0000200, 24}, {0xc0586300, 24}, {0xc0a80000, 16},
    {0xc6120000, 15}, {0xc6336400, 24}, {0xcb007100, 24}, {0xe0000000, 3},
};

bool IsPublic(std::uint32_t address) {
  return std::none_of(std::begin(kReserved), std::end(kReserved), [&](const Network& network) {
    return (address ^ network.address) >> (32 - network.prefix_bits) == 0;
  });
}

std::uint32_t InnerAddress(const std::uint8_t* bytes) {
  std::uint32_t address = 0;
  for (int i = 0; i < 4; ++i) address = address << 8 | bytes[i];
  return address;
}

bool IsPublic(const in6_addr& address) {
  const std::uint8_t* const bytes = address.s6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&address)) return IsPublic(InnerAddress(bytes + 12));
  const bool is_global = bytes[0] >> 5 == 1;  // 2000::/3, all that is given out
  if (!is_global) return false;
  if (bytes[0] == 0x20 && bytes[1] == 0x02) return IsPublic(InnerAddress(bytes + 2));  // 6to4
  if (bytes[0] != 0x20 || bytes[1] != 0x01) return true;
  const bool is_protocol = bytes[2] < 0x02;                            // 2001::/23, Teredo in it
  const bool is_documentation = bytes[2] == 0x0d && bytes[3] == 0xb8;  // 2001:db8::/32
  return !is_protocol && !is_documentation;
}

}  // namespace

bool IsPublicAddress(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in typed{};
    std::memcpy(&typed, &address, sizeof typed);
    return IsPublic(ntohl(typed.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 typed{};
    std::memcpy(&typed, &address, sizeof typed);
    return IsPublic(typed.sin6_addr);
  }
  return false;
}

}  // namespace molva::push_web
