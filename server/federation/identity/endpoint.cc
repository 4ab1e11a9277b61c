#include "federation/identity/endpoint.h"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <array>
#include <charconv>
#include <optional>

#include "names/domain.h"

namespace molva::federation {
namespace {

bool IsAddress(int family, const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> ignored{};
  return ::inet_pton(family, text.c_str(), ignored.data()) == 1;
}

std::optional<std::string> HostOf(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    std::string inner(text.substr(1, text.size() - 2));
    return IsAddress(AF_INET6, inner) ? std::optional(std::move(inner)) : std::nullopt;
  }
  std::string plain(text);
  if (IsAddress(AF_INET, plain)) return plain;
  return names::NormaliseDomain(text);
}

std::optional<std::uint16_t> PortOf(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

}  // namespace

absl::StatusOr<Endpoint> Endpoint::Parse(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos && text.size() <= kMaxTextBytes) {
    const std::optional<std::string> host = HostOf(text.substr(0, colon));
    const std::optional<std::uint16_t> port = PortOf(text.substr(colon + 1));
    if (host.has_value() && port.has_value()) return Endpoint{*host, *port};
  }
  return absl::InvalidArgumentError("an endpoint is written host:port");
}

std::string Endpoint::ToString() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return is_ipv6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

}  // namespace molva::federation
