// Finds the servers of other domains: who they are and where, by which proof, and remembers it.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/string_map.h"
#include "federation/discovery/identity_cache.h"
#include "federation/discovery/judge.h"
#include "federation/discovery/peer_identity.h"
#include "federation/discovery/source.h"
#include "federation/discovery/static_peers.h"
#include "runtime/shard.h"
#include "store/store.h"

namespace molva::federation {

// What happened since the start.
struct DiscoveryCounters {
  std::uint64_t asked = 0;         // questions to sources
  std::uint64_t found = 0;         // finds that were pinned
  std::uint64_t not_found = 0;     // lookups that asked everybody in vain
  std::uint64_t changed_keys = 0;  // finds that were refused, see IsChangedKey
};

// The order is: what the operator says, what is pinned, then the sources one after the other. The
// first authenticated hit wins and is pinned. What is pinned changes only by a document that a
// pinned key has signed, or by the operator.
//
// Thread:  confined to `shard`.
// Owns:    the sources.
// Borrows: shard and store. Answers that come after the discovery has gone are dropped.
// Full:    of what is cached the longest unused is forgotten (the pin stays in the store); beyond
//          kMaxUnderWay lookups at a time, or kMaxWaiting for one domain, kUnavailable.
// Source:  docs/federation.md §9.
class Discovery {
 public:
  static constexpr std::size_t kMaxCached = 4096;
  static constexpr std::size_t kMaxUnderWay = 256;
  static constexpr std::size_t kMaxWaiting = 1024;
  static constexpr absl::Duration kLife = absl::Hours(24);
  static constexpr absl::Duration kNegativeLife = absl::Minutes(5);
  // The sources are not asked about a domain again sooner, whoever wants it refreshed.
  static constexpr absl::Duration kRefreshPause = absl::Minutes(1);

  using Sources = std::vector<std::unique_ptr<DiscoverySource>>;

  Discovery(runtime::Shard& shard, store::Store& store, std::vector<StaticPeer> peers,
            Sources sources);
  Discovery(const Discovery&) = delete;
  Discovery& operator=(const Discovery&) = delete;

  // Answers on this shard, never inside the call. If what is pinned is out of date and nobody can
  // be asked, it is still the answer while its keys are good.
  // Errors: kInvalidArgument: no domain. kNotFound: no source has proof of it. kUnavailable: ask
  //         again later. kPermissionDenied: see IsChangedKey.
  void Find(std::string domain, store::Done<PeerIdentity> done);
  // Finds the domain anew although what is known is still good: for a peer that shows a key which
  // its identity does not trust. Within kRefreshPause of the last time it answers as Find does.
  void Refresh(std::string domain, store::Done<PeerIdentity> done);
  // What is in memory, still good or not; nobody is asked.
  std::optional<PeerIdentity> Known(std::string_view domain) const;
  // Takes a signed key document that a peer shows of itself: good if a known key signed it.
  // Errors: as Find; kNotFound if nothing is known of its domain.
  void Accept(std::string document, store::Done<PeerIdentity> done);
  // Replaces what the operator says.
  void SetPeers(std::vector<StaticPeer> peers);

  const DiscoveryCounters& counters() const { return counters_; }

 private:
  struct Alive {};
  struct Lookup;
  using LookupPtr = std::shared_ptr<Lookup>;
  enum class Wanted : std::uint8_t { kKnown, kFresh };

  void Start(std::string domain, Wanted wanted, store::Done<PeerIdentity> done);
  // The answer that needs no lookup, if there is one.
  std::optional<absl::StatusOr<PeerIdentity>> AnswerAtOnce(std::string_view domain, Wanted wanted);
  // Calls `next` with what is known of the domain: operator and pin.
  template <typename Next>
  void ReadKnown(const std::string& domain, Next next);
  absl::StatusOr<std::optional<PeerIdentity>> Combine(
      std::string_view domain, const absl::StatusOr<std::optional<std::string>>& pin) const;
  void TakeKnown(const LookupPtr& lookup, absl::StatusOr<std::optional<PeerIdentity>> known);
  void AskNext(const LookupPtr& lookup);
  void TakeAnswer(const LookupPtr& lookup, Source kind, const absl::StatusOr<SourceAnswer>& answer);
  void GiveUp(const LookupPtr& lookup);
  absl::StatusOr<PeerIdentity> Examine(std::string_view domain, const PeerIdentity* known,
                                       Source kind, const SourceAnswer& answer);
  void Pin(PeerIdentity identity, store::Done<PeerIdentity> done);
  void Remember(const PeerIdentity& identity);
  void Finish(const LookupPtr& lookup, const absl::StatusOr<PeerIdentity>& outcome);
  void Answer(store::Done<PeerIdentity> done, absl::StatusOr<PeerIdentity> answer);

  runtime::Shard& shard_;
  store::Store& store_;
  base::StringMap<StaticPeer> peers_;
  const Sources sources_;
  IdentityCache cache_{kMaxCached};
  base::StringMap<LookupPtr> under_way_;
  DiscoveryCounters counters_;
  // Held by nobody else; callbacks watch it to learn whether the discovery is still there.
  const std::shared_ptr<Alive> alive_;
};

}  // namespace molva::federation
