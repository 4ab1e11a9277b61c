// What is said to programs beside the server, and what they answer, as values and as bytes.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/packet.h"
#include "model/request.h"
#include "wire/decode_limits.h"

namespace molva::wire {

// The session that a request came by.
struct PluginSession {
  std::string id;
  std::string user;  // empty before the login
  model::AuthLevel level = model::AuthLevel::kNone;
  std::string remote_address;
  std::string user_agent;
  std::string device_id;
  std::string language;
};

// What a program wants done with what it was asked about.
enum class PluginVerdict : std::uint8_t { kContinue, kDrop, kRespond, kReplace };

struct FireHoseAnswer {
  PluginVerdict verdict = PluginVerdict::kContinue;
  std::optional<model::Packet> reply;     // kRespond
  std::optional<model::Request> request;  // kReplace
};

struct FindAnswer {
  PluginVerdict verdict = PluginVerdict::kContinue;
  std::string query;                   // kReplace
  std::vector<model::MetaSub> result;  // kRespond
};

enum class Crud : std::uint8_t { kCreate, kUpdate, kDelete };

// Something that happened. Fields that do not go with it are empty.
struct AccountEvent {
  Crud action = Crud::kCreate;
  std::string user;
  model::DefaultAccessText access;
  model::RawJson public_card;
  std::vector<std::string> tags;
};
struct TopicEvent {
  Crud action = Crud::kCreate;
  std::string name;
  model::MetaDesc desc;
};
struct SubscriptionEvent {
  Crud action = Crud::kCreate;
  std::string topic;
  std::string user;  // without the prefix "usr"
  std::int32_t del_id = 0;
  model::SeqId read = 0;
  model::SeqId recv = 0;
  model::AccessText access;
  model::RawJson private_note;
};
struct MessageEvent {
  Crud action = Crud::kCreate;
  model::Data message;
};
using PluginEvent = std::variant<AccountEvent, TopicEvent, SubscriptionEvent, MessageEvent>;

// Encoded ClientReq, SearchQuery, and the message of each event. Thread: any.
// Source: docs/protocol messages §10.
std::string EncodeFireHose(const model::Request& request, const PluginSession& session);
std::string EncodeFind(const std::string& user, const std::string& query);
std::string EncodeEvent(const PluginEvent& event);

// Decodes answers, and judges them as what comes from clients.
//
// Thread: one at a time; reuses its buffers.
// Errors: kMalformed; kTooLarge over max_packet_bytes; an answer without what its verdict needs is
//         malformed.
class PluginAnswerDecoder {
 public:
  explicit PluginAnswerDecoder(DecodeLimits limits);
  ~PluginAnswerDecoder();

  absl::StatusOr<FireHoseAnswer> DecodeFireHose(std::string_view bytes);
  absl::StatusOr<FindAnswer> DecodeFind(std::string_view bytes);

 private:
  struct Buffers;
  const DecodeLimits limits_;
  const std::unique_ptr<Buffers> buffers_;
};

}  // namespace molva::wire
