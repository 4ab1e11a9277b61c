#include "federation/peer/signatures.h"

#include "base/strings.h"
#include "chain/merkle.h"

namespace molva::federation {
namespace {

chain::BodyKind KindOf(topic::LaneKind kind) {
  return kind == topic::LaneKind::kChain ? chain::BodyKind::kEvent : chain::BodyKind::kProposal;
}

}  // namespace

std::string SignBatch(const ServerKey& key, const std::string& domain,
                      const std::vector<OutgoingItem>& items) {
  std::vector<std::string> leaves;
  leaves.reserve(items.size());
  for (const auto& [kind, item] : items) leaves.push_back(chain::LeafOf(KindOf(kind), item->body));
  const chain::MerkleTree tree(std::move(leaves));
  return EncodeBatch(items, key.id().view(), key.Sign(chain::SignedText(domain, tree.root())));
}

absl::StatusOr<std::vector<std::string>> VerifyBatch(const PublicKey& key,
                                                     const std::string& domain,
                                                     const ReceivedBatch& batch) {
  std::vector<std::string> leaves;
  leaves.reserve(batch.items.size());
  for (const ReceivedItem& item : batch.items) {
    leaves.push_back(chain::LeafOf(KindOf(item.kind), item.body));
  }
  const chain::MerkleTree tree(std::move(leaves));
  if (!Verify(key, chain::SignedText(domain, tree.root()), batch.signature)) {
    return absl::UnauthenticatedError("the signature of a batch does not fit");
  }
  std::vector<std::string> proofs;
  proofs.reserve(batch.items.size());
  for (std::size_t i = 0; i < batch.items.size(); ++i) {
    proofs.push_back(chain::Encode(
        chain::Proof{batch.key_id, batch.signature, static_cast<std::uint32_t>(i),
                     static_cast<std::uint32_t>(batch.items.size()), tree.PathOf(i)}));
  }
  return proofs;
}

CauseVerifier::Verdict CauseVerifier::Verify(const PeerIdentity& signer, const std::string& cause,
                                             const std::string& cause_proof, absl::Time time) {
  const absl::StatusOr<chain::Proof> proof = chain::DecodeProof(cause_proof);
  if (!proof.ok()) return Verdict::kForged;
  const absl::StatusOr<KeyId> id = KeyId::FromBytes(proof->key_id);
  if (!id.ok()) return Verdict::kForged;
  const PublicKey* key = signer.FindKey(*id);
  if (key == nullptr) return Verdict::kUnknownKey;
  if (!signer.Trusts(*key, time)) return Verdict::kForged;
  const absl::StatusOr<std::string> root =
      chain::RootOf(chain::LeafOf(chain::BodyKind::kProposal, cause), *proof);
  if (!root.ok()) return Verdict::kForged;
  std::string seen(key->view());
  seen.append(*root).append(proof->signature);
  if (verified_.contains(seen)) return Verdict::kGood;
  if (!federation::Verify(*key, chain::SignedText(signer.domain, *root), proof->signature)) {
    return Verdict::kForged;
  }
  if (verified_.size() >= kMaxRemembered) verified_.clear();
  verified_.insert(std::move(seen));
  return Verdict::kGood;
}

}  // namespace molva::federation
