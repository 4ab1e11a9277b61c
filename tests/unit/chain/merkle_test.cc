// The tree of a batch, and what its proofs prove. Expected hashes come from another implementation.
#include "chain/merkle.h"

#include <absl/strings/escaping.h>

#include "base/strings.h"
#include "chain/body.h"
#include "tests/support/catch.h"

namespace molva::chain {
namespace {

std::string Hex(std::string_view bytes) { return absl::BytesToHexString(base::ToAbsl(bytes)); }

std::vector<std::string> Leaves(std::size_t count) {
  std::vector<std::string> leaves;
  for (std::size_t i = 0; i < count; ++i) {
    leaves.push_back(LeafOf(BodyKind::kEvent, "body " + std::to_string(i)));
  }
  return leaves;
}

Proof ProofOf(const MerkleTree& tree, std::size_t index, std::size_t count) {
  Proof proof;
  proof.key_id = std::string(16, 'k');
  proof.signature = std::string(64, 's');
  proof.index = static_cast<std::uint32_t>(index);
  proof.count = static_cast<std::uint32_t>(count);
  proof.path = tree.PathOf(index);
  return proof;
}

TEST_CASE("leaves and roots are the known ones", "[merkle]") {
  CHECK(Hex(LeafOf(BodyKind::kEvent, "abc")) ==
        "f730520b31ec96d1a20578d2db197bc182698c51001b138a2d194b1e151b5be1");
  CHECK(Hex(LeafOf(BodyKind::kProposal, "abc")) ==
        "c4b7739fb72a5c1aeb08939686d75ddb97ca04c0646b77a5892f666d265e5236");
  const std::pair<std::size_t, const char*> table[] = {
      {1, "ce47270d17d919a5d747e495959429661a38bedfe2cd80f0ddd9fdbfd611357a"},
      {2, "2b9966492e1c9dbbb6f00e8096e676bbc84154fb960b407949af49031570f756"},
      {3, "27657fe68da58a519d3dff0244e460b49c13a418261a50d182f79a9a15ff1750"},
      {5, "e7e7734566c272d237a3f26387a3326d74889abdfdd5c2c0e45174e48b285d24"},
      {7, "a19992629978a10b645552761100ce590cad27065aa67fb27a20a17ab304bf6e"},
  };
  for (const auto& [count, root] : table) {
    CAPTURE(count);
    CHECK(Hex(MerkleTree(Leaves(count)).root()) == root);
  }
}

TEST_CASE("what is signed names the domain", "[merkle]") {
  CHECK(SignedText("a.example", std::string(32, 'r')) ==
        std::string("molva-batch-v1\0a.example\0", 25) + std::string(32, 'r'));
}

TEST_CASE("each leaf of each tree is proved by its path, and by no other leaf's", "[merkle]") {
  for (std::size_t count = 1; count <= 70; ++count) {
    const std::vector<std::string> leaves = Leaves(count);
    const MerkleTree tree(leaves);
    for (std::size_t i = 0; i < count; ++i) {
      CAPTURE(count, i);
      const Proof proof = ProofOf(tree, i, count);
      REQUIRE(RootOf(leaves[i], proof).value() == tree.root());
      const absl::StatusOr<Proof> copy = DecodeProof(Encode(proof));
      REQUIRE(copy.ok());
      REQUIRE(RootOf(leaves[i], *copy).value() == tree.root());
      if (count > 1) REQUIRE(RootOf(leaves[(i + 1) % count], proof).value() != tree.root());
    }
  }
}

TEST_CASE("the largest tree has its proofs too", "[merkle]") {
  const std::vector<std::string> leaves = Leaves(kMaxLeaves);
  const MerkleTree tree(leaves);
  const absl::StatusOr<Proof> proof =
      DecodeProof(Encode(ProofOf(tree, kMaxLeaves - 1, kMaxLeaves)));
  REQUIRE(proof.ok());
  CHECK(proof->path.size() == 12);
  CHECK(RootOf(leaves.back(), *proof).value() == tree.root());
}

TEST_CASE("a proof survives its bytes", "[merkle]") {
  const MerkleTree tree(Leaves(6));
  const Proof proof = ProofOf(tree, 5, 6);
  const absl::StatusOr<Proof> copy = DecodeProof(Encode(proof));
  REQUIRE(copy.ok());
  CHECK(copy->key_id == proof.key_id);
  CHECK(copy->signature == proof.signature);
  CHECK(copy->index == 5);
  CHECK(copy->count == 6);
  CHECK(copy->path == proof.path);
}

TEST_CASE("a forged path proves nothing", "[merkle]") {
  const std::vector<std::string> leaves = Leaves(6);
  const MerkleTree tree(leaves);
  const Proof good = ProofOf(tree, 2, 6);
  REQUIRE(RootOf(leaves[2], good).value() == tree.root());
  for (std::size_t i = 0; i < good.path.size(); ++i) {
    for (const std::size_t byte : {std::size_t{0}, std::size_t{31}}) {
      Proof forged = good;
      forged.path[i][byte] = static_cast<char>(forged.path[i][byte] ^ 1);
      CHECK(RootOf(leaves[2], forged).value() != tree.root());
    }
  }
  Proof swapped = good;
  std::swap(swapped.path[0], swapped.path[1]);
  CHECK(RootOf(leaves[2], swapped).value() != tree.root());
  Proof moved = good;
  moved.index = 3;
  CHECK(RootOf(leaves[2], moved).value() != tree.root());
  CHECK(RootOf(LeafOf(BodyKind::kProposal, "body 2"), good).value() != tree.root());
  // An inner node is no leaf: the marks keep them apart.
  const std::string inside = leaves[2] + leaves[3];
  CHECK(LeafOf(BodyKind::kEvent, inside) != tree.PathOf(0)[1]);
}

TEST_CASE("what no tree has is refused", "[merkle]") {
  const std::vector<std::string> leaves = Leaves(6);
  const MerkleTree tree(leaves);
  const Proof good = ProofOf(tree, 4, 6);
  const auto is_refused = [&](auto change) {
    Proof bad = good;
    change(bad);
    return absl::IsInvalidArgument(DecodeProof(Encode(bad)).status()) &&
           absl::IsInvalidArgument(RootOf(leaves[4], bad).status());
  };
  CHECK_FALSE(is_refused([](Proof&) {}));
  CHECK(is_refused([](Proof& proof) { proof.index = 6; }));
  CHECK(is_refused([](Proof& proof) { proof.index = 0xffffffff; }));
  CHECK(is_refused([](Proof& proof) { proof.count = 0; }));
  CHECK(is_refused([](Proof& proof) { proof.count = kMaxLeaves + 1; }));
  CHECK(is_refused([](Proof& proof) { proof.count = 0xffffffff; }));
  CHECK(is_refused([](Proof& proof) { proof.index = 1; }));  // needs a longer path
  CHECK(is_refused([](Proof& proof) { proof.path.pop_back(); }));
  CHECK(is_refused([](Proof& proof) { proof.path.push_back(proof.path[0]); }));
  CHECK(is_refused([](Proof& proof) { proof.path[0].pop_back(); }));
  CHECK(is_refused([](Proof& proof) { proof.path[0].clear(); }));
  CHECK(absl::IsInvalidArgument(RootOf("short", good).status()));
}

TEST_CASE("bytes that are no proof are refused", "[merkle]") {
  const MerkleTree tree(Leaves(6));
  const Proof good = ProofOf(tree, 4, 6);
  const std::string bytes = Encode(good);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    CHECK(absl::IsInvalidArgument(DecodeProof(bytes.substr(0, size)).status()));
  }
  Proof odd = good;
  odd.signature.pop_back();
  CHECK_FALSE(DecodeProof(Encode(odd)).ok());
  odd = good;
  odd.key_id.clear();
  CHECK_FALSE(DecodeProof(Encode(odd)).ok());
  odd.key_id = std::string(65, 'k');
  CHECK_FALSE(DecodeProof(Encode(odd)).ok());
  CHECK_FALSE(DecodeProof(std::string(5000, '\0')).ok());
}

}  // namespace
}  // namespace molva::chain
