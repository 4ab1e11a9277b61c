// Fuzzes proofs: whatever is taken leads to a root, and a path that was made for another leaf never
// leads to that leaf's root.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "chain/merkle.h"

namespace molva::chain {
namespace {

void Decode(std::string_view bytes) {
  const absl::StatusOr<Proof> proof = DecodeProof(bytes);
  if (!proof.ok()) {
    MOLVA_CHECK(absl::IsInvalidArgument(proof.status()), "a refusal of another kind");
    return;
  }
  const std::string leaf = LeafOf(BodyKind::kEvent, "one");
  const absl::StatusOr<std::string> root = RootOf(leaf, *proof);
  MOLVA_CHECK(root.ok() && root->size() == 32, "a proof that leads nowhere");
  MOLVA_CHECK((proof->count == 1) == (*root == leaf), "a leaf is the root of itself alone");
  MOLVA_CHECK(*RootOf(LeafOf(BodyKind::kEvent, "other"), *proof) != *root, "two leaves, one root");
  const absl::StatusOr<Proof> again = DecodeProof(Encode(*proof));
  MOLVA_CHECK(again.ok() && *RootOf(leaf, *again) == *root, "it proves another thing when copied");
}

// A real tree of as many leaves as the first bytes say.
void Prove(const std::uint8_t* data) {
  const std::size_t count = data[0] % 97u + 1;
  const std::size_t index = data[1] % count;
  std::vector<std::string> leaves;
  for (std::size_t i = 0; i < count; ++i) {
    leaves.push_back(LeafOf(BodyKind::kProposal, {reinterpret_cast<const char*>(&i), sizeof i}));
  }
  const MerkleTree tree(leaves);
  Proof proof{"key", "signature", static_cast<std::uint32_t>(index),
              static_cast<std::uint32_t>(count), tree.PathOf(index)};
  MOLVA_CHECK(*RootOf(leaves[index], proof) == tree.root(), "a true path proves nothing");
  const std::uint8_t change = data[2];
  if (proof.path.empty() || change == 0) return;
  std::string& hash = proof.path[data[3] % proof.path.size()];
  hash[data[4] % hash.size()] ^= static_cast<char>(change);
  MOLVA_CHECK(*RootOf(leaves[index], proof) != tree.root(), "a forged path proves something");
}

}  // namespace
}  // namespace molva::chain

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  molva::chain::Decode({reinterpret_cast<const char*>(data), size});
  if (size >= 5) molva::chain::Prove(data);
  return 0;
}
