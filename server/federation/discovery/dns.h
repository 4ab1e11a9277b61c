// Asks a domain's DNS for its server, checking DNSSEC itself.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string>

#include "federation/discovery/address_rules.h"
#include "federation/discovery/source.h"

namespace molva::federation {

struct DnsOptions {
  // Whom to ask: "192.0.2.1" or "192.0.2.1@5353"; "system" for those of /etc/resolv.conf; empty:
  // from the root down.
  std::string resolver;
  // File with the keys of the root (or of another zone, in tests). If it cannot be read, nothing
  // is ever secure.
  std::string trust_anchor;
  AddressRule addresses = AddressRule::kPublicOnly;  // of the servers asked from the root down
  absl::Duration timeout = absl::Seconds(5);
};

// SRV of _molva-fed._tcp.<domain> and TXT of _molva-fed.<domain>. Blocks, for little longer than
// `timeout`; any thread.
// Errors: kNotFound: nothing there that counts. kUnavailable: no answer in time, or one that DNSSEC
//         proves false. kInvalidArgument: records that make no sense, or a bad option.
absl::StatusOr<SourceAnswer> AskDns(const DnsOptions& options, const std::string& domain);

}  // namespace molva::federation
