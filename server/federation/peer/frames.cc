#include "federation/peer/frames.h"

#include "chain/merkle.h"
#include "federation/link/pipe.h"
#include "molva/federation/v1/link.pb.h"

namespace molva::federation {
namespace {

namespace v1 = ::molva::federation::v1;

std::int64_t Millis(absl::Time time) { return absl::ToUnixMillis(time); }

void Fill(const topic::Outcome& outcome, v1::Outcome& out) {
  out.set_number(outcome.number);
  out.set_code(static_cast<std::uint32_t>(outcome.code));
  out.set_text(outcome.text);
  out.set_params(outcome.params.text);
}

void Fill(const chain::Payload& payload, v1::Payload& out) {
  for (const auto& [key, value] : payload.head) {
    v1::Payload::Field& field = *out.add_head();
    field.set_key(key);
    field.set_value(value.text);
  }
  out.set_content(payload.content.text);
}

void Fill(const Found& found, v1::Found& out) {
  out.set_name(found.name);
  out.set_public_card(found.public_card.text);
  out.set_trusted(found.trusted.text);
  out.set_updated(Millis(found.updated));
  out.set_access_auth(found.access_auth);
  for (const std::string& tag : found.tags) out.add_tags(tag);
  out.set_subscribers(found.subscribers);
}

v1::Status::What WireWhat(UserStatus::What what) {
  switch (what) {
    case UserStatus::What::kOn:
      return v1::Status::WHAT_ON;
    case UserStatus::What::kOff:
      return v1::Status::WHAT_OFF;
    case UserStatus::What::kAgent:
      return v1::Status::WHAT_AGENT;
    case UserStatus::What::kCard:
      return v1::Status::WHAT_CARD;
    case UserStatus::What::kUnknown:
      break;
  }
  return v1::Status::WHAT_UNSPECIFIED;
}

template <typename Fill>
std::string Encoded(Fill fill) {
  v1::Frame frame;
  fill(frame);
  return frame.SerializeAsString();
}

}  // namespace

std::string EncodeFrame(const Hello& hello) {
  return Encoded([&](v1::Frame& frame) {
    v1::Hello& out = *frame.mutable_hello();
    out.set_version_min(hello.version_min);
    out.set_version_max(hello.version_max);
    out.set_domain(hello.domain);
    for (const std::string& capability : hello.capabilities) out.add_capabilities(capability);
    out.set_software(hello.software);
    out.set_time(Millis(hello.time));
    out.set_credit_bytes(hello.credit_bytes);
    out.set_heartbeat_ms(static_cast<std::uint32_t>(absl::ToInt64Milliseconds(hello.heartbeat)));
  });
}

std::string EncodeFrame(const Resume& resume) {
  return Encoded([&](v1::Frame& frame) {
    v1::Resume& out = *frame.mutable_resume();
    for (const TopicProgress& topic : resume.topics) {
      v1::Resume::Topic& row = *out.add_topics();
      row.set_topic(topic.topic);
      row.set_events(topic.events);
      row.set_proposals(topic.proposals);
    }
  });
}

std::string EncodeFrame(const Ack& ack) {
  return Encoded([&](v1::Frame& frame) {
    v1::Ack& out = *frame.mutable_ack();
    for (const TopicProgress& topic : ack.topics) {
      v1::Ack::Topic& row = *out.add_topics();
      row.set_topic(topic.topic);
      row.set_events(topic.events);
      row.set_proposals(topic.proposals);
      for (const topic::Outcome& outcome : topic.outcomes) Fill(outcome, *row.add_outcomes());
    }
  });
}

std::string EncodeFrame(const Credit& credit) {
  return Encoded([&](v1::Frame& frame) { frame.mutable_credit()->set_bytes(credit.bytes); });
}

std::string EncodeFrame(const PingFrame& ping) {
  return Encoded([&](v1::Frame& frame) { frame.mutable_ping()->set_nonce(ping.nonce); });
}

std::string EncodeFrame(const PongFrame& pong) {
  return Encoded([&](v1::Frame& frame) { frame.mutable_pong()->set_nonce(pong.nonce); });
}

std::string EncodeFrame(const Presence& presence) {
  return Encoded([&](v1::Frame& frame) {
    v1::Presence& out = *frame.mutable_presence();
    for (const UserStatus& status : presence.entries) {
      v1::Status& row = *out.add_entries();
      row.set_user(status.user);
      row.set_what(WireWhat(status.what));
      row.set_user_agent(status.user_agent);
      row.set_card_time(Millis(status.card_time));
    }
    out.set_snapshot_begins(presence.snapshot_begins);
    out.set_snapshot_ends(presence.snapshot_ends);
  });
}

std::string EncodeFrame(const Notes& notes) {
  return Encoded([&](v1::Frame& frame) {
    v1::Notes& out = *frame.mutable_notes();
    for (const NoteFrame& note : notes.notes) {
      v1::Notes::Note& row = *out.add_notes();
      row.set_topic(note.topic);
      row.set_user(note.user);
      row.set_what(note.what);
      row.set_seq(note.seq);
    }
  });
}

std::string EncodeFrame(const Call& call) {
  return Encoded([&](v1::Frame& frame) {
    v1::Call& out = *frame.mutable_call();
    out.set_id(call.id);
    if (call.question == Call::Question::kFind) out.set_find(call.text);
    if (call.question == Call::Question::kLookUp) out.set_look_up(call.text);
  });
}

std::string EncodeFrame(const CallResult& result) {
  return Encoded([&](v1::Frame& frame) {
    v1::Result& out = *frame.mutable_result();
    out.set_id(result.id);
    out.set_code(result.code);
    for (const Found& found : result.found) Fill(found, *out.add_found());
  });
}

std::string EncodeFrame(const RefusalFrame& refusal) {
  return Encoded([&](v1::Frame& frame) {
    v1::Refusal& out = *frame.mutable_refusal();
    out.set_topic(refusal.topic);
    out.set_is_proposal(refusal.kind == topic::LaneKind::kProposals);
    out.set_n(refusal.n);
    out.set_reason(refusal.reason);
  });
}

std::string EncodeFrame(const Bye& bye) {
  return Encoded([&](v1::Frame& frame) { frame.mutable_bye()->set_reason(bye.reason); });
}

std::string EncodeBatch(const std::vector<OutgoingItem>& items, std::string_view key_id,
                        std::string_view signature) {
  return Encoded([&](v1::Frame& frame) {
    v1::Batch& out = *frame.mutable_batch();
    out.set_key_id(key_id.data(), key_id.size());
    out.set_signature(signature.data(), signature.size());
    for (const auto& [kind, item] : items) {
      v1::Item& row = *out.add_items();
      if (kind == topic::LaneKind::kChain) {
        row.set_event(item->body);
      } else {
        row.set_proposal(item->body);
      }
      if (item->payload.has_value()) Fill(*item->payload, *row.mutable_payload());
      row.set_cause(item->cause);
      if (item->cause_proof.empty()) continue;
      const absl::StatusOr<chain::Proof> proof = chain::DecodeProof(item->cause_proof);
      if (!proof.ok()) continue;  // the receiver asks for it then
      v1::Proof& wire = *row.mutable_cause_proof();
      wire.set_key_id(proof->key_id);
      wire.set_signature(proof->signature);
      wire.set_index(proof->index);
      wire.set_count(proof->count);
      for (const std::string& hash : proof->path) wire.add_path(hash);
    }
  });
}

std::size_t SizeInBatch(const topic::LaneItem& item) {
  constexpr std::size_t kFraming = 16;
  std::size_t size = 4 * kFraming + item.body.size() + item.cause.size() + item.cause_proof.size();
  if (item.payload.has_value()) {
    size += kFraming + item.payload->content.text.size();
    for (const auto& [key, value] : item.payload->head) {
      size += kFraming + key.size() + value.text.size();
    }
  }
  return size;
}

}  // namespace molva::federation
