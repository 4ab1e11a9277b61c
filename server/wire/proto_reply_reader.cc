#include "wire/proto_reply_reader.h"

#include <algorithm>

#include "base/status_macros.h"
#include "wire/json_reader.h"
#include "wire/proto_names.h"

namespace molva::wire {
namespace {

namespace v1 = molva::v1;
using JsonMap = google::protobuf::Map<std::string, std::string>;

absl::Time Moment(std::int64_t millis) { return absl::FromUnixMillis(millis); }
std::optional<absl::Time> MaybeMoment(std::int64_t millis) {
  return millis == 0 ? std::nullopt : std::optional<absl::Time>(Moment(millis));
}

// A map has no order: the keys are sorted.
absl::Status ReadFields(JsonValueChecker& json, const JsonMap& from, model::JsonFields& out) {
  for (const auto& [key, text] : from) {
    model::RawJson value;
    MOLVA_RETURN_IF_ERROR(json.Read(text, value));
    if (!value.empty()) out.emplace_back(key, std::move(value));
  }
  std::sort(out.begin(), out.end(),
            [](const auto& one, const auto& other) { return one.first < other.first; });
  return absl::OkStatus();
}

std::vector<model::SeqRange> RangesIn(
    const google::protobuf::RepeatedPtrField<v1::SeqRange>& from) {
  std::vector<model::SeqRange> ranges;
  for (const v1::SeqRange& range : from) {
    ranges.push_back({range.low(), std::max(range.hi(), range.low() + 1)});
  }
  return ranges;
}

model::AccessText AccessIn(const v1::AccessMode& from) {
  return {from.want(), from.given(), from.mode()};
}

absl::Status Read(JsonValueChecker& json, const v1::ServerCtrl& from, model::Packet& out) {
  auto& ctrl = out.emplace<model::Ctrl>();
  ctrl.id = from.id();
  ctrl.topic = from.topic();
  ctrl.code = from.code();
  ctrl.text = from.text();
  ctrl.ts = Moment(from.timestamp());
  return ReadFields(json, from.params(), ctrl.params);
}

absl::Status Read(JsonValueChecker& json, const v1::ServerData& from, model::Packet& out) {
  auto& data = out.emplace<model::Data>();
  data.topic = from.topic();
  data.from = from.from_user_id();
  data.ts = Moment(from.timestamp());
  data.seq = from.seq_id();
  MOLVA_RETURN_IF_ERROR(ReadFields(json, from.head(), data.head));
  return json.Read(from.content(), data.content);
}

absl::Status ReadDesc(JsonValueChecker& json, const v1::TopicDesc& from, model::MetaDesc& desc) {
  desc.created = MaybeMoment(from.created_at());
  desc.updated = MaybeMoment(from.updated_at());
  desc.touched = MaybeMoment(from.touched_at());
  desc.state = from.state();
  desc.online = from.online();
  desc.is_channel = from.is_chan();
  if (from.last_seen_time() != 0) {
    desc.seen = model::LastSeen{Moment(from.last_seen_time()), from.last_seen_user_agent()};
  }
  if (from.has_defacs()) {
    desc.default_access = model::DefaultAccessText{from.defacs().auth(), from.defacs().anon()};
  }
  if (from.has_acs()) desc.access = AccessIn(from.acs());
  desc.seq = from.seq_id();
  desc.read = from.read_id();
  desc.recv = from.recv_id();
  desc.clear = from.del_id();
  desc.subscriber_count = from.subscriber_count();
  MOLVA_RETURN_IF_ERROR(json.Read(from.public_(), desc.public_card));
  MOLVA_RETURN_IF_ERROR(json.Read(from.trusted(), desc.trusted));
  return json.Read(from.private_(), desc.private_note);
}

absl::Status Read(JsonValueChecker& json, const v1::ServerMeta& from, model::Packet& out) {
  auto& meta = out.emplace<model::Meta>();
  meta.id = from.id();
  meta.topic = from.topic();
  meta.ts = Moment(from.timestamp());
  if (from.has_desc()) MOLVA_RETURN_IF_ERROR(ReadDesc(json, from.desc(), meta.desc.emplace()));
  for (const v1::TopicSub& sub : from.sub()) {
    MOLVA_RETURN_IF_ERROR(ReadSub(json, sub, meta.sub.emplace_back()));
  }
  if (from.has_del()) {
    meta.del = model::MetaDel{from.del().del_id(), RangesIn(from.del().del_seq())};
  }
  meta.tags = {from.tags().begin(), from.tags().end()};
  for (const v1::ServerCred& credential : from.cred()) {
    meta.credentials.push_back({credential.method(), credential.value(), credential.done()});
  }
  return ReadFields(json, from.aux(), meta.aux);
}

absl::Status Read(JsonValueChecker&, const v1::ServerPres& from, model::Packet& out) {
  auto& pres = out.emplace<model::Pres>();
  pres.topic = from.topic();
  pres.src = from.src();
  pres.what = WordOf(from.what());
  pres.user_agent = from.user_agent();
  pres.seq = from.seq_id();
  pres.clear = from.del_id();
  pres.ranges = RangesIn(from.del_seq());
  pres.target = from.target_user_id();
  pres.actor = from.actor_user_id();
  if (from.has_acs()) pres.access_delta = AccessIn(from.acs());
  return absl::OkStatus();
}

absl::Status Read(JsonValueChecker& json, const v1::ServerInfo& from, model::Packet& out) {
  auto& info = out.emplace<model::Info>();
  info.topic = from.topic();
  info.src = from.src();
  info.from = from.from_user_id();
  info.what = WordOf(from.what());
  info.seq = from.seq_id();
  info.event = WordOf(from.event());
  return json.Read(from.payload(), info.payload);
}

}  // namespace

absl::Status ReadSub(JsonValueChecker& json, const v1::TopicSub& from, model::MetaSub& sub) {
  sub.user = from.user_id();
  sub.topic = from.topic();
  sub.updated = MaybeMoment(from.updated_at());
  sub.deleted = MaybeMoment(from.deleted_at());
  sub.touched = MaybeMoment(from.touched_at());
  sub.online = from.online();
  sub.access = AccessIn(from.acs());
  sub.omit_access = !from.has_acs();
  sub.seq = from.seq_id();
  sub.read = from.read_id();
  sub.recv = from.recv_id();
  sub.clear = from.del_id();
  sub.subscriber_count = from.subscriber_count();
  if (from.last_seen_time() != 0) {
    sub.seen = model::LastSeen{Moment(from.last_seen_time()), from.last_seen_user_agent()};
  }
  MOLVA_RETURN_IF_ERROR(json.Read(from.public_(), sub.public_card));
  MOLVA_RETURN_IF_ERROR(json.Read(from.trusted(), sub.trusted));
  return json.Read(from.private_(), sub.private_note);
}

absl::Status ReadReply(JsonValueChecker& json, const v1::ServerMsg& message, model::Packet& out) {
  switch (message.message_case()) {
    case v1::ServerMsg::kCtrl:
      return Read(json, message.ctrl(), out);
    case v1::ServerMsg::kData:
      return Read(json, message.data(), out);
    case v1::ServerMsg::kPres:
      return Read(json, message.pres(), out);
    case v1::ServerMsg::kMeta:
      return Read(json, message.meta(), out);
    case v1::ServerMsg::kInfo:
      return Read(json, message.info(), out);
    case v1::ServerMsg::MESSAGE_NOT_SET:
      break;
  }
  return Malformed("an empty reply");
}

}  // namespace molva::wire
