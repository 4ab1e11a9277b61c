// What leaves for one peer: entries in batches, acknowledgements, notes, presence.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "federation/peer/ack_book.h"
#include "federation/peer/link.h"
#include "federation/peer/outgoing_lanes.h"
#include "federation/peer/peer_env.h"
#include "federation/peer/status_box.h"

namespace molva::federation {

// Gathers what one turn has for the peer and sends it at the end of the turn, as far as the
// connection has room and the peer has given credit. Entries that are not at hand are read from the
// store.
//
// Thread:  confined to the actor's shard.
// Borrows: all but what waits here.
// Full:    entries: see OutgoingLanes. Acknowledgements, refusals and presence: one row per topic
// or
//          user. Notes beyond kMaxNotes are left out. The rest answers frames of a peer that is
//          bounded itself.
class Outflow {
 public:
  static constexpr std::size_t kMaxNotes = 1024;
  static constexpr absl::Duration kConfirmDelay = absl::Seconds(1);

  Outflow(const PeerEnv& env, const std::string& domain, Link& link, PeerStats& stats);
  ~Outflow();

  // A link is up. `progress`: what has been taken of the peer, for the Resume.
  void Begin(std::uint64_t credit, const std::vector<std::pair<LaneKey, std::int64_t>>& progress);
  void End();
  // Reads what is due from the store, so that pending() knows it.
  void LoadDeliveries();
  bool is_loaded() const { return is_loaded_; }

  void Deliver(LaneKey key, topic::LaneItemPtr item);
  void Acknowledge(LaneKey key, std::int64_t through, std::vector<topic::Outcome> outcomes);
  void Refuse(LaneKey key, std::int64_t n, topic::Refusal why);
  void AskAgain(LaneKey key, std::int64_t after);
  void Note(NoteFrame note);
  StatusBox& statuses() { return statuses_; }
  void SayMore() { Schedule(); }
  // A frame that goes before all others; dropped without a link.
  void SendNow(std::string frame);
  bool has_room() const { return link_.is_up() && link_.has_room(); }

  // What the peer says.
  void TakeResume(const Resume& resume);
  void TakeAck(const Ack& ack);
  void TakeRefusal(const RefusalFrame& refusal);
  void TakeCredit(std::uint64_t bytes);
  void OnFirstOtherFrame() { is_resuming_ = false; }
  void OnRoom() { Schedule(); }

  std::int64_t pending() const { return lanes_.pending(); }
  std::int64_t pending_proposals() const { return lanes_.pending_proposals(); }
  std::vector<model::TopicName> TopicsWithProposals() const { return lanes_.TopicsWithProposals(); }
  bool has_acknowledgements() const { return !acks_.empty(); }

 private:
  void Schedule();
  void Flush();
  void FlushRows();
  void FlushBatches();
  std::vector<OutgoingItem> Gather();
  void Read();
  void OnDeliveries(std::uint64_t epoch,
                    const absl::StatusOr<std::vector<store::DeliveryRecord>>& rows);
  void LoadPage(std::string after_topic, std::string after_lane);
  void LoadLater();
  std::optional<LaneKey> KeyOf(const std::string& global, topic::LaneKind kind) const;
  void TakeProgress(LaneKey key, std::int64_t n);
  void ConfirmLater();
  void Confirm();
  void WakeLater();
  bool is_open() const { return link_.is_up() && is_loaded_ && has_resumed_; }

  const PeerEnv& env_;
  const std::string& domain_;
  Link& link_;
  PeerStats& stats_;
  OutgoingLanes lanes_;
  AckBook acks_;
  StatusBox statuses_;
  std::map<LaneKey, std::pair<std::int64_t, topic::Refusal>> refusals_;
  std::map<LaneKey, std::int64_t> questions_;  // AskAgain
  std::vector<NoteFrame> notes_;
  std::int64_t credit_ = 0;
  bool is_scheduled_ = false;
  bool is_loaded_ = false;
  bool has_resumed_ = false;  // the peer has said how far it has got
  bool is_resuming_ = false;  // and nothing else yet
  std::uint64_t epoch_ = 0;   // answers from before the latest load come too late
  runtime::TimerId confirm_timer_ = runtime::TimerId::kNone;
  runtime::TimerId wake_timer_ = runtime::TimerId::kNone;
  runtime::TimerId load_timer_ = runtime::TimerId::kNone;
  // Expires with this.
  const std::shared_ptr<Outflow*> self_ = std::make_shared<Outflow*>(this);
};

}  // namespace molva::federation
