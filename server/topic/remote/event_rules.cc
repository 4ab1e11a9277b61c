#include "topic/remote/event_rules.h"

#include "names/payload_names.h"
#include "topic/remote/planted_bugs.h"

namespace molva::topic {
namespace {

using model::AccessMode;
using model::TopicKind;
using model::UserId;

bool IsWithin(AccessMode mode, AccessMode bound) { return (mode & bound) == mode; }

// The proposal behind the event, if `author` is whose server made it.
const chain::Proposal* CauseBy(const LaneItem& item, const std::string& author) {
  if (!item.proposal.has_value() || item.proposal->author != author) return nullptr;
  return &*item.proposal;
}

// Whether the user's own wish, as his server signed it, is behind a change of what he wants.
bool WishesWant(const chain::Proposal* cause) {
  if (cause == nullptr) return false;
  if (const auto* rights = std::get_if<chain::SetRights>(&cause->action)) {
    return rights->user.empty() || rights->user == cause->author;
  }
  return std::holds_alternative<chain::JoinAction>(cause->action) ||
         std::holds_alternative<chain::LeaveAction>(cause->action) ||
         std::holds_alternative<chain::RemoveTopic>(cause->action);
}

// Whether `giver` lets `user` have what he is given.
bool WishesGiven(const chain::Proposal* cause, const std::string& user) {
  if (cause == nullptr) return false;
  const auto* rights = std::get_if<chain::SetRights>(&cause->action);
  return (rights != nullptr && rights->user == user) ||
         std::holds_alternative<chain::JoinAction>(cause->action);
}

// A proposal that bears our name must be one that we have made.
bool IsOursIfSoSaid(const ChatCore& core, const LaneItem& item) {
  if (item.proposal->origin != core.env.names.domain()) return true;
  if (Planted(PlantedBug::kTrustForeignAuthor)) return true;
  const std::string hash = chain::HashOf(item.cause);
  if (core.lanes.last_settled.n == item.proposal->number) {
    return core.lanes.last_settled.hash == hash;
  }
  const auto made = core.lanes.kept.find(item.proposal->number);
  return made != core.lanes.kept.end() && made->second.hash == hash;
}

// A home takes the proposals of a server in their order, each once, and makes one message of a
// publication. What else it makes of a proposal may be several events.
bool IsSpent(const ChatCore& core, const LaneItem& item) {
  const chain::Proposal& proposal = *item.proposal;
  const bool is_own = proposal.origin == core.env.names.domain();
  const auto shown = core.lanes.taken.find(proposal.origin);
  if (!is_own && shown == core.lanes.taken.end()) return false;
  const LaneHead& last = is_own ? core.lanes.last_settled : shown->second.head;
  if (proposal.number != last.n) return proposal.number < last.n;
  return std::holds_alternative<chain::MessageState>(item.event->state) ||
         last.hash != chain::HashOf(item.cause);
}

bool IsAskedTooSoon(const ChatCore& core, const Subscriber* former) {
  if (former == nullptr || former->is_live()) return false;
  // The home's clock may be a little ahead of ours.
  return core.env.shard.Now() + kMaxAhead <
         *former->record.deleted + core.env.limits.ask_again_after;
}

}  // namespace

AccessMode RequestMode(TopicKind kind) {
  return kind == TopicKind::kP2p ? AccessMode(AccessMode::kJoin | AccessMode::kApprove)
                                 : AccessMode(AccessMode::kJoin);
}

bool MayBeHome(const ChatCore& core, const std::string& domain) {
  if (core.name.kind() == TopicKind::kGroup) {
    return core.env.names.DomainOf(core.name.user()) == domain;
  }
  const std::string parties = core.env.names.GlobalNameOf(core.name) + "+";
  return parties.find("@" + domain + "+") != std::string::npos;
}

std::optional<Refusal> CheckEnvelope(const ChatCore& core, const std::string& home,
                                     const LaneItem& item) {
  const chain::Event& event = *item.event;
  if (event.n != core.lanes.chain.n + 1 || event.prev != core.lanes.chain.hash) {
    return Refusal::kBadChain;
  }
  if (event.time > core.env.shard.Now() + kMaxAhead) return Refusal::kBadTime;
  if (core.exists && core.record.home != home) return Refusal::kNotHome;
  const bool begins = std::holds_alternative<chain::TopicState>(event.state);
  if (!core.exists && !begins) return Refusal::kBadChain;
  if ((event.proposal != 0) != item.proposal.has_value()) return Refusal::kForeignAuthor;
  if (item.proposal.has_value() &&
      (item.proposal->topic != event.topic || item.proposal->number != event.proposal ||
       !IsOursIfSoSaid(core, item) || IsSpent(core, item))) {
    return Refusal::kForeignAuthor;
  }
  return std::nullopt;
}

std::optional<Refusal> CheckTopic(const ChatCore& core, const std::string& home,
                                  const chain::TopicState& state) {
  if (state.home != home) return Refusal::kNotHome;
  const TopicKind kind = core.name.kind();
  if (kind != TopicKind::kGroup && kind != TopicKind::kP2p) return Refusal::kMalformed;
  return MayBeHome(core, home) ? std::nullopt : std::optional(Refusal::kNotHome);
}

std::optional<Refusal> CheckMessage(const ChatCore& core, const LaneItem& item,
                                    model::SeqId expected_seq) {
  const auto& state = std::get<chain::MessageState>(item.event->state);
  if (state.seq != expected_seq) return Refusal::kBadSeq;
  // Deleted before the topic had foreign members.
  if (state.author.empty()) {
    return item.payload.has_value() ? std::optional(Refusal::kBadPayload) : std::nullopt;
  }
  if (item.payload.has_value() && chain::HashOf(*item.payload) != state.payload_hash) {
    return Refusal::kBadPayload;
  }
  const absl::StatusOr<UserId> author = core.env.names.UserOfGlobal(state.author);
  if (!author.ok()) return Refusal::kMalformed;
  if (Planted(PlantedBug::kTrustForeignAuthor)) return std::nullopt;
  if (core.env.names.DomainOf(*author) != core.record.home) {
    const chain::Proposal* cause = CauseBy(item, state.author);
    const auto* publish =
        cause == nullptr ? nullptr : std::get_if<chain::PublishAction>(&cause->action);
    if (publish == nullptr || publish->payload_hash != state.payload_hash) {
      return Refusal::kForeignAuthor;
    }
  } else if (item.proposal.has_value()) {
    return Refusal::kForeignAuthor;
  }
  // The past of a group is told before its members are what they were then.
  const bool is_history = item.event->actor.empty() && core.name.kind() == TopicKind::kGroup;
  if (!is_history && !core.ModeOf(*author).Has(AccessMode::kWrite)) return Refusal::kNoRight;
  return std::nullopt;
}

std::optional<Refusal> CheckDeletion(const ChatCore& core, const chain::DeletionState& state) {
  for (const model::SeqRange& range : state.ranges) {
    if (range.hi > core.record.seq + 1) return Refusal::kBadSeq;
  }
  return std::nullopt;
}

std::optional<Refusal> CheckMember(const ChatCore& core, const std::string& home,
                                   const LaneItem& item, MemberChange& change) {
  const auto& state = std::get<chain::MemberState>(item.event->state);
  const names::NameBook& names = core.env.names;
  const absl::StatusOr<UserId> user = names.UserOfGlobal(state.user);
  const absl::StatusOr<AccessMode> want = AccessMode::Parse(state.want);
  const absl::StatusOr<AccessMode> given = AccessMode::Parse(state.given);
  if (!user.ok() || !want.ok() || !given.ok()) return Refusal::kMalformed;
  const bool is_p2p = core.name.kind() == TopicKind::kP2p;
  if (is_p2p && core.name.PeerOf(*user).is_nobody()) return Refusal::kMalformed;

  const auto at = core.subscribers.find(*user);
  const Subscriber* known = at == core.subscribers.end() ? nullptr : &at->second;
  const bool was_live = known != nullptr && known->is_live();
  store::SubscriptionRecord& record = change.record;
  if (known != nullptr) record = known->record;
  record.topic = core.name;
  record.user = *user;
  record.created = state.created;
  record.updated = state.updated;
  record.deleted = state.deleted;
  record.want = *want;
  record.given = *given;
  change.is_new = !was_live && !state.deleted.has_value();
  if (change.is_new) record.recv = record.read = record.del_id = 0;

  const AccessMode request = RequestMode(core.name.kind());
  const chain::Proposal* wish = CauseBy(item, state.user);
  const bool wishes = names.DomainOf(*user) != home && WishesWant(wish);
  if (names.DomainOf(*user) != home && !wishes) {
    const AccessMode before = was_live ? known->record.want : AccessMode::None();
    if (!state.deleted.has_value() && *want != before && !IsWithin(*want, before | request)) {
      return Refusal::kUnasked;
    }
    if (was_live && *want != before) return Refusal::kUnasked;
    if (is_p2p && change.is_new && !names.IsForeign(*user) && IsAskedTooSoon(core, known)) {
      return Refusal::kTooSoon;
    }
  }
  // In a topic of two each is given what the other one gives.
  if (is_p2p && names.DomainOf(*user) == home && !state.deleted.has_value()) {
    const std::string giver = names.GlobalNameOf(core.name.PeerOf(*user));
    const AccessMode before = known != nullptr ? known->record.given : AccessMode::None();
    if (!IsWithin(*given, before | request) && !WishesGiven(CauseBy(item, giver), state.user)) {
      return Refusal::kUnasked;
    }
  }
  return std::nullopt;
}

}  // namespace molva::topic
