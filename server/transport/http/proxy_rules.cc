#include "transport/http/proxy_rules.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/status_macros.h"
#include "base/strings.h"

namespace molva::transport {
namespace {

constexpr std::string_view kUnix = "unix";
constexpr int kMappedBits = 96;  // before an IPv4 address in IPv6
// Of one request; who writes more is no proxy of ours.
constexpr int kMostHops = 32;

struct Address {
  std::array<std::uint8_t, 16> bytes{};
  bool is_v4 = false;
};

std::optional<Address> ParseAddress(std::string_view text) {
  const std::string copy(text);
  Address parsed;
  if (::inet_pton(AF_INET6, copy.c_str(), parsed.bytes.data()) == 1) return parsed;
  parsed.bytes = {};
  parsed.bytes[10] = parsed.bytes[11] = 0xFF;
  parsed.is_v4 = ::inet_pton(AF_INET, copy.c_str(), parsed.bytes.data() + 12) == 1;
  if (!parsed.is_v4) return std::nullopt;
  return parsed;
}

bool SharePrefix(const std::array<std::uint8_t, 16>& a, const std::array<std::uint8_t, 16>& b,
                 int bits) {
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (std::memcmp(a.data(), b.data(), whole) != 0) return false;
  const int rest = bits % 8;
  return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

// "192.0.2.1:8080" and "[2001:db8::1]:8080" name an address too.
std::string_view DropPort(std::string_view text) {
  if (text.starts_with('[')) return text.substr(1, text.find(']') - 1);
  const std::size_t colon = text.find(':');
  const bool is_v4_with_port = colon != std::string_view::npos && colon == text.rfind(':');
  return is_v4_with_port ? text.substr(0, colon) : text;
}

// What proxies wrote, the last first.
std::vector<std::string_view> HopsOf(const HttpRequest& request) {
  std::vector<std::string_view> hops;
  for (const HttpHeader& header : request.headers) {
    if (header.first != "x-forwarded-for") continue;
    for (const std::string_view word : base::SplitWords(header.second, ',')) {
      hops.push_back(DropPort(base::TrimAscii(word)));
    }
  }
  std::reverse(hops.begin(), hops.end());
  return hops;
}

}  // namespace

absl::StatusOr<ProxyRules::Network> ProxyRules::ParseNetwork(const std::string& text) {
  const auto refuse = [&] {
    return absl::InvalidArgumentError(
        fmt::format("{} is neither an address, a network nor \"unix\"", text));
  };
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::optional<Address> address = ParseAddress(text.substr(0, slash));
  if (!address.has_value()) return refuse();
  const int most_bits = address->is_v4 ? 32 : 128;
  int bits = most_bits;
  if (slash < text.size()) {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + slash + 1, end, bits);
    if (error != std::errc() || stop != end || bits < 0 || bits > most_bits) return refuse();
  }
  return Network{address->bytes, address->is_v4 ? bits + kMappedBits : bits};
}

absl::StatusOr<ProxyRules> ProxyRules::Parse(const std::vector<std::string>& texts) {
  ProxyRules rules;
  for (const std::string& text : texts) {
    if (text == kUnix) {
      rules.trusts_unix_ = true;
      continue;
    }
    MOLVA_ASSIGN_OR_RETURN(const Network network, ParseNetwork(text));
    rules.networks_.push_back(network);
  }
  return rules;
}

bool ProxyRules::IsProxy(std::string_view address) const {
  if (address.empty()) return trusts_unix_;
  const std::optional<Address> parsed = ParseAddress(address);
  return parsed.has_value() &&
         std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
           return SharePrefix(parsed->bytes, network.address, network.prefix_bits);
         });
}

std::string ProxyRules::ClientAddress(const HttpRequest& request, std::string_view peer) const {
  if (!IsProxy(peer)) return std::string(peer);
  const std::vector<std::string_view> hops = HopsOf(request);
  if (hops.empty()) {
    const std::string_view real = base::TrimAscii(request.Header("x-real-ip"));
    return std::string(ParseAddress(real).has_value() ? real : peer);
  }
  std::string_view client = peer;
  for (std::size_t i = 0; i < hops.size() && i < kMostHops && IsProxy(client); ++i) {
    if (!ParseAddress(hops[i]).has_value()) break;
    client = hops[i];
  }
  return std::string(client);
}

}  // namespace molva::transport
