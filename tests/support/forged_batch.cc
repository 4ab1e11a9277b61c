#include "tests/support/forged_batch.h"

#include <memory>
#include <utility>

#include "federation/peer/signatures.h"

namespace molva::test {
namespace {

std::int64_t NumberOf(const federation::ReceivedItem& item) {
  if (item.kind == topic::LaneKind::kChain) {
    const auto event = chain::DecodeEvent(item.body);
    return event.ok() ? event->n : 0;
  }
  const auto proposal = chain::DecodeProposal(item.body);
  return proposal.ok() ? proposal->number : 0;
}

}  // namespace

std::vector<federation::ReceivedItem> ItemsOf(const std::string& frame) {
  absl::StatusOr<federation::ReceivedFrame> decoded = federation::DecodeFrame(frame);
  auto* batch = decoded.ok() ? std::get_if<federation::ReceivedBatch>(&*decoded) : nullptr;
  if (batch == nullptr) return {};
  return std::move(batch->items);
}

std::string SignAgain(const federation::ServerKey& key, const std::string& domain,
                      const std::vector<federation::ReceivedItem>& items) {
  std::vector<federation::OutgoingItem> outgoing;
  for (const federation::ReceivedItem& item : items) {
    auto lane_item = std::make_shared<topic::LaneItem>();
    lane_item->n = NumberOf(item);
    lane_item->body = item.body;
    lane_item->payload = item.payload;
    lane_item->cause = item.cause;
    lane_item->cause_proof = item.cause_proof;
    outgoing.push_back({item.kind, std::move(lane_item)});
  }
  return federation::SignBatch(key, domain, outgoing);
}

}  // namespace molva::test
