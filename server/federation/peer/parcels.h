// What topics have for peers, on its way from their shards to the actors'.
#pragma once

#include <absl/time/time.h>

#include <string>
#include <variant>
#include <vector>

#include "federation/peer/lane_key.h"
#include "presence/notice.h"
#include "store/store.h"
#include "topic/peer_port.h"

namespace molva::federation {

// The calls of topic::PeerPort as values.
struct DeliverParcel {
  LaneKey key;
  topic::LaneItemPtr item;
};
struct AcknowledgeParcel {
  LaneKey key;
  std::int64_t through = 0;
  std::vector<topic::Outcome> outcomes;
};
struct RefuseParcel {
  LaneKey key;
  std::int64_t n = 0;
  topic::Refusal why = topic::Refusal::kMalformed;
};
struct AskAgainParcel {
  LaneKey key;
  std::int64_t after = 0;
};
struct NoteParcel {
  model::TopicName topic;
  model::UserId user;
  std::string what;
  model::SeqId seq = 0;
};
struct StatusParcel {
  model::UserId user;
  presence::What what = presence::What::kOff;
  std::string user_agent;
  absl::Time card_time;
};
// `done` may be called on the actor's shard.
struct LookUpParcel {
  model::UserId user;
  store::Done<store::UserRecord> done;
};
struct FindParcel {
  std::string text;
  store::Done<std::vector<store::TagHit>> done;
};
// The shard's `me` topics have said who is online since the peer's link number `link`.
struct ToldParcel {
  std::uint64_t link = 0;
};

struct Parcel {
  std::string domain;
  std::variant<DeliverParcel, AcknowledgeParcel, RefuseParcel, AskAgainParcel, NoteParcel,
               StatusParcel, LookUpParcel, FindParcel, ToldParcel>
      content;
};

// Where parcels go. Any shard.
class ParcelPost {
 public:
  virtual ~ParcelPost() = default;
  virtual int IndexFor(std::string_view domain) const = 0;
  virtual int shard_count() const = 0;
  // To the actors of shard `index`; from any shard.
  virtual void Carry(int index, std::vector<Parcel> parcels) = 0;
};

}  // namespace molva::federation
