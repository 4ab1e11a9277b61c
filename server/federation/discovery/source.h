// Where key documents and addresses of other servers can be asked for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "federation/discovery/peer_identity.h"
#include "federation/identity/keys.h"
#include "store/store.h"

namespace molva::federation {

// Whether the source has proof that the answer comes from the domain itself.
enum class Trust : std::uint8_t {
  kHint,           // good only if it fits what is known already
  kAuthenticated,  // enough for a first contact
};

// What a source says about a domain. Nothing of it has been verified but what `trust` states.
struct SourceAnswer {
  Trust trust = Trust::kHint;
  std::string document;         // a signed key document; empty if the source has none
  std::vector<PublicKey> keys;  // without a document
  std::vector<std::string> endpoints;
};

// A place to ask. Further ones may come from plugins.
//
// Thread: confined to the shard of the Discovery that owns it.
class DiscoverySource {
 public:
  virtual ~DiscoverySource() = default;
  // Under which finds are remembered and failures are logged.
  virtual Source kind() const = 0;
  // Answers exactly once, on this shard and never inside the call, after seconds at most; not at
  // all once the source is gone.
  // Errors: kNotFound: there is nothing about the domain; kUnavailable: nobody could be asked;
  //         kInvalidArgument: what came makes no sense; kPermissionDenied: asking would reach
  //         where it must not.
  virtual void Ask(std::string domain, store::Done<SourceAnswer> done) = 0;
};

}  // namespace molva::federation
