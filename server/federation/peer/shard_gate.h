// The port through which the topics of one shard reach peers.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/shard_bound.h"
#include "federation/peer/parcels.h"
#include "federation/peer/peer_env.h"
#include "federation/peer/topics.h"
#include "names/name_book.h"
#include "runtime/shard.h"
#include "topic/command.h"
#include "topic/peer_port.h"

namespace molva::federation {

// Brings what topics have for a peer to the shard of its actor. What one turn has for one shard
// goes in one message, in order.
//
// Thread:  confined to `shard`.
// Borrows: all of it.
class ShardGate final : public topic::PeerPort {
 public:
  ShardGate(runtime::Shard& shard, const names::NameBook& names, ParcelPost& post)
      : shard_(shard), names_(names), post_(post) {}

  // News of a link, for this port and for `topics`, the shard's.
  void OnLink(const topic::PeerLink& news, std::uint64_t link, Topics& topics);

  void OnRoom(const std::string& domain, LinkHerald::Room room);

  // topic::PeerPort
  void Deliver(const std::string& domain, model::TopicName topic, topic::LaneKind kind,
               topic::LaneItemPtr item) override;
  void Acknowledge(const std::string& domain, model::TopicName topic, topic::LaneKind kind,
                   std::int64_t through, std::vector<topic::Outcome> outcomes) override;
  void Refuse(const std::string& domain, model::TopicName topic, topic::LaneKind kind,
              std::int64_t n, topic::Refusal why) override;
  void AskAgain(const std::string& domain, model::TopicName topic, topic::LaneKind kind,
                std::int64_t after) override;
  void SendNote(const std::string& domain, model::TopicName topic, model::UserId user,
                std::string_view what, model::SeqId seq) override;
  void SendStatus(const std::string& domain, model::UserId user, presence::What what,
                  const std::string& user_agent, absl::Time card_time) override;
  bool IsConnected(const std::string& domain) const override;
  bool HasRoomFor(const std::string& domain) const override;
  void LookUp(model::UserId user, store::Done<store::UserRecord> done) override;
  void Find(const std::string& domain, const std::string& text,
            store::Done<std::vector<store::TagHit>> done) override;

 private:
  void Enqueue(const std::string& domain, decltype(Parcel::content) content);
  void Flush();
  // Calls `done` on this shard.
  template <typename T>
  store::Done<T> Here(store::Done<T> done);

  runtime::Shard& shard_;
  const names::NameBook& names_;
  ParcelPost& post_;
  std::set<std::string, std::less<>> connected_;
  std::set<std::string, std::less<>> full_;
  std::vector<std::vector<Parcel>> outboxes_;  // by shard
  bool flush_is_due_ = false;
  base::ShardBound bound_;
};

}  // namespace molva::federation
