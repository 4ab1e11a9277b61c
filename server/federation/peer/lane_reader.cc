#include "federation/peer/lane_reader.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/log.h"
#include "base/status_macros.h"
#include "chain/body.h"
#include "names/payload_names.h"

namespace molva::federation {

namespace {

// The payload of the message that an event states. A topic that was erased and begun anew gives its
// numbers out again: then the message under this one is another.
std::optional<chain::Payload> PayloadOf(const names::NameBook& names, const topic::LaneItem& item,
                                        store::MessageRecord message) {
  const absl::StatusOr<chain::Event> event = chain::DecodeEvent(item.body);
  const auto* state = event.ok() ? std::get_if<chain::MessageState>(&event->state) : nullptr;
  if (state == nullptr) return std::nullopt;
  chain::Payload payload{std::move(message.head), std::move(message.content)};
  names::Globalise(names, payload.head, payload.content);
  if (chain::HashOf(payload) != state->payload_hash) return std::nullopt;
  return payload;
}

absl::StatusOr<std::optional<chain::Payload>> PayloadOf(const std::string& body,
                                                        const std::string& payload,
                                                        absl::Time oldest) {
  if (payload.empty()) return std::nullopt;
  MOLVA_ASSIGN_OR_RETURN(const chain::Proposal proposal, chain::DecodeProposal(body));
  if (proposal.time < oldest) return std::nullopt;
  MOLVA_ASSIGN_OR_RETURN(chain::Payload decoded, chain::DecodePayload(payload));
  return decoded;
}

}  // namespace

std::vector<topic::LaneItemPtr> MakeItems(const names::NameBook& names, LaneKey key,
                                          std::vector<store::StoredEntry> entries,
                                          absl::Time oldest) {
  std::vector<topic::LaneItemPtr> items;
  items.reserve(entries.size());
  for (store::StoredEntry& stored : entries) {
    topic::LaneItem item;
    item.n = stored.entry.n;
    item.body = std::move(stored.entry.body);
    item.cause = std::move(stored.entry.cause);
    item.cause_proof = std::move(stored.entry.cause_proof);
    if (key.kind == topic::LaneKind::kProposals) {
      absl::StatusOr<std::optional<chain::Payload>> payload =
          PayloadOf(item.body, stored.entry.payload, oldest);
      if (!payload.ok()) {
        base::LogError("a stored proposal cannot be read",
                       {{"topic", key.topic.ToString()}, {"n", fmt::to_string(item.n)}});
        break;
      }
      item.payload = *std::move(payload);
    } else if (stored.message.has_value()) {
      item.payload = PayloadOf(names, item, *std::move(stored.message));
    }
    items.push_back(std::make_shared<const topic::LaneItem>(std::move(item)));
  }
  return items;
}

}  // namespace molva::federation
