// Which events of the home a replica believes. Plain functions of state; nothing is changed.
// Source: docs/federation.md §4 and §5.
#pragma once

#include <absl/time/time.h>

#include <optional>

#include "topic/chat_core.h"

namespace molva::topic {

// How far the clock of another server may be ahead of ours.
inline constexpr absl::Duration kMaxAhead = absl::Minutes(10);

// Whether the topic may have its home at `domain`, by its name alone.
bool MayBeHome(const ChatCore& core, const std::string& domain);

// nullopt: the event may stand. Each checks what is particular to its kind.
std::optional<Refusal> CheckEnvelope(const ChatCore& core, const std::string& home,
                                     const LaneItem& item);
std::optional<Refusal> CheckMessage(const ChatCore& core, const LaneItem& item,
                                    model::SeqId expected_seq);
std::optional<Refusal> CheckDeletion(const ChatCore& core, const chain::DeletionState& state);
std::optional<Refusal> CheckTopic(const ChatCore& core, const std::string& home,
                                  const chain::TopicState& state);

// A membership as the event states it, with local names.
struct MemberChange {
  store::SubscriptionRecord record;
  bool is_new = false;  // or comes back
};
// `change` is filled if nullopt is returned.
std::optional<Refusal> CheckMember(const ChatCore& core, const std::string& home,
                                   const LaneItem& item, MemberChange& change);

// What a stranger may be given and may want before he is accepted.
model::AccessMode RequestMode(model::TopicKind kind);

}  // namespace molva::topic
