// Opens links to other servers over gRPC.
#pragma once

#include <absl/time/time.h>

#include <memory>
#include <string>
#include <vector>

#include "federation/discovery/address_rules.h"
#include "federation/link/pipe.h"
#include "runtime/work_pool.h"

namespace molva::federation {

// Where links begin: one thread for all of them.
//
// Thread:  Dial from any shard; the rest on the owner's thread, which is no shard.
// Borrows: the pool, on which names are resolved. It stops before the dialler goes; what it has not
//          begun then is never answered.
// Errors:  as Dialer. Pipes end as PipeHandler::OnClosed says.
// Bounds:  one attempt per Dial; each endpoint has kDialTimeout after its name was resolved.
// Source:  docs/federation.md §6.
class GrpcDialer final : public Dialer {
 public:
  static constexpr absl::Duration kDialTimeout = absl::Seconds(10);
  static constexpr std::size_t kMaxEndpoints = 16;  // of those given, the first are tried

  // Addresses that `addresses` does not allow are passed over.
  GrpcDialer(const ServerKey& key, runtime::WorkPool& pool, AddressRule addresses);
  // Cuts the links that are left; they are not told.
  ~GrpcDialer() override;

  void Dial(runtime::Shard& shard, std::vector<std::string> endpoints, std::vector<PublicKey> keys,
            PipeHandler& handler, Dialled done) override;
  // Further links show `key`.
  void SetKey(const ServerKey& key);

 private:
  class Attempt;
  struct Parts;

  const std::shared_ptr<Parts> parts_;  // shared with the attempts under way
};

}  // namespace molva::federation
