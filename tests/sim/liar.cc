#include "tests/sim/liar.h"

#include "tests/support/forged_batch.h"

namespace molva::test {
namespace {

constexpr std::uint64_t kWays = 8;
constexpr std::uint64_t kOneOf = 3;  // so many batches are left alone but one

}  // namespace

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
  std::vector<federation::ReceivedItem> items = ItemsOf(frame);
  if (items.empty() || random_.Below(kOneOf) != 0) return {frame};
  ++lies_;
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
  return {SignAgain(key_, domain_, items)};
}

}  // namespace molva::test
