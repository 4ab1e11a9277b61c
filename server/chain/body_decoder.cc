#include <limits>
#include <utility>

#include "base/status_macros.h"
#include "chain/body.h"
#include "chain/fields.h"
#include "molva/federation/v1/chain.pb.h"

namespace molva::chain {
namespace {

namespace v1 = molva::federation::v1;

constexpr int kMaxTags = 1024;
constexpr std::size_t kMaxTagBytes = 512;
constexpr int kMaxHeadFields = 256;
constexpr std::size_t kMaxKeyBytes = 256;
constexpr std::uint32_t kTopicInUse = 0;
constexpr std::uint32_t kTopicSuspended = 10;

template <typename Message>
absl::Status Parse(std::string_view bytes, std::size_t max_bytes, Message& message) {
  if (bytes.size() > max_bytes) return Refuse("body", "is too long");
  const bool ok = message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  return ok ? absl::OkStatus() : Refuse("body", "is no message of its kind");
}

template <typename Ranges>
absl::StatusOr<std::vector<model::SeqRange>> ReadRanges(const Ranges& from) {
  if (from.empty()) return Refuse("ranges", "are missing");
  std::vector<model::SeqRange> ranges;
  ranges.reserve(static_cast<std::size_t>(from.size()));
  for (const v1::Range& range : from) {
    if (range.low() < 1 || range.low() == std::numeric_limits<model::SeqId>::max() ||
        (range.hi() != 0 && range.hi() <= range.low())) {
      return Refuse("ranges", "hold what is no range");
    }
    ranges.push_back({range.low(), range.hi() == 0 ? range.low() + 1 : range.hi()});
  }
  return ranges;
}

template <typename Texts>
absl::StatusOr<std::vector<std::string>> ReadTags(Texts& from) {
  if (from.size() > kMaxTags) return Refuse("tags", "are too many");
  for (const std::string& tag : from) {
    if (tag.empty() || tag.size() > kMaxTagBytes) return Refuse("tags", "have one of odd size");
  }
  return std::vector<std::string>(std::make_move_iterator(from.begin()),
                                  std::make_move_iterator(from.end()));
}

absl::StatusOr<TopicState> ReadState(v1::TopicState& from) {
  MOLVA_RETURN_IF_ERROR(CheckDomain(from.home(), "home"));
  if (!from.owner().empty()) MOLVA_RETURN_IF_ERROR(CheckUser(from.owner(), "owner"));
  MOLVA_RETURN_IF_ERROR(CheckMode(from.access_auth(), "access_auth"));
  MOLVA_RETURN_IF_ERROR(CheckMode(from.access_anon(), "access_anon"));
  if (from.state() != kTopicInUse && from.state() != kTopicSuspended) {
    return Refuse("state", "is none that is known");
  }
  TopicState state;
  MOLVA_ASSIGN_OR_RETURN(state.created, ReadTime(from.created(), "created"));
  MOLVA_ASSIGN_OR_RETURN(state.updated, ReadTime(from.updated(), "updated"));
  MOLVA_ASSIGN_OR_RETURN(state.tags, ReadTags(*from.mutable_tags()));
  JsonFieldReader json;
  MOLVA_RETURN_IF_ERROR(json.Read(from.public_card(), "public_card", state.public_card));
  MOLVA_RETURN_IF_ERROR(json.Read(from.trusted(), "trusted", state.trusted));
  MOLVA_RETURN_IF_ERROR(json.ReadObject(from.aux(), "aux", state.aux));
  state.home = std::move(*from.mutable_home());
  state.owner = std::move(*from.mutable_owner());
  state.access_auth = std::move(*from.mutable_access_auth());
  state.access_anon = std::move(*from.mutable_access_anon());
  state.state = from.state();
  return state;
}

absl::StatusOr<MemberState> ReadState(v1::MemberState& from) {
  MOLVA_RETURN_IF_ERROR(CheckUser(from.user(), "user"));
  MOLVA_RETURN_IF_ERROR(CheckMode(from.want(), "want"));
  MOLVA_RETURN_IF_ERROR(CheckMode(from.given(), "given"));
  MemberState state;
  MOLVA_ASSIGN_OR_RETURN(state.created, ReadTime(from.created(), "created"));
  MOLVA_ASSIGN_OR_RETURN(state.updated, ReadTime(from.updated(), "updated"));
  if (from.deleted() != 0) {
    MOLVA_ASSIGN_OR_RETURN(state.deleted, ReadTime(from.deleted(), "deleted"));
  }
  state.user = std::move(*from.mutable_user());
  state.want = std::move(*from.mutable_want());
  state.given = std::move(*from.mutable_given());
  return state;
}

absl::StatusOr<MessageState> ReadState(v1::MessageState& from) {
  if (from.seq() < 1) return Refuse("seq", "is below 1");
  // A number whose message is gone for everybody has neither.
  if (!from.author().empty() || !from.payload_hash().empty()) {
    MOLVA_RETURN_IF_ERROR(CheckUser(from.author(), "author"));
    MOLVA_RETURN_IF_ERROR(CheckHash(from.payload_hash(), "payload_hash"));
  }
  return MessageState{from.seq(), std::move(*from.mutable_author()),
                      std::move(*from.mutable_payload_hash())};
}

absl::Status ReadState(v1::EventBody& from, Event& event) {
  switch (from.kind_case()) {
    case v1::EventBody::kTopicState: {
      MOLVA_ASSIGN_OR_RETURN(event.state, ReadState(*from.mutable_topic_state()));
      return absl::OkStatus();
    }
    case v1::EventBody::kMember: {
      MOLVA_ASSIGN_OR_RETURN(event.state, ReadState(*from.mutable_member()));
      return absl::OkStatus();
    }
    case v1::EventBody::kMessage: {
      MOLVA_ASSIGN_OR_RETURN(event.state, ReadState(*from.mutable_message()));
      return absl::OkStatus();
    }
    case v1::EventBody::kDeletion: {
      DeletionState state;
      MOLVA_ASSIGN_OR_RETURN(state.ranges, ReadRanges(from.deletion().ranges()));
      event.state = std::move(state);
      return absl::OkStatus();
    }
    case v1::EventBody::kEnd:
      event.state = EndState{};
      return absl::OkStatus();
    case v1::EventBody::KIND_NOT_SET:
      break;
  }
  return Refuse("kind", "is none that is known");
}

absl::StatusOr<Action> ReadChange(v1::ChangeAction& from) {
  switch (from.part_case()) {
    case v1::ChangeAction::kRights: {
      v1::ChangeAction::Rights& rights = *from.mutable_rights();
      if (!rights.user().empty()) MOLVA_RETURN_IF_ERROR(CheckUser(rights.user(), "user"));
      MOLVA_RETURN_IF_ERROR(CheckMode(rights.mode(), "mode"));
      return SetRights{std::move(*rights.mutable_user()), std::move(*rights.mutable_mode())};
    }
    case v1::ChangeAction::kDescription: {
      v1::ChangeAction::Description& description = *from.mutable_description();
      MOLVA_RETURN_IF_ERROR(CheckMode(description.access_auth(), "access_auth"));
      MOLVA_RETURN_IF_ERROR(CheckMode(description.access_anon(), "access_anon"));
      SetDescription action;
      JsonFieldReader json;
      MOLVA_RETURN_IF_ERROR(
          json.Read(description.public_card(), "public_card", action.public_card));
      MOLVA_RETURN_IF_ERROR(json.Read(description.trusted(), "trusted", action.trusted));
      action.access_auth = std::move(*description.mutable_access_auth());
      action.access_anon = std::move(*description.mutable_access_anon());
      return action;
    }
    case v1::ChangeAction::kTags: {
      SetTags action;
      MOLVA_ASSIGN_OR_RETURN(action.tags, ReadTags(*from.mutable_tags()->mutable_tags()));
      return action;
    }
    case v1::ChangeAction::kAux: {
      SetAux action;
      MOLVA_RETURN_IF_ERROR(JsonFieldReader().ReadObject(from.aux(), "aux", action.aux));
      return action;
    }
    case v1::ChangeAction::PART_NOT_SET:
      break;
  }
  return Refuse("change", "has no part that is known");
}

absl::StatusOr<Action> ReadRemove(v1::RemoveAction& from) {
  switch (from.what()) {
    case v1::RemoveAction::WHAT_MESSAGES: {
      RemoveMessages action;
      MOLVA_ASSIGN_OR_RETURN(action.ranges, ReadRanges(from.ranges()));
      return action;
    }
    case v1::RemoveAction::WHAT_MEMBER:
      MOLVA_RETURN_IF_ERROR(CheckUser(from.user(), "user"));
      return RemoveMember{std::move(*from.mutable_user())};
    case v1::RemoveAction::WHAT_TOPIC:
      return RemoveTopic{};
    default:
      return Refuse("what", "is none that is known");
  }
}

absl::StatusOr<Action> ReadAction(v1::ProposalBody& from) {
  switch (from.kind_case()) {
    case v1::ProposalBody::kPublish:
      MOLVA_RETURN_IF_ERROR(CheckHash(from.publish().payload_hash(), "payload_hash"));
      return PublishAction{std::move(*from.mutable_publish()->mutable_payload_hash())};
    case v1::ProposalBody::kJoin:
      MOLVA_RETURN_IF_ERROR(CheckMode(from.join().mode(), "mode"));
      return JoinAction{std::move(*from.mutable_join()->mutable_mode())};
    case v1::ProposalBody::kLeave:
      return LeaveAction{};
    case v1::ProposalBody::kChange:
      return ReadChange(*from.mutable_change());
    case v1::ProposalBody::kRemove:
      return ReadRemove(*from.mutable_remove());
    case v1::ProposalBody::kNothing:
      return VoidAction{};
    case v1::ProposalBody::KIND_NOT_SET:
      break;
  }
  return Refuse("kind", "is none that is known");
}

}  // namespace

absl::StatusOr<Event> DecodeEvent(std::string_view bytes) {
  v1::EventBody body;
  MOLVA_RETURN_IF_ERROR(Parse(bytes, kMaxBodyBytes, body));
  MOLVA_RETURN_IF_ERROR(CheckTopic(body.topic(), "topic"));
  MOLVA_RETURN_IF_ERROR(CheckPlace(body.n(), body.prev(), "n"));
  if (!body.actor().empty()) MOLVA_RETURN_IF_ERROR(CheckUser(body.actor(), "actor"));
  if (body.proposal() < 0) return Refuse("proposal", "is below 0");
  Event event;
  MOLVA_ASSIGN_OR_RETURN(event.time, ReadTime(body.time(), "time"));
  MOLVA_RETURN_IF_ERROR(ReadState(body, event));
  event.topic = std::move(*body.mutable_topic());
  event.n = body.n();
  event.prev = std::move(*body.mutable_prev());
  event.actor = std::move(*body.mutable_actor());
  event.proposal = body.proposal();
  return event;
}

absl::StatusOr<Proposal> DecodeProposal(std::string_view bytes) {
  v1::ProposalBody body;
  MOLVA_RETURN_IF_ERROR(Parse(bytes, kMaxBodyBytes, body));
  MOLVA_RETURN_IF_ERROR(CheckTopic(body.topic(), "topic"));
  MOLVA_RETURN_IF_ERROR(CheckDomain(body.origin(), "origin"));
  MOLVA_RETURN_IF_ERROR(CheckPlace(body.number(), body.prev(), "number"));
  MOLVA_RETURN_IF_ERROR(CheckUser(body.author(), "author"));
  Proposal proposal;
  MOLVA_ASSIGN_OR_RETURN(proposal.time, ReadTime(body.time(), "time"));
  MOLVA_ASSIGN_OR_RETURN(proposal.action, ReadAction(body));
  proposal.topic = std::move(*body.mutable_topic());
  proposal.origin = std::move(*body.mutable_origin());
  proposal.number = body.number();
  proposal.prev = std::move(*body.mutable_prev());
  proposal.author = std::move(*body.mutable_author());
  return proposal;
}

absl::StatusOr<Payload> DecodePayload(std::string_view bytes) {
  v1::Payload message;
  MOLVA_RETURN_IF_ERROR(Parse(bytes, kMaxPayloadBytes, message));
  if (message.head_size() > kMaxHeadFields) return Refuse("head", "has too many fields");
  Payload payload;
  payload.head.reserve(static_cast<std::size_t>(message.head_size()));
  JsonFieldReader json;
  for (v1::Payload::Field& field : *message.mutable_head()) {
    if (field.key().empty() || field.key().size() > kMaxKeyBytes) {
      return Refuse("head", "has a key of odd size");
    }
    if (model::FindField(payload.head, field.key()) != nullptr) {
      return Refuse("head", "has a key twice");
    }
    auto& [key, value] = payload.head.emplace_back();
    MOLVA_RETURN_IF_ERROR(json.ReadExact(field.value(), "head", value));
    key = std::move(*field.mutable_key());
  }
  if (!message.content().empty()) {
    MOLVA_RETURN_IF_ERROR(json.ReadExact(message.content(), "content", payload.content));
  }
  return payload;
}

}  // namespace molva::chain
