#include "federation/peer/claims.h"

#include <memory>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "topic/remote/planted_bugs.h"

namespace molva::federation {
namespace {

using topic::LaneItem;
using topic::LaneKind;
using topic::Refusal;

// Whether `home` may be the home of the topic, of which `peer` is a party or the home.
bool MayLiveAt(const names::NameBook& names, model::TopicName name, std::string_view global,
               std::string_view home, const std::string& peer) {
  if (name.kind() == model::TopicKind::kGroup) return global.substr(global.find('@') + 1) == home;
  const model::UserId one = name.user();
  return names.DomainOf(one) == peer || names.DomainOf(name.PeerOf(one)) == peer;
}

// The author of what the event states, beside the actor.
const std::string* AuthorOf(const chain::Event& event) {
  const auto* message = std::get_if<chain::MessageState>(&event.state);
  return message == nullptr ? nullptr : &message->author;
}

// The proposal behind an event must say the same of itself as the event does.
bool CauseFits(const chain::Event& event, const chain::Proposal& cause) {
  const std::string* author = AuthorOf(event);
  return cause.topic == event.topic && cause.number == event.proposal &&
         cause.author == event.actor && DomainOfUser(cause.author) == cause.origin &&
         (author == nullptr || *author == cause.author);
}

// Whose users the event speaks for. On success sets item.proposal and `cause_domain` if there is a
// proposal behind it.
std::optional<Refusal> CheckEventAuthor(const names::NameBook& names, const std::string& peer,
                                        LaneItem& item, std::string& cause_domain) {
  const chain::Event& event = *item.event;
  if (!item.cause.empty()) {
    absl::StatusOr<chain::Proposal> cause = chain::DecodeProposal(item.cause);
    if (!cause.ok()) return Refusal::kMalformed;
    item.proposal = *std::move(cause);
  }
  if (topic::Planted(topic::PlantedBug::kTrustForeignAuthor)) return std::nullopt;
  if (item.proposal.has_value()) {
    if (!CauseFits(event, *item.proposal)) return Refusal::kForeignAuthor;
    if (item.proposal->origin != names.domain()) cause_domain = item.proposal->origin;
    return std::nullopt;
  }
  if (event.proposal != 0) return Refusal::kForeignAuthor;
  if (!event.actor.empty() && DomainOfUser(event.actor) != peer) return Refusal::kForeignAuthor;
  const std::string* author = AuthorOf(event);
  if (author != nullptr && !author->empty() && DomainOfUser(*author) != peer) {
    return Refusal::kForeignAuthor;
  }
  return std::nullopt;
}

absl::StatusOr<model::TopicName> Enter(const names::NameBook& names, const std::string& topic,
                                       absl::FunctionRef<bool()> may_enter) {
  if (!names.Knows(topic) && !may_enter()) return absl::ResourceExhaustedError("too many topics");
  return names.TopicOfGlobal(topic);
}

Claim Unnamed(const absl::Status& why) {
  if (absl::IsResourceExhausted(why)) return CrowdedItem{};
  return GarbledItem{};
}

Claim CheckEvent(const names::NameBook& names, const std::string& peer, LaneItem item,
                 bool has_bad_payload, absl::FunctionRef<bool()> may_enter) {
  absl::StatusOr<chain::Event> event = chain::DecodeEvent(item.body);
  if (!event.ok()) return GarbledItem{};
  const absl::StatusOr<model::TopicName> topic = Enter(names, event->topic, may_enter);
  if (!topic.ok()) return Unnamed(topic.status());
  item.n = event->n;
  const LaneKey key{*topic, LaneKind::kChain};
  const auto refused = [&](Refusal why) { return RefusedItem{key, item.n, why}; };
  if (!MayLiveAt(names, *topic, event->topic, peer, peer)) return refused(Refusal::kNotHome);
  const auto* state = std::get_if<chain::TopicState>(&event->state);
  if (state != nullptr && state->home != peer) return refused(Refusal::kNotHome);
  if (has_bad_payload) return refused(Refusal::kBadPayload);
  item.event = *std::move(event);
  std::string cause_domain;
  if (const auto why = CheckEventAuthor(names, peer, item, cause_domain)) return refused(*why);
  return ClaimedItem{key, std::make_shared<const LaneItem>(std::move(item)),
                     std::move(cause_domain)};
}

Claim CheckProposal(const names::NameBook& names, const std::string& peer, LaneItem item,
                    bool has_bad_payload, absl::FunctionRef<bool()> may_enter) {
  absl::StatusOr<chain::Proposal> proposal = chain::DecodeProposal(item.body);
  if (!proposal.ok()) return GarbledItem{};
  const absl::StatusOr<model::TopicName> topic = Enter(names, proposal->topic, may_enter);
  if (!topic.ok()) return Unnamed(topic.status());
  item.n = proposal->number;
  const LaneKey key{*topic, LaneKind::kProposals};
  const auto refused = [&](Refusal why) { return RefusedItem{key, item.n, why}; };
  if (!MayLiveAt(names, *topic, proposal->topic, names.domain(), peer)) {
    return refused(Refusal::kNotHome);
  }
  if (!topic::Planted(topic::PlantedBug::kTrustForeignAuthor) &&
      (proposal->origin != peer || DomainOfUser(proposal->author) != peer)) {
    return refused(Refusal::kForeignAuthor);
  }
  if (has_bad_payload) return refused(Refusal::kBadPayload);
  item.proposal = *std::move(proposal);
  item.cause.clear();
  item.cause_proof.clear();
  return ClaimedItem{key, std::make_shared<const LaneItem>(std::move(item)), {}};
}

}  // namespace

std::string_view DomainOfUser(std::string_view global) {
  constexpr std::size_t kAt = 3 + 11;
  if (!global.starts_with("usr") || global.size() <= kAt + 1 || global[kAt] != '@') return {};
  if (!base::DecodeId(global.substr(3, kAt - 3)).has_value()) return {};
  const std::string_view domain = global.substr(kAt + 1);
  return names::NormaliseDomain(domain) == domain ? domain : std::string_view();
}

Claim CheckClaims(const names::NameBook& names, const std::string& peer, ReceivedItem received,
                  std::string proof, absl::FunctionRef<bool()> may_enter) {
  LaneItem item;
  item.body = std::move(received.body);
  item.payload = std::move(received.payload);
  item.cause = std::move(received.cause);
  item.cause_proof = std::move(received.cause_proof);
  item.proof = std::move(proof);
  const auto check = received.kind == LaneKind::kProposals ? CheckProposal : CheckEvent;
  return check(names, peer, std::move(item), received.has_bad_payload, may_enter);
}

}  // namespace molva::federation
