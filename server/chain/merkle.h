// One signature for many bodies: the tree of a batch and the proof of one of its leaves.
#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace molva::chain {

inline constexpr std::size_t kMaxLeaves = 4096;

enum class BodyKind : char { kEvent = 'E', kProposal = 'P' };

// SHA-256(0x00 || kind || body). Source: docs/federation.md §6.
std::string LeafOf(BodyKind kind, std::string_view body);

// The tree over the leaves of one batch. Thread: a plain value.
class MerkleTree {
 public:
  // At least one leaf, at most kMaxLeaves; each as LeafOf makes them.
  explicit MerkleTree(std::vector<std::string> leaves);

  const std::string& root() const { return levels_.back().front(); }
  // The hashes beside the way from leaf `index` to the root, lowest first.
  std::vector<std::string> PathOf(std::size_t index) const;

 private:
  std::vector<std::vector<std::string>> levels_;  // leaves first
};

// That a server signed one body; travels and is kept as bytes.
struct Proof {
  std::string key_id;
  std::string signature;
  std::uint32_t index = 0;
  std::uint32_t count = 1;
  std::vector<std::string> path;
};

std::string Encode(const Proof& proof);
// Errors: kInvalidArgument for what no tree of at most kMaxLeaves leaves has, and
// unless key id and signature have a size that they can have.
absl::StatusOr<Proof> DecodeProof(std::string_view bytes);
// The root that `leaf` has under `proof`. Errors: kInvalidArgument if the path does not fit.
absl::StatusOr<std::string> RootOf(const std::string& leaf, const Proof& proof);
// What is signed for a batch of `domain`.
std::string SignedText(std::string_view domain, std::string_view root);

}  // namespace molva::chain
