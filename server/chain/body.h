// What is signed and kept between servers: events of a topic's chain and proposals to its home, as
// plain values and as bytes.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/raw_json.h"
#include "model/seq_range.h"

namespace molva::chain {

// All names are global (names/name_book.h); hashes are 32 bytes; times have milliseconds.
// Source of every field: proto/molva/federation/v1/chain.proto.

inline constexpr std::size_t kMaxBodyBytes = 256 * 1024;
inline constexpr std::size_t kMaxPayloadBytes = 512 * 1024;

struct TopicState {
  std::string home;
  absl::Time created;
  absl::Time updated;
  std::string owner;
  std::string access_auth;
  std::string access_anon;
  model::RawJson public_card;
  model::RawJson trusted;
  model::RawJson aux;
  std::vector<std::string> tags;
  std::uint32_t state = 0;
};

struct MemberState {
  std::string user;
  std::string want;
  std::string given;
  absl::Time created;
  absl::Time updated;
  std::optional<absl::Time> deleted;
};

// A number whose message was gone before the topic had a chain has neither author nor hash.
struct MessageState {
  model::SeqId seq = 0;
  std::string author;
  std::string payload_hash;
};

struct DeletionState {
  std::vector<model::SeqRange> ranges;
};

struct EndState {};

struct Event {
  std::string topic;
  std::int64_t n = 0;
  std::string prev;
  absl::Time time;
  std::string actor;
  std::int64_t proposal = 0;
  std::variant<TopicState, MemberState, MessageState, DeletionState, EndState> state;
};

struct PublishAction {
  std::string payload_hash;
};
struct JoinAction {
  std::string mode;
};
struct LeaveAction {};
struct SetRights {
  std::string user;  // empty: the author's own
  std::string mode;
};
struct SetDescription {
  model::RawJson public_card;
  model::RawJson trusted;
  std::string access_auth;
  std::string access_anon;
};
struct SetTags {
  std::vector<std::string> tags;
};
struct SetAux {
  model::RawJson aux;
};
struct RemoveMessages {
  std::vector<model::SeqRange> ranges;
};
struct RemoveMember {
  std::string user;
};
struct RemoveTopic {};
struct VoidAction {};

using Action = std::variant<PublishAction, JoinAction, LeaveAction, SetRights, SetDescription,
                            SetTags, SetAux, RemoveMessages, RemoveMember, RemoveTopic, VoidAction>;

struct Proposal {
  std::string topic;
  std::string origin;
  std::int64_t number = 0;
  std::string prev;
  absl::Time time;
  std::string author;
  Action action;
};

// Head and content as they travel: names in them are global.
struct Payload {
  model::JsonFields head;
  model::RawJson content;
};

std::string Encode(const Event& event);
std::string Encode(const Proposal& proposal);
std::string Encode(const Payload& payload);

// Decode bytes of a peer. Everything is checked that can be without knowing the topic: sizes,
// hashes of 32 bytes, numbers from 1, JSON syntax (of cards, aux, head and content; the latter two
// without blanks around, for their bytes are hashed), modes, a kind that is known. Errors:
// kInvalidArgument, naming the field, never its value.
absl::StatusOr<Event> DecodeEvent(std::string_view body);
absl::StatusOr<Proposal> DecodeProposal(std::string_view body);
absl::StatusOr<Payload> DecodePayload(std::string_view bytes);

// SHA-256 of a body: what the next one's `prev` is.
std::string HashOf(std::string_view body);
// The hash of a payload, see message Payload in chain.proto.
std::string HashOf(const Payload& payload);

}  // namespace molva::chain
