// The name of a topic: what clients write, and the one internal name that routing and the store
// use.
#pragma once

#include <absl/status/statusor.h>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/user_id.h"

namespace molva::model {

enum class TopicKind : std::uint8_t { kMe, kFnd, kSlf, kP2p, kGroup, kSys };

// The internal name of a topic. A plain value of 24 bytes; any thread may copy or compare it.
//
// Text form: me "usr"+id, fnd "fnd"+id, slf "slf"+id, group "grp"+id (11 characters each), p2p
//            "p2p"+22 characters (smaller id first), sys "sys".
// Source:    docs/protocol behaviour §1.
class TopicName {
 public:
  constexpr TopicName() = default;
  static constexpr TopicName Me(UserId user) { return {TopicKind::kMe, user.bits(), 0}; }
  static constexpr TopicName Fnd(UserId user) { return {TopicKind::kFnd, user.bits(), 0}; }
  static constexpr TopicName Slf(UserId user) { return {TopicKind::kSlf, user.bits(), 0}; }
  static constexpr TopicName Group(std::uint64_t bits) { return {TopicKind::kGroup, bits, 0}; }
  static constexpr TopicName Sys() { return {TopicKind::kSys, 0, 0}; }
  static constexpr TopicName P2p(UserId one, UserId other) {
    return one < other ? TopicName{TopicKind::kP2p, one.bits(), other.bits()}
                       : TopicName{TopicKind::kP2p, other.bits(), one.bits()};
  }
  // Parses the internal text form, as the store keeps it.
  static absl::StatusOr<TopicName> Parse(std::string_view text);

  std::string ToString() const;
  constexpr TopicKind kind() const { return kind_; }
  // The owner of a me, fnd or slf topic.
  constexpr UserId user() const { return UserId::FromBits(first_); }
  // The other side of a p2p topic; Nobody if `self` is not a party.
  constexpr UserId PeerOf(UserId self) const {
    if (kind_ != TopicKind::kP2p) return UserId::Nobody();
    if (self.bits() == first_) return UserId::FromBits(second_);
    return self.bits() == second_ ? UserId::FromBits(first_) : UserId::Nobody();
  }
  // The name under which `viewer` knows this topic: "me", "fnd", "slf", the peer's id, "grp…",
  // "sys".
  std::string ClientName(UserId viewer) const;
  // A stable hash: the same in every process, so that a topic keeps its shard.
  std::uint64_t StableHash() const;

  friend constexpr auto operator<=>(const TopicName&, const TopicName&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const TopicName& name) {
    return H::combine(std::move(state), name.kind_, name.first_, name.second_);
  }

 private:
  constexpr TopicName(TopicKind kind, std::uint64_t first, std::uint64_t second)
      : kind_(kind), first_(first), second_(second) {}
  TopicKind kind_ = TopicKind::kSys;
  std::uint64_t first_ = 0;
  std::uint64_t second_ = 0;
};

// What a client's topic text means to one user.
struct ResolvedTopic {
  enum class Form : std::uint8_t {
    kExisting,    // `name` is set
    kNewGroup,    // "new…": create a group
    kNewChannel,  // "nch…": create a channel
  };
  Form form = Form::kExisting;
  TopicName name;
  bool as_reader = false;  // written as "chn…"
};

// Resolves the text of a client. Errors (with their Fault, see fault.h): 400 for empty text or a
// bad user id, 403 for one's own user id, 404 "topic not found" for an unknown prefix.
absl::StatusOr<ResolvedTopic> ResolveTopic(std::string_view text, UserId self);

}  // namespace molva::model
