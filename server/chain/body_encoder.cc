#include "chain/body.h"
#include "molva/federation/v1/chain.pb.h"

namespace molva::chain {
namespace {

namespace v1 = molva::federation::v1;

template <typename Ranges>
void PutRanges(const std::vector<model::SeqRange>& from, Ranges& to) {
  for (const model::SeqRange& range : from) {
    v1::Range& added = *to.Add();
    added.set_low(range.low);
    added.set_hi(range.hi);
  }
}

// Writes each kind of state into an event.
struct StateWriter {
  v1::EventBody& out;

  void operator()(const TopicState& state) const {
    v1::TopicState& to = *out.mutable_topic_state();
    to.set_home(state.home);
    to.set_created(absl::ToUnixMillis(state.created));
    to.set_updated(absl::ToUnixMillis(state.updated));
    to.set_owner(state.owner);
    to.set_access_auth(state.access_auth);
    to.set_access_anon(state.access_anon);
    to.set_public_card(state.public_card.text);
    to.set_trusted(state.trusted.text);
    to.set_aux(state.aux.text);
    for (const std::string& tag : state.tags) to.add_tags(tag);
    to.set_state(state.state);
  }
  void operator()(const MemberState& state) const {
    v1::MemberState& to = *out.mutable_member();
    to.set_user(state.user);
    to.set_want(state.want);
    to.set_given(state.given);
    to.set_created(absl::ToUnixMillis(state.created));
    to.set_updated(absl::ToUnixMillis(state.updated));
    if (state.deleted.has_value()) to.set_deleted(absl::ToUnixMillis(*state.deleted));
  }
  void operator()(const MessageState& state) const {
    v1::MessageState& to = *out.mutable_message();
    to.set_seq(state.seq);
    to.set_author(state.author);
    to.set_payload_hash(state.payload_hash);
  }
  void operator()(const DeletionState& state) const {
    PutRanges(state.ranges, *out.mutable_deletion()->mutable_ranges());
  }
  void operator()(const EndState&) const { out.mutable_end(); }
};

// Writes each kind of action into a proposal.
struct ActionWriter {
  v1::ProposalBody& out;

  void operator()(const PublishAction& action) const {
    out.mutable_publish()->set_payload_hash(action.payload_hash);
  }
  void operator()(const JoinAction& action) const { out.mutable_join()->set_mode(action.mode); }
  void operator()(const LeaveAction&) const { out.mutable_leave(); }
  void operator()(const SetRights& action) const {
    v1::ChangeAction::Rights& to = *out.mutable_change()->mutable_rights();
    to.set_user(action.user);
    to.set_mode(action.mode);
  }
  void operator()(const SetDescription& action) const {
    v1::ChangeAction::Description& to = *out.mutable_change()->mutable_description();
    to.set_public_card(action.public_card.text);
    to.set_trusted(action.trusted.text);
    to.set_access_auth(action.access_auth);
    to.set_access_anon(action.access_anon);
  }
  void operator()(const SetTags& action) const {
    v1::ChangeAction::Tags& to = *out.mutable_change()->mutable_tags();
    for (const std::string& tag : action.tags) to.add_tags(tag);
  }
  void operator()(const SetAux& action) const { out.mutable_change()->set_aux(action.aux.text); }
  void operator()(const RemoveMessages& action) const {
    v1::RemoveAction& to = *out.mutable_remove();
    to.set_what(v1::RemoveAction::WHAT_MESSAGES);
    PutRanges(action.ranges, *to.mutable_ranges());
  }
  void operator()(const RemoveMember& action) const {
    out.mutable_remove()->set_what(v1::RemoveAction::WHAT_MEMBER);
    out.mutable_remove()->set_user(action.user);
  }
  void operator()(const RemoveTopic&) const {
    out.mutable_remove()->set_what(v1::RemoveAction::WHAT_TOPIC);
  }
  void operator()(const VoidAction&) const { out.mutable_nothing(); }
};

}  // namespace

std::string Encode(const Event& event) {
  v1::EventBody body;
  body.set_topic(event.topic);
  body.set_n(event.n);
  body.set_prev(event.prev);
  body.set_time(absl::ToUnixMillis(event.time));
  body.set_actor(event.actor);
  body.set_proposal(event.proposal);
  std::visit(StateWriter{body}, event.state);
  return body.SerializeAsString();
}

std::string Encode(const Proposal& proposal) {
  v1::ProposalBody body;
  body.set_topic(proposal.topic);
  body.set_origin(proposal.origin);
  body.set_number(proposal.number);
  body.set_prev(proposal.prev);
  body.set_time(absl::ToUnixMillis(proposal.time));
  body.set_author(proposal.author);
  std::visit(ActionWriter{body}, proposal.action);
  return body.SerializeAsString();
}

std::string Encode(const Payload& payload) {
  v1::Payload message;
  for (const auto& [key, value] : payload.head) {
    v1::Payload::Field& field = *message.add_head();
    field.set_key(key);
    field.set_value(value.text);
  }
  message.set_content(payload.content.text);
  return message.SerializeAsString();
}

}  // namespace molva::chain
