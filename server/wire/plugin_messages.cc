#include "wire/plugin_messages.h"

#include <fmt/core.h>
#include <google/protobuf/arena.h>
#include <molva/v1/plugin.pb.h>

#include "base/status_macros.h"
#include "model/fault.h"
#include "wire/json_reader.h"
#include "wire/json_value.h"
#include "wire/proto_reply_reader.h"
#include "wire/proto_request_writer.h"
#include "wire/proto_requests.h"
#include "wire/quiet_protobuf.h"
#include "wire/unix_millis.h"

namespace molva::wire {
namespace {

namespace v1 = molva::v1;
using google::protobuf::Arena;

v1::Crud CrudOf(Crud action) { return static_cast<v1::Crud>(static_cast<int>(action)); }

void Fill(v1::AccountEvent& out, const AccountEvent& event) {
  out.set_action(CrudOf(event.action));
  out.set_user_id(event.user);
  out.mutable_default_acs()->set_auth(event.access.auth);
  out.mutable_default_acs()->set_anon(event.access.anon);
  out.set_public_(event.public_card.text);
  for (const std::string& tag : event.tags) out.add_tags(tag);
}

void Fill(v1::TopicEvent& out, const TopicEvent& event) {
  out.set_action(CrudOf(event.action));
  out.set_name(event.name);
  v1::TopicDesc& desc = *out.mutable_desc();
  desc.set_created_at(Millis(event.desc.created));
  desc.set_updated_at(Millis(event.desc.updated));
  desc.set_is_chan(event.desc.is_channel);
  desc.set_public_(event.desc.public_card.text);
  desc.set_trusted(event.desc.trusted.text);
  if (!event.desc.default_access.has_value()) return;
  desc.mutable_defacs()->set_auth(event.desc.default_access->auth);
  desc.mutable_defacs()->set_anon(event.desc.default_access->anon);
}

void Fill(v1::SubscriptionEvent& out, const SubscriptionEvent& event) {
  out.set_action(CrudOf(event.action));
  out.set_topic(event.topic);
  out.set_user_id(event.user);
  out.set_del_id(event.del_id);
  out.set_read_id(event.read);
  out.set_recv_id(event.recv);
  out.mutable_mode()->set_want(event.access.want);
  out.mutable_mode()->set_given(event.access.given);
  out.mutable_mode()->set_mode(event.access.mode);
  out.set_private_(event.private_note.text);
}

void Fill(v1::MessageEvent& out, const MessageEvent& event) {
  out.set_action(CrudOf(event.action));
  v1::ServerData& data = *out.mutable_msg();
  data.set_topic(event.message.topic);
  data.set_from_user_id(event.message.from);
  data.set_timestamp(Millis(event.message.ts));
  data.set_seq_id(event.message.seq);
  for (const auto& [key, value] : event.message.head) (*data.mutable_head())[key] = value.text;
  data.set_content(event.message.content.text);
}

template <typename Message, typename Event>
std::string Encode(const Event& event) {
  Arena arena;
  auto* message = Arena::CreateMessage<Message>(&arena);
  Fill(*message, event);
  return message->SerializeAsString();
}

std::string EncodeOne(const AccountEvent& event) { return Encode<v1::AccountEvent>(event); }
std::string EncodeOne(const TopicEvent& event) { return Encode<v1::TopicEvent>(event); }
std::string EncodeOne(const SubscriptionEvent& event) {
  return Encode<v1::SubscriptionEvent>(event);
}
std::string EncodeOne(const MessageEvent& event) { return Encode<v1::MessageEvent>(event); }

absl::StatusOr<PluginVerdict> VerdictOf(v1::RespCode code) {
  switch (code) {
    case v1::RESP_CODE_CONTINUE:
      return PluginVerdict::kContinue;
    case v1::RESP_CODE_DROP:
      return PluginVerdict::kDrop;
    case v1::RESP_CODE_RESPOND:
      return PluginVerdict::kRespond;
    case v1::RESP_CODE_REPLACE:
      return PluginVerdict::kReplace;
    default:
      return Malformed("not a verdict");
  }
}

template <typename Message>
absl::StatusOr<Message*> Parse(Arena& arena, std::string_view bytes, std::size_t max_bytes) {
  if (bytes.size() > max_bytes) {
    return model::Fail(model::Fault::kTooLarge,
                       fmt::format("answer of {} bytes, the limit is {}", bytes.size(), max_bytes));
  }
  auto* message = Arena::CreateMessage<Message>(&arena);
  if (!message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Malformed("not a protobuf answer");
  }
  return message;
}

}  // namespace

std::string EncodeFireHose(const model::Request& request, const PluginSession& session) {
  Arena arena;
  auto* message = Arena::CreateMessage<v1::ClientReq>(&arena);
  WriteRequest(request, *message->mutable_msg());
  v1::Session& from = *message->mutable_sess();
  from.set_session_id(session.id);
  from.set_user_id(session.user);
  from.set_auth_level(LevelOf(session.level));
  from.set_remote_addr(session.remote_address);
  from.set_user_agent(session.user_agent);
  from.set_device_id(session.device_id);
  from.set_language(session.language);
  return message->SerializeAsString();
}

std::string EncodeFind(const std::string& user, const std::string& query) {
  v1::SearchQuery message;
  message.set_user_id(user);
  message.set_query(query);
  return message.SerializeAsString();
}

std::string EncodeEvent(const PluginEvent& event) {
  return std::visit([](const auto& one) { return EncodeOne(one); }, event);
}

struct PluginAnswerDecoder::Buffers {
  JsonValueChecker json;
};

PluginAnswerDecoder::PluginAnswerDecoder(DecodeLimits limits)
    : limits_(limits), buffers_(new Buffers{JsonValueChecker(limits.max_depth)}) {
  QuietProtobuf();
}
PluginAnswerDecoder::~PluginAnswerDecoder() = default;

absl::StatusOr<FireHoseAnswer> PluginAnswerDecoder::DecodeFireHose(std::string_view bytes) {
  Arena arena;
  MOLVA_ASSIGN_OR_RETURN(v1::ServerResp * message,
                         Parse<v1::ServerResp>(arena, bytes, limits_.max_packet_bytes));
  FireHoseAnswer answer;
  MOLVA_ASSIGN_OR_RETURN(answer.verdict, VerdictOf(message->status()));
  if (answer.verdict == PluginVerdict::kRespond) {
    MOLVA_RETURN_IF_ERROR(ReadReply(buffers_->json, message->srvmsg(), answer.reply.emplace()));
  }
  if (answer.verdict == PluginVerdict::kReplace) {
    MOLVA_RETURN_IF_ERROR(
        ReadRequest(buffers_->json, *message->mutable_clmsg(), answer.request.emplace()));
    if (std::holds_alternative<std::monostate>(answer.request->body)) {
      return Malformed("an empty request");
    }
  }
  return answer;
}

absl::StatusOr<FindAnswer> PluginAnswerDecoder::DecodeFind(std::string_view bytes) {
  Arena arena;
  MOLVA_ASSIGN_OR_RETURN(v1::SearchFound * message,
                         Parse<v1::SearchFound>(arena, bytes, limits_.max_packet_bytes));
  FindAnswer answer;
  MOLVA_ASSIGN_OR_RETURN(answer.verdict, VerdictOf(message->status()));
  answer.query = message->query();
  for (const v1::TopicSub& sub : message->result()) {
    MOLVA_RETURN_IF_ERROR(ReadSub(buffers_->json, sub, answer.result.emplace_back()));
  }
  return answer;
}

}  // namespace molva::wire
