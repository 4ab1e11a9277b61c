// DecodeFrame of frames.h.
#include <algorithm>
#include <utility>

#include "base/status_macros.h"
#include "chain/merkle.h"
#include "federation/link/pipe.h"
#include "federation/peer/frames.h"
#include "molva/federation/v1/link.pb.h"
#include "wire/quiet_protobuf.h"

namespace molva::federation {
namespace {

namespace v1 = ::molva::federation::v1;

// Times of a peer may be any number; what no clock shows is taken for the edge of what one does.
absl::Time TimeOf(std::int64_t millis) {
  constexpr std::int64_t kYear9999 = 253'402'300'799'000;
  return absl::FromUnixMillis(std::clamp<std::int64_t>(millis, 0, kYear9999));
}

template <typename Repeated>
std::vector<std::string> Texts(Repeated& texts) {
  return {std::make_move_iterator(texts.begin()), std::make_move_iterator(texts.end())};
}

Hello Read(v1::Hello& in) {
  Hello hello;
  hello.version_min = in.version_min();
  hello.version_max = in.version_max();
  hello.domain = std::move(*in.mutable_domain());
  hello.capabilities = Texts(*in.mutable_capabilities());
  hello.software = std::move(*in.mutable_software());
  hello.time = TimeOf(in.time());
  hello.credit_bytes = in.credit_bytes();
  hello.heartbeat = absl::Milliseconds(in.heartbeat_ms());
  return hello;
}

Resume Read(v1::Resume& in) {
  Resume resume;
  for (v1::Resume::Topic& row : *in.mutable_topics()) {
    resume.topics.push_back({std::move(*row.mutable_topic()), row.events(), row.proposals(), {}});
  }
  return resume;
}

Ack Read(v1::Ack& in) {
  Ack ack;
  for (v1::Ack::Topic& row : *in.mutable_topics()) {
    TopicProgress topic{std::move(*row.mutable_topic()), row.events(), row.proposals(), {}};
    for (v1::Outcome& outcome : *row.mutable_outcomes()) {
      topic.outcomes.push_back({outcome.number(),
                                static_cast<int>(outcome.code()),
                                std::move(*outcome.mutable_text()),
                                {std::move(*outcome.mutable_params())}});
    }
    ack.topics.push_back(std::move(topic));
  }
  return ack;
}

absl::StatusOr<ReceivedItem> Read(v1::Item& in) {
  ReceivedItem item;
  switch (in.body_case()) {
    case v1::Item::kEvent:
      item.body = std::move(*in.mutable_event());
      break;
    case v1::Item::kProposal:
      item.kind = topic::LaneKind::kProposals;
      item.body = std::move(*in.mutable_proposal());
      break;
    case v1::Item::BODY_NOT_SET:
      return absl::InvalidArgumentError("an item is neither event nor proposal");
  }
  if (item.body.size() > chain::kMaxBodyBytes || in.cause().size() > chain::kMaxBodyBytes) {
    return absl::InvalidArgumentError("a body is too long");
  }
  if (in.has_payload()) {
    absl::StatusOr<chain::Payload> payload = chain::DecodePayload(in.payload().SerializeAsString());
    if (payload.ok()) {
      item.payload = *std::move(payload);
    } else {
      item.has_bad_payload = true;
    }
  }
  item.cause = std::move(*in.mutable_cause());
  if (in.has_cause_proof()) {
    v1::Proof& proof = *in.mutable_cause_proof();
    item.cause_proof = chain::Encode(
        chain::Proof{std::move(*proof.mutable_key_id()), std::move(*proof.mutable_signature()),
                     proof.index(), proof.count(), Texts(*proof.mutable_path())});
  }
  return item;
}

absl::StatusOr<ReceivedBatch> Read(v1::Batch& in) {
  const auto count = static_cast<std::size_t>(in.items_size());
  if (count == 0 || count > kMaxItemsPerBatch) {
    return absl::InvalidArgumentError("a batch has 1 to 256 items");
  }
  ReceivedBatch batch;
  batch.key_id = std::move(*in.mutable_key_id());
  batch.signature = std::move(*in.mutable_signature());
  batch.items.reserve(count);
  for (v1::Item& row : *in.mutable_items()) {
    MOLVA_ASSIGN_OR_RETURN(ReceivedItem item, Read(row));
    batch.items.push_back(std::move(item));
  }
  return batch;
}

UserStatus::What WhatOf(v1::Status::What what) {
  switch (what) {
    case v1::Status::WHAT_ON:
      return UserStatus::What::kOn;
    case v1::Status::WHAT_OFF:
      return UserStatus::What::kOff;
    case v1::Status::WHAT_AGENT:
      return UserStatus::What::kAgent;
    case v1::Status::WHAT_CARD:
      return UserStatus::What::kCard;
    default:
      return UserStatus::What::kUnknown;
  }
}

Presence Read(v1::Presence& in) {
  Presence presence;
  for (v1::Status& row : *in.mutable_entries()) {
    presence.entries.push_back({std::move(*row.mutable_user()), WhatOf(row.what()),
                                std::move(*row.mutable_user_agent()), TimeOf(row.card_time())});
  }
  presence.snapshot_begins = in.snapshot_begins();
  presence.snapshot_ends = in.snapshot_ends();
  return presence;
}

Notes Read(v1::Notes& in) {
  Notes notes;
  for (v1::Notes::Note& row : *in.mutable_notes()) {
    notes.notes.push_back({std::move(*row.mutable_topic()), std::move(*row.mutable_user()),
                           std::move(*row.mutable_what()), row.seq()});
  }
  return notes;
}

Call Read(v1::Call& in) {
  if (in.has_find()) return {in.id(), Call::Question::kFind, std::move(*in.mutable_find())};
  if (in.has_look_up()) return {in.id(), Call::Question::kLookUp, std::move(*in.mutable_look_up())};
  return {in.id(), Call::Question::kUnknown, {}};
}

CallResult Read(v1::Result& in) {
  CallResult result;
  result.id = in.id();
  result.code = in.code();
  for (v1::Found& row : *in.mutable_found()) {
    Found found;
    found.name = std::move(*row.mutable_name());
    found.public_card.text = std::move(*row.mutable_public_card());
    found.trusted.text = std::move(*row.mutable_trusted());
    found.updated = TimeOf(row.updated());
    found.access_auth = std::move(*row.mutable_access_auth());
    found.tags = Texts(*row.mutable_tags());
    found.subscribers = row.subscribers();
    result.found.push_back(std::move(found));
  }
  return result;
}

RefusalFrame Read(v1::Refusal& in) {
  return {std::move(*in.mutable_topic()),
          in.is_proposal() ? topic::LaneKind::kProposals : topic::LaneKind::kChain, in.n(),
          std::move(*in.mutable_reason())};
}

}  // namespace

absl::StatusOr<ReceivedFrame> DecodeFrame(std::string_view bytes) {
  if (bytes.size() > kMaxFrameBytes) return absl::InvalidArgumentError("the frame is too long");
  wire::QuietProtobuf();
  v1::Frame frame;
  if (!frame.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError("the bytes are no frame");
  }
  switch (frame.kind_case()) {
    case v1::Frame::kHello:
      return Read(*frame.mutable_hello());
    case v1::Frame::kResume:
      return Read(*frame.mutable_resume());
    case v1::Frame::kBatch: {
      MOLVA_ASSIGN_OR_RETURN(ReceivedBatch batch, Read(*frame.mutable_batch()));
      return batch;
    }
    case v1::Frame::kAck:
      return Read(*frame.mutable_ack());
    case v1::Frame::kCredit:
      return Credit{frame.credit().bytes()};
    case v1::Frame::kPing:
      return PingFrame{frame.ping().nonce()};
    case v1::Frame::kPong:
      return PongFrame{frame.pong().nonce()};
    case v1::Frame::kPresence:
      return Read(*frame.mutable_presence());
    case v1::Frame::kNotes:
      return Read(*frame.mutable_notes());
    case v1::Frame::kCall:
      return Read(*frame.mutable_call());
    case v1::Frame::kResult:
      return Read(*frame.mutable_result());
    case v1::Frame::kRefusal:
      return Read(*frame.mutable_refusal());
    case v1::Frame::kBye:
      return Bye{std::move(*frame.mutable_bye()->mutable_reason())};
    case v1::Frame::KIND_NOT_SET:
      break;
  }
  return UnknownFrame{};
}

}  // namespace molva::federation
