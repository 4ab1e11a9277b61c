// What this node knows of another server: its keys, where to reach it, and who vouched for that.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "federation/identity/timed_key.h"

namespace molva::federation {

// Who vouched for the keys when they were first seen.
enum class Source : std::uint8_t {
  kConfig,      // the operator
  kPin,         // an earlier run of this node, which no longer says who it was
  kWellKnown,   // HTTPS of the domain
  kDns,         // DNSSEC of the domain
  kIntroduced,  // the peer itself, by a document that its former key signed
  kPlugin,      // a plugin that the operator trusts to know the domain
};

// "config", "pin", "well-known", "dns", "introduced", "plugin".
std::string_view SourceName(Source source);
// kPin for any other text.
Source SourceOfName(std::string_view name);

// A server as found. A plain value; any thread may copy it.
struct PeerIdentity {
  std::string domain;
  std::vector<TimedKey> keys;
  std::vector<std::string> endpoints;  // "host:port"; none: the peer cannot be dialled, it dials
  std::int64_t document_number = 0;    // 0: known without a key document
  std::string document;                // the signed key document as received; empty if none
  Source source = Source::kConfig;
  absl::Time found_at;
  absl::Time valid_until;  // until then nobody is asked again

  // Whether the peer may connect and sign with `key` now.
  bool Trusts(const PublicKey& key, absl::Time now) const;
  // The key of that name, in its time or not; nullptr if there is none.
  const PublicKey* FindKey(const KeyId& id) const;
};

}  // namespace molva::federation
