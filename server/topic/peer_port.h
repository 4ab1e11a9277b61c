// What topics need of federation: a way to the servers of their foreign members.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chain/body.h"
#include "model/topic_name.h"
#include "model/user_id.h"
#include "presence/notice.h"
#include "store/store.h"

namespace molva::topic {

// The two logs that travel: the home's events, and proposals to the home.
enum class LaneKind : std::uint8_t { kChain, kProposals };

// An entry on its way to a peer or from one.
struct LaneItem {
  std::int64_t n = 0;
  std::string body;
  std::optional<chain::Payload> payload;  // with global names
  std::string cause;                      // of an event: the foreign proposal behind it
  std::string cause_proof;
  // Of one that came from a peer, whose signature has been checked:
  std::string proof;
  std::optional<chain::Event> event;        // `body` decoded
  std::optional<chain::Proposal> proposal;  // `body`, or of an event `cause`, decoded
};
// Shared by all peers that get it.
using LaneItemPtr = std::shared_ptr<const LaneItem>;

// What became of a proposal, for the one who made it.
struct Outcome {
  std::int64_t number = 0;
  int code = 0;
  std::string text;
  model::RawJson params;  // object or absent
};

// Why an entry of a peer is refused. The words are docs/federation.md §10.
enum class Refusal : std::uint8_t {
  kBadChain,       // prev does not fit, or another body under a known number
  kNotHome,        // events of a server that is not the home, proposals to one that is not
  kForeignAuthor,  // speaks for users of a domain that is not its own
  kBadPayload,     // the hash does not fit, or names in it are not global
  kBadSeq,         // seq is not the next
  kNoRight,        // the author may not do that
  kUnasked,        // changes what only the receiver's user may
  kUnknownUser,    // a user of the receiver that does not exist
  kTooSoon,        // asks again too early
  kBadTime,        // from the future
  kPolicy,         // the receiver takes nothing of this server or user
  kMalformed,
};
std::string_view WordOf(Refusal refusal);

// Carries what topics have for other servers. There is one per shard; a topic uses that of its
// shard.
//
// Thread: the topic's shard. Nothing calls back from inside a call.
// Domains: normalised, never our own.
class PeerPort {
 public:
  virtual ~PeerPort() = default;

  // `domain` must get `item`, which is in the store with its RequestDelivery. In order per topic
  // and lane. It may be dropped when the peer is slow or away: it is read from the store later.
  virtual void Deliver(const std::string& domain, model::TopicName topic, LaneKind kind,
                       LaneItemPtr item) = 0;
  // Entries of `domain` up to `through` have had their effect and are on disk.
  virtual void Acknowledge(const std::string& domain, model::TopicName topic, LaneKind kind,
                           std::int64_t through, std::vector<Outcome> outcomes) = 0;
  // Entry `n` of `domain` is not taken; nothing behind it is until it comes again.
  virtual void Refuse(const std::string& domain, model::TopicName topic, LaneKind kind,
                      std::int64_t n, Refusal why) = 0;
  // Entries behind `after` are missing here (one with a higher number came, or the store failed).
  virtual void AskAgain(const std::string& domain, model::TopicName topic, LaneKind kind,
                        std::int64_t after) = 0;
  // Typing and receipts of `user` (not kept, may be lost).
  virtual void SendNote(const std::string& domain, model::TopicName topic, model::UserId user,
                        std::string_view what, model::SeqId seq) = 0;
  // Presence of `user`, an own one: kOn, kOff, kUa, kUpd. Merged with what has not left yet.
  virtual void SendStatus(const std::string& domain, model::UserId user, presence::What what,
                          const std::string& user_agent, absl::Time card_time) = 0;
  // Whether a link to `domain` is up, as this shard has heard.
  virtual bool IsConnected(const std::string& domain) const = 0;
  // Whether more proposals may be left for `domain`: what waits for one peer is bounded.
  virtual bool HasRoomFor(const std::string& domain) const = 0;
  // The card of a foreign user from his server; also put into the store as a shadow.
  // Errors: kNotFound; kUnavailable when the server cannot be reached within a few seconds or says
  //         that we ask too much; kPermissionDenied by the lists of this node.
  virtual void LookUp(model::UserId user, store::Done<store::UserRecord> done) = 0;
  // Users and groups of `domain` found by `text` (a login name, alias or tag). Ids are aliases.
  virtual void Find(const std::string& domain, const std::string& text,
                    store::Done<std::vector<store::TagHit>> done) = 0;
};

// A node that does not federate.
class NoPeers final : public PeerPort {
 public:
  void Deliver(const std::string&, model::TopicName, LaneKind, LaneItemPtr) override {}
  void Acknowledge(const std::string&, model::TopicName, LaneKind, std::int64_t,
                   std::vector<Outcome>) override {}
  void Refuse(const std::string&, model::TopicName, LaneKind, std::int64_t, Refusal) override {}
  void AskAgain(const std::string&, model::TopicName, LaneKind, std::int64_t) override {}
  void SendNote(const std::string&, model::TopicName, model::UserId, std::string_view,
                model::SeqId) override {}
  void SendStatus(const std::string&, model::UserId, presence::What, const std::string&,
                  absl::Time) override {}
  bool IsConnected(const std::string&) const override { return false; }
  bool HasRoomFor(const std::string&) const override { return true; }
  void LookUp(model::UserId user, store::Done<store::UserRecord> done) override;
  void Find(const std::string& domain, const std::string& text,
            store::Done<std::vector<store::TagHit>> done) override;
};

}  // namespace molva::topic
