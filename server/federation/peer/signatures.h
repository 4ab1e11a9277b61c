// Who signed what: the signature of a batch, and the proof of a proposal that another server made.
#pragma once

#include <absl/container/flat_hash_set.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <vector>

#include "federation/discovery/peer_identity.h"
#include "federation/identity/keys.h"
#include "federation/peer/frames.h"

namespace molva::federation {

// A batch ready to leave: one signature over all of `items`, at least one.
std::string SignBatch(const ServerKey& key, const std::string& domain,
                      const std::vector<OutgoingItem>& items);

// Verifies the signature of `batch` under `key` and returns the proof of each item.
// Errors: kUnauthenticated if it does not fit.
absl::StatusOr<std::vector<std::string>> VerifyBatch(const PublicKey& key,
                                                     const std::string& domain,
                                                     const ReceivedBatch& batch);

// Verifies proofs of proposals. Those of one batch share their signature, which is verified once.
//
// Thread: confined to the actor's shard. Full: what was verified before is forgotten.
class CauseVerifier {
 public:
  static constexpr std::size_t kMaxRemembered = 1024;

  enum class Verdict : std::uint8_t {
    kGood,
    kForged,
    kUnknownKey,  // the signer may have a new one
  };
  // Whether `cause_proof` shows that `signer` signed `cause`, with a key good at `time`.
  Verdict Verify(const PeerIdentity& signer, const std::string& cause,
                 const std::string& cause_proof, absl::Time time);

 private:
  absl::flat_hash_set<std::string> verified_;  // key, root and signature
};

}  // namespace molva::federation
