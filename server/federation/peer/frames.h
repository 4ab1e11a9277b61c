// The frames of a link as plain values, and their bytes.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "chain/body.h"
#include "model/seq_range.h"
#include "topic/peer_port.h"

namespace molva::federation {

inline constexpr std::uint32_t kVersionMin = 1;
inline constexpr std::uint32_t kVersionMax = 1;
inline constexpr std::size_t kMaxItemsPerBatch = 256;
inline constexpr std::size_t kMaxHelloBytes = 16 * 1024;

struct Hello {
  std::uint32_t version_min = kVersionMin;
  std::uint32_t version_max = kVersionMax;
  std::string domain;
  std::vector<std::string> capabilities;
  std::string software;
  absl::Time time;
  std::uint64_t credit_bytes = 0;
  absl::Duration heartbeat;
};

struct TopicProgress {
  std::string topic;  // global
  std::int64_t events = 0;
  std::int64_t proposals = 0;
  std::vector<topic::Outcome> outcomes;  // of an Ack only
};
struct Resume {
  std::vector<TopicProgress> topics;
};
struct Ack {
  std::vector<TopicProgress> topics;
};

// An entry as it came: nothing of it has been verified.
struct ReceivedItem {
  topic::LaneKind kind = topic::LaneKind::kChain;
  std::string body;
  std::optional<chain::Payload> payload;
  bool has_bad_payload = false;  // there is one, but malformed
  std::string cause;
  std::string cause_proof;  // as chain::Encode(Proof) makes it
};
struct ReceivedBatch {
  std::vector<ReceivedItem> items;
  std::string key_id;
  std::string signature;
};

struct Credit {
  std::uint64_t bytes = 0;
};
struct PingFrame {
  std::uint64_t nonce = 0;
};
struct PongFrame {
  std::uint64_t nonce = 0;
};

struct UserStatus {
  enum class What : std::uint8_t { kUnknown, kOn, kOff, kAgent, kCard };
  std::string user;  // global
  What what = What::kUnknown;
  std::string user_agent;
  absl::Time card_time;
};
struct Presence {
  std::vector<UserStatus> entries;
  bool snapshot_begins = false;
  bool snapshot_ends = false;
};

struct NoteFrame {
  std::string topic;
  std::string user;
  std::string what;
  model::SeqId seq = 0;
};
struct Notes {
  std::vector<NoteFrame> notes;
};

struct Call {
  enum class Question : std::uint8_t { kUnknown, kFind, kLookUp };
  std::uint64_t id = 0;
  Question question = Question::kUnknown;
  std::string text;
};
struct Found {
  std::string name;
  model::RawJson public_card;  // has not been checked when it comes from a peer
  model::RawJson trusted;
  absl::Time updated;
  std::string access_auth;
  std::vector<std::string> tags;
  std::int32_t subscribers = 0;
};
struct CallResult {
  std::uint64_t id = 0;
  std::uint32_t code = 0;
  std::vector<Found> found;
};

struct RefusalFrame {
  std::string topic;
  topic::LaneKind kind = topic::LaneKind::kChain;
  std::int64_t n = 0;
  std::string reason;
};
struct Bye {
  std::string reason;
};
// A kind that a newer version knows; passed over.
struct UnknownFrame {};

using ReceivedFrame =
    std::variant<UnknownFrame, Hello, Resume, ReceivedBatch, Ack, Credit, PingFrame, PongFrame,
                 Presence, Notes, Call, CallResult, RefusalFrame, Bye>;

// Errors: kInvalidArgument for bytes that are no frame, a batch of no or too many items, an item
//         that is too long or neither an event nor a proposal.
absl::StatusOr<ReceivedFrame> DecodeFrame(std::string_view bytes);

std::string EncodeFrame(const Hello& hello);
std::string EncodeFrame(const Resume& resume);
std::string EncodeFrame(const Ack& ack);
std::string EncodeFrame(const Credit& credit);
std::string EncodeFrame(const PingFrame& ping);
std::string EncodeFrame(const PongFrame& pong);
std::string EncodeFrame(const Presence& presence);
std::string EncodeFrame(const Notes& notes);
std::string EncodeFrame(const Call& call);
std::string EncodeFrame(const CallResult& result);
std::string EncodeFrame(const RefusalFrame& refusal);
std::string EncodeFrame(const Bye& bye);

// An entry that is to leave.
struct OutgoingItem {
  topic::LaneKind kind = topic::LaneKind::kChain;
  topic::LaneItemPtr item;
};
// `key_id` and `signature` are over the items in this order.
std::string EncodeBatch(const std::vector<OutgoingItem>& items, std::string_view key_id,
                        std::string_view signature);
// No item takes more in a batch.
std::size_t SizeInBatch(const topic::LaneItem& item);

}  // namespace molva::federation
