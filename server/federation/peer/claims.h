// What a server may state at all: an entry's names and domains against the peer that sent it.
#pragma once

#include <absl/functional/function_ref.h>

#include <string>
#include <string_view>
#include <variant>

#include "federation/peer/frames.h"
#include "federation/peer/lane_key.h"
#include "names/name_book.h"

namespace molva::federation {

// An entry whose claims hold, ready for its topic.
struct ClaimedItem {
  LaneKey key;
  topic::LaneItemPtr item;
  // The server whose signature `item->cause` must bear; empty if none has to be checked: there is
  // no cause, or it is a proposal of ours, which the topic knows.
  std::string cause_domain;
};
// One that is refused.
struct RefusedItem {
  LaneKey key;
  std::int64_t n = 0;
  topic::Refusal why = topic::Refusal::kMalformed;
};
// One of which not even the topic can be told.
struct GarbledItem {};
// One of a topic that is new here, while there is no room for new names.
struct CrowdedItem {};
using Claim = std::variant<ClaimedItem, RefusedItem, GarbledItem, CrowdedItem>;

// Checks `received` of `peer`, whose signature has been verified; `proof` shows that. What it
// changes in the topic is for the topic to judge. `may_enter` is asked before a topic's name is
// entered that nobody here has heard of.
// Source: docs/federation.md §4.
Claim CheckClaims(const names::NameBook& names, const std::string& peer, ReceivedItem received,
                  std::string proof, absl::FunctionRef<bool()> may_enter);

// The domain of a global user name; empty for what is none.
std::string_view DomainOfUser(std::string_view global);

}  // namespace molva::federation
