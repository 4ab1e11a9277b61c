#include "federation/discovery/static_peers.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "federation/identity/endpoint.h"
#include "names/domain.h"

namespace molva::federation {
namespace {

// One entry; nullopt if it is none.
std::optional<StaticPeer> ParseEntry(std::string_view entry) {
  const std::size_t equals = entry.find('=');
  const std::size_t hash = entry.find('#');
  if (equals == std::string_view::npos || hash == std::string_view::npos || hash < equals) {
    return std::nullopt;
  }
  const std::optional<std::string> domain = names::NormaliseDomain(entry.substr(0, equals));
  const auto endpoint = Endpoint::Parse(entry.substr(equals + 1, hash - equals - 1));
  const auto key = PublicKey::Parse(entry.substr(hash + 1));
  if (!domain.has_value() || !endpoint.ok() || !key.ok()) return std::nullopt;
  return StaticPeer{*domain, {endpoint->ToString()}, {*key}};
}

template <typename T>
void AddOnce(std::vector<T>& list, const T& item) {
  if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
}

}  // namespace

absl::StatusOr<std::vector<StaticPeer>> ParseStaticPeers(std::span<const std::string> entries) {
  std::vector<StaticPeer> peers;
  for (const std::string& entry : entries) {
    std::optional<StaticPeer> parsed = ParseEntry(entry);
    if (!parsed.has_value()) {
      return absl::InvalidArgumentError(
          fmt::format("{} is not written domain=host:port#key", entry));
    }
    const auto known = std::find_if(peers.begin(), peers.end(), [&](const StaticPeer& peer) {
      return peer.domain == parsed->domain;
    });
    if (known == peers.end()) {
      peers.push_back(*std::move(parsed));
      continue;
    }
    AddOnce(known->endpoints, parsed->endpoints.front());
    AddOnce(known->keys, parsed->keys.front());
  }
  return peers;
}

}  // namespace molva::federation
