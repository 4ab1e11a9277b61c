#include "federation/peer/lane_reader.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "base/log.h"
#include "names/payload_names.h"

namespace molva::federation {

std::vector<topic::LaneItemPtr> MakeItems(const names::NameBook& names, LaneKey key,
                                          std::vector<store::StoredEntry> entries) {
  std::vector<topic::LaneItemPtr> items;
  items.reserve(entries.size());
  for (store::StoredEntry& stored : entries) {
    topic::LaneItem item;
    item.n = stored.entry.n;
    item.body = std::move(stored.entry.body);
    item.cause = std::move(stored.entry.cause);
    item.cause_proof = std::move(stored.entry.cause_proof);
    if (key.kind == topic::LaneKind::kProposals && !stored.entry.payload.empty()) {
      absl::StatusOr<chain::Payload> payload = chain::DecodePayload(stored.entry.payload);
      if (!payload.ok()) {
        base::LogError("a stored proposal cannot be read",
                       {{"topic", key.topic.ToString()}, {"n", fmt::to_string(item.n)}});
        break;
      }
      item.payload = *std::move(payload);
    } else if (stored.message.has_value()) {
      chain::Payload payload{std::move(stored.message->head), std::move(stored.message->content)};
      names::Globalise(names, payload.head, payload.content);
      item.payload = std::move(payload);
    }
    items.push_back(std::make_shared<const topic::LaneItem>(std::move(item)));
  }
  return items;
}

}  // namespace molva::federation
