#include "federation/discovery/peer_identity.h"

#include <algorithm>
#include <array>
#include <utility>

namespace molva::federation {
namespace {

constexpr std::array<std::pair<Source, std::string_view>, 6> kNames = {{
    {Source::kConfig, "config"},
    {Source::kPin, "pin"},
    {Source::kWellKnown, "well-known"},
    {Source::kDns, "dns"},
    {Source::kIntroduced, "introduced"},
    {Source::kPlugin, "plugin"},
}};

}  // namespace

std::string_view SourceName(Source source) {
  return kNames[static_cast<std::size_t>(source)].second;
}

Source SourceOfName(std::string_view name) {
  for (const auto& [source, known] : kNames) {
    if (known == name) return source;
  }
  return Source::kPin;
}

bool PeerIdentity::Trusts(const PublicKey& key, absl::Time now) const {
  return std::any_of(keys.begin(), keys.end(), [&](const TimedKey& known) {
    return known.key == key && known.IsValidAt(now);
  });
}

const PublicKey* PeerIdentity::FindKey(const KeyId& id) const {
  for (const TimedKey& known : keys) {
    if (known.key.id() == id) return &known.key;
  }
  return nullptr;
}

}  // namespace molva::federation
