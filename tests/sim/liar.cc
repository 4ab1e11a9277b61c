#include "tests/sim/liar.h"

#include <memory>

#include "federation/peer/signatures.h"

namespace molva::test {
namespace {

constexpr std::uint64_t kWays = 8;
constexpr std::uint64_t kOneOf = 3;  // so many batches are left alone but one

std::int64_t NumberOf(const federation::ReceivedItem& item) {
  if (item.kind == topic::LaneKind::kChain) {
    const auto event = chain::DecodeEvent(item.body);
    return event.ok() ? event->n : 0;
  }
  const auto proposal = chain::DecodeProposal(item.body);
  return proposal.ok() ? proposal->number : 0;
}

}  // namespace

std::string Liar::Sign(const Items& items) const {
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
  return federation::SignBatch(key_, domain_, outgoing);
}

bool Liar::AlterMessage(federation::ReceivedItem& item, chain::MessageState& state,
                        std::uint64_t how) {
  if (how == 0) {
    state.author = Victim();
  } else if (how == 1) {
    state.seq += state.seq > 1 && random_.Below(2) == 0 ? -1 : 1;
  } else {
    item.payload = chain::Payload{{}, {R"("lie )" + std::to_string(lies_) + "\""}};
    state.payload_hash = chain::HashOf(*item.payload);
    if (how == 2) state.author = Victim();
  }
  if (random_.Below(2) == 0) item.cause = item.cause_proof = "";
  return true;
}

bool Liar::AlterEvent(federation::ReceivedItem& item, chain::Event event, std::uint64_t how) {
  if (auto* message = std::get_if<chain::MessageState>(&event.state); message && how < 4) {
    if (!AlterMessage(item, *message, how)) return false;
    if (item.cause.empty()) event.proposal = 0;
  } else if (auto* member = std::get_if<chain::MemberState>(&event.state)) {
    if (how == 0) member->user = Victim();
    member->want = member->given = "JRWPASDO";
    member->deleted.reset();
  } else if (auto* topic = std::get_if<chain::TopicState>(&event.state)) {
    const std::string& victim = Victim();
    topic->home = victim.substr(victim.find('@') + 1);
  } else {
    event.time += absl::Hours(1);
  }
  item.body = chain::Encode(event);
  return true;
}

bool Liar::AlterItem(federation::ReceivedItem& item, std::uint64_t how) {
  if (item.kind == topic::LaneKind::kChain) {
    absl::StatusOr<chain::Event> event = chain::DecodeEvent(item.body);
    return event.ok() && AlterEvent(item, *std::move(event), how);
  }
  auto proposal = chain::DecodeProposal(item.body);
  if (!proposal.ok()) return false;
  if (how % 2 == 0) {
    proposal->author = Victim();
  } else if (how % 4 == 1) {
    proposal->time += absl::Hours(1);
  } else {
    proposal->action = chain::SetRights{Victim(), "JRWPASDO"};
    item.payload.reset();
  }
  item.body = chain::Encode(*proposal);
  return true;
}

std::vector<std::string> Liar::Alter(const std::string& frame) {
  absl::StatusOr<federation::ReceivedFrame> decoded = federation::DecodeFrame(frame);
  auto* batch = decoded.ok() ? std::get_if<federation::ReceivedBatch>(&*decoded) : nullptr;
  if (batch == nullptr || random_.Below(kOneOf) != 0) return {frame};
  ++lies_;
  Items& items = batch->items;
  const std::uint64_t how = random_.Below(kWays);
  if (how == kWays - 1) return {frame, frame};
  if (how == kWays - 2) {
    std::string broken = frame;
    broken.back() = static_cast<char>(broken.back() ^ 1);
    return {broken};
  }
  const std::size_t at = random_.Below(items.size());
  if (how == kWays - 3 && items.size() > 1) {
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(at));
  } else if (!AlterItem(items[at], how)) {
    return {frame};
  }
  return {Sign(items)};
}

}  // namespace molva::test
