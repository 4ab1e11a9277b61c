#include "wire/proto_encoder.h"

#include <google/protobuf/arena.h>
#include <google/protobuf/io/coded_stream.h>
#include <molva/v1/node.pb.h>

#include "base/check.h"
#include "wire/proto_names.h"
#include "wire/unix_millis.h"

namespace molva::wire {
namespace {

namespace v1 = molva::v1;
using JsonMap = google::protobuf::Map<std::string, std::string>;

void Fill(JsonMap& out, const model::JsonFields& fields) {
  for (const auto& [key, value] : fields) out[key] = value.empty() ? "null" : value.text;
}

void Fill(v1::AccessMode& out, const model::AccessText& access) {
  out.set_want(access.want);
  out.set_given(access.given);
  out.set_mode(access.mode);
}

// Singles are written without their end, as in JSON.
void Fill(google::protobuf::RepeatedPtrField<v1::SeqRange>& out,
          const std::vector<model::SeqRange>& ranges) {
  for (const model::SeqRange& range : ranges) {
    v1::SeqRange& added = *out.Add();
    added.set_low(range.low);
    if (range.hi > range.low + 1) added.set_hi(range.hi);
  }
}

void Fill(v1::ServerMsg& out, const model::Ctrl& from) {
  v1::ServerCtrl& ctrl = *out.mutable_ctrl();
  ctrl.set_id(from.id);
  ctrl.set_topic(from.topic);
  ctrl.set_code(from.code);
  ctrl.set_text(from.text);
  Fill(*ctrl.mutable_params(), from.params);
  ctrl.set_timestamp(Millis(from.ts));
}

void Fill(v1::ServerMsg& out, const model::Data& from) {
  v1::ServerData& data = *out.mutable_data();
  data.set_topic(from.topic);
  data.set_from_user_id(from.from);
  data.set_timestamp(Millis(from.ts));
  data.set_seq_id(from.seq);
  Fill(*data.mutable_head(), from.head);
  data.set_content(from.content.text);
}

void Fill(v1::TopicDesc& out, const model::MetaDesc& from) {
  out.set_created_at(Millis(from.created));
  out.set_updated_at(Millis(from.updated));
  out.set_touched_at(Millis(from.touched));
  out.set_state(from.state);
  out.set_online(from.online);
  out.set_is_chan(from.is_channel);
  if (from.seen.has_value()) {
    out.set_last_seen_time(Millis(from.seen->when));
    out.set_last_seen_user_agent(from.seen->user_agent);
  }
  if (from.default_access.has_value()) {
    out.mutable_defacs()->set_auth(from.default_access->auth);
    out.mutable_defacs()->set_anon(from.default_access->anon);
  }
  if (from.access.has_value()) Fill(*out.mutable_acs(), *from.access);
  out.set_seq_id(from.seq);
  out.set_read_id(from.read);
  out.set_recv_id(from.recv);
  out.set_del_id(from.clear);
  out.set_subscriber_count(from.subscriber_count);
  out.set_public_(from.public_card.text);
  out.set_trusted(from.trusted.text);
  out.set_private_(from.private_note.text);
}

void Fill(v1::TopicSub& out, const model::MetaSub& from) {
  out.set_user_id(from.user);
  out.set_topic(from.topic);
  out.set_updated_at(Millis(from.updated));
  out.set_deleted_at(Millis(from.deleted));
  out.set_touched_at(Millis(from.touched));
  out.set_online(from.online);
  if (!from.omit_access) Fill(*out.mutable_acs(), from.access);
  out.set_seq_id(from.seq);
  out.set_read_id(from.read);
  out.set_recv_id(from.recv);
  out.set_del_id(from.clear);
  out.set_subscriber_count(from.subscriber_count);
  if (from.seen.has_value()) {
    out.set_last_seen_time(Millis(from.seen->when));
    out.set_last_seen_user_agent(from.seen->user_agent);
  }
  out.set_public_(from.public_card.text);
  out.set_trusted(from.trusted.text);
  out.set_private_(from.private_note.text);
}

void Fill(v1::ServerMsg& out, const model::Meta& from) {
  v1::ServerMeta& meta = *out.mutable_meta();
  meta.set_id(from.id);
  meta.set_topic(from.topic);
  meta.set_timestamp(Millis(from.ts));
  if (from.desc.has_value()) Fill(*meta.mutable_desc(), *from.desc);
  for (const model::MetaSub& sub : from.sub) Fill(*meta.add_sub(), sub);
  if (from.del.has_value()) {
    meta.mutable_del()->set_del_id(from.del->clear);
    Fill(*meta.mutable_del()->mutable_del_seq(), from.del->ranges);
  }
  for (const std::string& tag : from.tags) meta.add_tags(tag);
  for (const model::MetaCredential& credential : from.credentials) {
    v1::ServerCred& added = *meta.add_cred();
    added.set_method(credential.method);
    added.set_value(credential.value);
    added.set_done(credential.done);
  }
  Fill(*meta.mutable_aux(), from.aux);
}

void Fill(v1::ServerMsg& out, const model::Pres& from) {
  v1::ServerPres& pres = *out.mutable_pres();
  pres.set_topic(from.topic);
  pres.set_src(from.src);
  pres.set_what(PresWhatOf(from.what));
  pres.set_user_agent(from.user_agent);
  pres.set_seq_id(from.seq);
  pres.set_del_id(from.clear);
  Fill(*pres.mutable_del_seq(), from.ranges);
  pres.set_target_user_id(from.target);
  pres.set_actor_user_id(from.actor);
  if (from.access_delta.has_value()) Fill(*pres.mutable_acs(), *from.access_delta);
}

void Fill(v1::ServerMsg& out, const model::Info& from) {
  v1::ServerInfo& info = *out.mutable_info();
  info.set_topic(from.topic);
  info.set_src(from.src);
  info.set_from_user_id(from.from);
  info.set_what(InfoNoteOf(from.what));
  info.set_seq_id(from.seq);
  info.set_event(CallEventOf(from.event));
  info.set_payload(from.payload.text);
}

}  // namespace

model::Frame EncodeProto(const model::Packet& packet) {
  google::protobuf::Arena arena;
  auto* message = google::protobuf::Arena::CreateMessage<v1::ServerMsg>(&arena);
  std::visit([message](const auto& part) { Fill(*message, part); }, packet);

  // Tag and length of an element of ServerBatch, then the element.
  constexpr std::uint8_t kTag = v1::ServerBatch::kMessagesFieldNumber << 3 | 2;
  const std::size_t size_bytes = message->ByteSizeLong();
  std::uint8_t header[1 + 5] = {kTag};
  const std::uint8_t* header_end = google::protobuf::io::CodedOutputStream::WriteVarint32ToArray(
      static_cast<std::uint32_t>(size_bytes), header + 1);
  model::Frame frame;
  frame.payload_offset = static_cast<std::uint32_t>(header_end - header);
  frame.bytes.reserve(frame.payload_offset + size_bytes);
  frame.bytes.append(reinterpret_cast<const char*>(header), frame.payload_offset);
  MOLVA_CHECK(message->AppendToString(&frame.bytes), "a reply does not fit protobuf");
  return frame;
}

}  // namespace molva::wire
