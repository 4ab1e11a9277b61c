// The ticket: what somebody has who has proved the first factor, and not the second.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "keys.h"

namespace molva::auth_totp {

// Shape: user, nonce and the time of its end in milliseconds, 8 bytes each, lowest first; level;
//        flags; 32 bytes that sign all that.
struct Ticket {
  std::uint64_t user = 0;
  std::uint64_t nonce = 0;
  std::int64_t expires = 0;
  std::uint8_t level = 0;
  bool validated = false;  // as the first factor says
  bool may_enrol = false;  // lets its owner set the second factor up, and do nothing else
};

inline constexpr std::int64_t kTicketMillis = std::int64_t{5} * 60 * 1000;

std::string WriteTicket(const Keys& keys, const Ticket& ticket);
// nullopt for what WriteTicket did not write with these keys. Its end is the caller's to look at.
std::optional<Ticket> ReadTicket(const Keys& keys, std::string_view bytes);

}  // namespace molva::auth_totp
