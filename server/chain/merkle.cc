#include "chain/merkle.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "chain/hash.h"
#include "molva/federation/v1/chain.pb.h"

namespace molva::chain {
namespace {

constexpr std::size_t kMaxProofBytes = 1024;
constexpr std::size_t kMaxKeyIdBytes = 64;
constexpr std::size_t kSignatureBytes = 64;

constexpr std::string_view kLeafMark("\x00", 1);
constexpr std::string_view kNodeMark("\x01", 1);

std::string NodeOf(std::string_view left, std::string_view right) {
  return Sha256().Add(kNodeMark).Add(left).Add(right).Finish();
}

absl::Status Refuse(const char* why) { return absl::InvalidArgumentError(why); }

bool HasSibling(std::size_t index, std::size_t count) { return (index ^ 1) < count; }

// How many siblings stand beside the way from leaf `index` of `count` to the root.
std::size_t PathLength(std::size_t index, std::size_t count) {
  std::size_t length = 0;
  for (; count > 1; index /= 2, count = (count + 1) / 2) {
    if (HasSibling(index, count)) ++length;
  }
  return length;
}

absl::Status CheckProof(const Proof& proof) {
  if (proof.count == 0 || proof.count > kMaxLeaves) return Refuse("proof: count out of range");
  if (proof.index >= proof.count) return Refuse("proof: index out of range");
  if (proof.path.size() != PathLength(proof.index, proof.count)) {
    return Refuse("proof: path of another length");
  }
  const bool all_are_hashes =
      std::all_of(proof.path.begin(), proof.path.end(),
                  [](const std::string& hash) { return hash.size() == kHashBytes; });
  return all_are_hashes ? absl::OkStatus() : Refuse("proof: path with what is no hash");
}

}  // namespace

std::string LeafOf(BodyKind kind, std::string_view body) {
  const char letter = static_cast<char>(kind);
  return Sha256().Add(kLeafMark).Add({&letter, 1}).Add(body).Finish();
}

MerkleTree::MerkleTree(std::vector<std::string> leaves) {
  MOLVA_CHECK(!leaves.empty() && leaves.size() <= kMaxLeaves, "a batch of another size");
  levels_.push_back(std::move(leaves));
  while (levels_.back().size() > 1) {
    const std::vector<std::string>& below = levels_.back();
    std::vector<std::string> level;
    level.reserve((below.size() + 1) / 2);
    for (std::size_t i = 0; i + 1 < below.size(); i += 2) {
      level.push_back(NodeOf(below[i], below[i + 1]));
    }
    if (below.size() % 2 != 0) level.push_back(below.back());
    levels_.push_back(std::move(level));
  }
}

std::vector<std::string> MerkleTree::PathOf(std::size_t index) const {
  MOLVA_CHECK(index < levels_.front().size(), "no such leaf");
  std::vector<std::string> path;
  for (const std::vector<std::string>& level : levels_) {
    if (HasSibling(index, level.size())) path.push_back(level[index ^ 1]);
    index /= 2;
  }
  return path;
}

absl::StatusOr<std::string> RootOf(const std::string& leaf, const Proof& proof) {
  if (absl::Status status = CheckProof(proof); !status.ok()) return status;
  if (leaf.size() != kHashBytes) return Refuse("proof: of what is no hash");
  std::string hash = leaf;
  auto sibling = proof.path.begin();
  std::size_t index = proof.index;
  for (std::size_t count = proof.count; count > 1; index /= 2, count = (count + 1) / 2) {
    if (!HasSibling(index, count)) continue;
    hash = index % 2 == 0 ? NodeOf(hash, *sibling) : NodeOf(*sibling, hash);
    ++sibling;
  }
  return hash;
}

std::string SignedText(std::string_view domain, std::string_view root) {
  std::string text("molva-batch-v1");
  text += '\0';
  text += domain;
  text += '\0';
  text += root;
  return text;
}

std::string Encode(const Proof& proof) {
  molva::federation::v1::Proof message;
  message.set_key_id(proof.key_id);
  message.set_signature(proof.signature);
  message.set_index(proof.index);
  message.set_count(proof.count);
  for (const std::string& hash : proof.path) message.add_path(hash);
  return message.SerializeAsString();
}

absl::StatusOr<Proof> DecodeProof(std::string_view bytes) {
  if (bytes.size() > kMaxProofBytes) return Refuse("proof: too long");
  molva::federation::v1::Proof message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Refuse("proof: not one");
  }
  if (message.key_id().empty() || message.key_id().size() > kMaxKeyIdBytes) {
    return Refuse("proof: key_id out of range");
  }
  if (message.signature().size() != kSignatureBytes) return Refuse("proof: signature of odd size");
  Proof proof{message.key_id(),
              message.signature(),
              message.index(),
              message.count(),
              {message.path().begin(), message.path().end()}};
  if (absl::Status status = CheckProof(proof); !status.ok()) return status;
  return proof;
}

}  // namespace molva::chain
