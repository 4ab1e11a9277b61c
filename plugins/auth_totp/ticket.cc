#include "ticket.h"

#include <sodium.h>

namespace molva::auth_totp {
namespace {

constexpr std::size_t kBodyBytes = 26;
constexpr std::size_t kTicketBytes = kBodyBytes + crypto_auth_BYTES;
constexpr std::uint8_t kValidated = 1;
constexpr std::uint8_t kMayEnrol = 2;

void AppendNumber(std::string& out, std::uint64_t number) {
  for (int i = 0; i < 8; ++i) out += static_cast<char>(number >> (8 * i) & 0xff);
}

std::uint64_t NumberAt(std::string_view bytes, std::size_t at) {
  std::uint64_t number = 0;
  for (std::size_t i = 8; i-- > 0;) {
    number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  }
  return number;
}

}  // namespace

std::string WriteTicket(const Keys& keys, const Ticket& ticket) {
  std::string bytes;
  AppendNumber(bytes, ticket.user);
  AppendNumber(bytes, ticket.nonce);
  AppendNumber(bytes, static_cast<std::uint64_t>(ticket.expires));
  bytes += static_cast<char>(ticket.level);
  bytes +=
      static_cast<char>((ticket.validated ? kValidated : 0) | (ticket.may_enrol ? kMayEnrol : 0));
  return bytes + keys.Sign(bytes);
}

std::optional<Ticket> ReadTicket(const Keys& keys, std::string_view bytes) {
  if (bytes.size() != kTicketBytes) return std::nullopt;
  const std::string_view body = bytes.substr(0, kBodyBytes);
  const std::string mac = keys.Sign(body);
  if (sodium_memcmp(mac.data(), bytes.data() + kBodyBytes, mac.size()) != 0) return std::nullopt;
  Ticket ticket;
  ticket.user = NumberAt(body, 0);
  ticket.nonce = NumberAt(body, 8);
  ticket.expires = static_cast<std::int64_t>(NumberAt(body, 16));
  ticket.level = static_cast<std::uint8_t>(body[24]);
  const auto flags = static_cast<unsigned char>(body[25]);
  ticket.validated = (flags & kValidated) != 0;
  ticket.may_enrol = (flags & kMayEnrol) != 0;
  return ticket;
}

}  // namespace molva::auth_totp
