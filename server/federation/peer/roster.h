// The peers of one shard: their actors, who comes and who is forgotten.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "federation/peer/departures.h"
#include "federation/peer/parcels.h"
#include "federation/peer/peer_actor.h"
#include "federation/peer/peer_env.h"
#include "federation/peer/token_bucket.h"
#include "runtime/published.h"

namespace molva::federation {

// Makes an actor when something is for its peer, and lets it go when nothing has been for long.
//
// Thread:  confined to the shard, but for published().
// Owns:    the actors.
// Full:    beyond kMaxActors nobody new is dealt with: what is due to him waits in the store, and
//          questions get kUnavailable. Beyond kMaxMeetings strangers at the door are sent away.
class Roster {
 public:
  static constexpr std::size_t kMaxActors = 10'000;
  static constexpr std::size_t kMaxMeetings = 256;

  explicit Roster(const PeerEnv& env);
  ~Roster();

  void Take(std::vector<Parcel> parcels);
  // Somebody has connected and says who he is.
  void Meet(Hello hello, const PublicKey& key, PipeAcceptor::MakePipe make);
  // Something in the store waits for `domain`.
  void Wake(const std::string& domain) { FindOrMake(domain); }
  void RetryNow(const std::string& domain);
  void Ping(const std::string& domain, PeerActor::Pinged done);
  void OnRulesChanged();
  // Says Bye to all; `done` when they have gone, or after a while.
  void Stop(runtime::Task done);

  std::shared_ptr<const std::vector<PeerStats>> published() const { return published_.Get(); }

 private:
  struct Visitor {
    Hello hello;
    PublicKey key;
    PipeAcceptor::MakePipe make;
  };
  using VisitorPtr = std::shared_ptr<Visitor>;
  enum class Ask : std::uint8_t { kFind, kRefresh };

  PeerActor* Find(const std::string& domain);
  // Nullptr if there is no room.
  PeerActor* FindOrMake(const std::string& domain);
  void Open(const std::string& domain, DeliverParcel& parcel);
  void Open(const std::string& domain, AcknowledgeParcel& parcel);
  void Open(const std::string& domain, RefuseParcel& parcel);
  void Open(const std::string& domain, AskAgainParcel& parcel);
  void Open(const std::string& domain, NoteParcel& parcel);
  void Open(const std::string& domain, StatusParcel& parcel);
  void Open(const std::string& domain, LookUpParcel& parcel);
  void Open(const std::string& domain, FindParcel& parcel);
  void Open(const std::string& domain, ToldParcel& parcel);
  // The actor to ask a question, or why there is none.
  absl::StatusOr<PeerActor*> ActorToAsk(const std::string& domain);

  void Identify(const VisitorPtr& visitor, Ask how);
  void OnIdentified(const VisitorPtr& visitor, Ask how,
                    const absl::StatusOr<PeerIdentity>& identity);
  void Every(absl::Duration interval, void (Roster::*then)());
  void Tick();
  void GiveUpOld();
  void Publish();
  void StopLater(runtime::Task done, int tries);

  const PeerEnv& env_;
  std::map<std::string, std::unique_ptr<PeerActor>, std::less<>> actors_;
  Departures departures_;
  TokenBucket meeting_rate_;
  std::size_t meetings_ = 0;
  bool is_ticking_ = false;
  std::uint64_t round_ = 0;  // of the timers; those of former rounds run out
  bool is_stopped_ = false;
  runtime::Published<std::vector<PeerStats>> published_;
  // Expires with the roster.
  const std::shared_ptr<Roster*> self_ = std::make_shared<Roster*>(this);
};

}  // namespace molva::federation
