// The DNS records by which a domain names its server: bytes → values.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "federation/discovery/source.h"
#include "federation/identity/keys.h"

namespace molva::federation {

// One SRV record. Source: RFC 2782.
struct SrvRecord {
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  std::uint16_t port = 0;
  std::string target;  // lower case; empty: the service is declared not to exist
};

// Reads the data of a record as it comes, names uncompressed.
// Errors: kInvalidArgument.
absl::StatusOr<SrvRecord> ParseSrv(std::string_view data);
// The text of a TXT record: its strings in a row.
absl::StatusOr<std::string> ParseTxt(std::string_view data);

// The keys in "v=molva1; key=<key>; key=<key>"; unknown members are passed over. Empty for the text
// of somebody else.
// Errors: kInvalidArgument: it is ours, but has no key, too many, or one that is none.
absl::StatusOr<std::vector<PublicKey>> ParseKeyText(std::string_view text);

// What a resolver said about one name.
struct DnsAnswer {
  std::vector<std::string> records;  // data of each
  bool is_secure = false;            // DNSSEC proves it
};

// Both answers about `domain` put together. The keys count only if they are secure; the addresses
// need not be, as the key shows at the handshake who is there.
// Errors: kNotFound: neither says anything; kInvalidArgument.
absl::StatusOr<SourceAnswer> CombineDns(std::string_view domain, const DnsAnswer& services,
                                        const DnsAnswer& texts);

}  // namespace molva::federation
