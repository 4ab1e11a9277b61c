// Names one log of a topic as it travels between two servers.
#pragma once

#include <compare>
#include <utility>

#include "model/topic_name.h"
#include "store/records.h"
#include "topic/peer_port.h"

namespace molva::federation {

struct LaneKey {
  model::TopicName topic;
  topic::LaneKind kind = topic::LaneKind::kChain;

  // Under which the store keeps the sender's entries.
  const char* lane() const {
    return kind == topic::LaneKind::kChain ? store::kChainLane : store::kProposalLane;
  }
  friend auto operator<=>(const LaneKey&, const LaneKey&) = default;
  template <typename Hash>
  friend Hash AbslHashValue(Hash state, const LaneKey& key) {
    return Hash::combine(std::move(state), key.topic, key.kind);
  }
};

}  // namespace molva::federation
