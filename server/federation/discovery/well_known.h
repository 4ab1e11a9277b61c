// Asks a domain over HTTPS for its key document: /.well-known/molva/server.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <string>

#include "federation/discovery/address_rules.h"
#include "federation/discovery/source.h"

namespace molva::federation {

// Where every server publishes its key document.
inline constexpr char kWellKnownPath[] = "/.well-known/molva/server";

struct WellKnownOptions {
  AddressRule addresses = AddressRule::kPublicOnly;
  std::string ca_file;  // empty: the authorities of the system
  std::uint16_t port = 443;
  absl::Duration timeout = absl::Seconds(5);
};

// The document of `domain`, as the holder of a certificate for that name gives it. Follows at most
// two redirects, on the same host and port. Blocks, for `timeout` at most; any thread.
// Errors: kNotFound: no such host, or it has no document. kUnavailable: no answer, or no good one.
//         kPermissionDenied: the address is not public. kInvalidArgument: an answer over 64 KiB, a
//         redirect elsewhere.
absl::StatusOr<SourceAnswer> AskWellKnown(const WellKnownOptions& options,
                                          const std::string& domain);

}  // namespace molva::federation
