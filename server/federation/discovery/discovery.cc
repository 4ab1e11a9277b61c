#include "federation/discovery/discovery.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/status_macros.h"
#include "base/strings.h"
#include "federation/discovery/pin.h"
#include "federation/identity/key_document.h"
#include "names/domain.h"

namespace molva::federation {
namespace {

std::string TextOf(const absl::Status& status) {
  return std::string(base::ToStd(status.message()));
}

bool HasGoodKey(const PeerIdentity& identity, absl::Time now) {
  return std::any_of(identity.keys.begin(), identity.keys.end(),
                     [now](const TimedKey& key) { return key.IsValidAt(now); });
}

PeerIdentity IdentityOf(const StaticPeer& peer) {
  PeerIdentity identity;
  identity.domain = peer.domain;
  identity.endpoints = peer.endpoints;
  for (const PublicKey& key : peer.keys) identity.keys.push_back({key});
  identity.valid_until = absl::InfiniteFuture();
  return identity;
}

}  // namespace

// One domain that is being looked for.
struct Discovery::Lookup {
  std::string domain;
  Wanted wanted = Wanted::kKnown;
  std::vector<store::Done<PeerIdentity>> waiting;
  std::optional<PeerIdentity> known;
  std::size_t next_source = 0;
  bool was_unavailable = false;  // a source that may know could not be asked
};

Discovery::Discovery(runtime::Shard& shard, store::Store& store, std::vector<StaticPeer> peers,
                     Sources sources)
    : shard_(shard),
      store_(store),
      sources_(std::move(sources)),
      alive_(std::make_shared<Alive>()) {
  SetPeers(std::move(peers));
}

void Discovery::SetPeers(std::vector<StaticPeer> peers) {
  for (const auto& [domain, peer] : peers_) cache_.Erase(domain);
  peers_.clear();
  for (StaticPeer& peer : peers) {
    cache_.Erase(peer.domain);
    std::string domain = peer.domain;
    peers_.insert_or_assign(std::move(domain), std::move(peer));
  }
}

std::optional<PeerIdentity> Discovery::Known(std::string_view domain) const {
  const PeerIdentity* known = cache_.Peek(domain);
  return known == nullptr ? std::nullopt : std::optional(*known);
}

void Discovery::Find(std::string domain, store::Done<PeerIdentity> done) {
  Start(std::move(domain), Wanted::kKnown, std::move(done));
}

void Discovery::Refresh(std::string domain, store::Done<PeerIdentity> done) {
  Start(std::move(domain), Wanted::kFresh, std::move(done));
}

void Discovery::Answer(store::Done<PeerIdentity> done, absl::StatusOr<PeerIdentity> answer) {
  shard_.Post([alive = std::weak_ptr<Alive>(alive_), done = std::move(done),
               answer = std::move(answer)]() mutable {
    if (!alive.expired()) done(std::move(answer));
  });
}

std::optional<absl::StatusOr<PeerIdentity>> Discovery::AnswerAtOnce(std::string_view domain,
                                                                    Wanted wanted) {
  const absl::Time now = shard_.Now();
  if (absl::Status failure = cache_.FailureAt(domain, now); !failure.ok()) return failure;
  const PeerIdentity* known = cache_.Find(domain);
  if (known == nullptr) return std::nullopt;
  const bool is_good = wanted == Wanted::kKnown ? now < known->valid_until
                                                : now < cache_.AskedAt(domain) + kRefreshPause;
  return is_good ? std::optional<absl::StatusOr<PeerIdentity>>(*known) : std::nullopt;
}

void Discovery::Start(std::string text, Wanted wanted, store::Done<PeerIdentity> done) {
  const std::optional<std::string> domain = names::NormaliseDomain(text);
  if (!domain.has_value()) {
    return Answer(std::move(done), absl::InvalidArgumentError("no domain name"));
  }
  if (auto answer = AnswerAtOnce(*domain, wanted); answer.has_value()) {
    return Answer(std::move(done), *std::move(answer));
  }
  LookupPtr& lookup = under_way_[*domain];
  if (lookup != nullptr) {
    if (lookup->waiting.size() >= kMaxWaiting) {
      return Answer(std::move(done), absl::UnavailableError("too many wait for this domain"));
    }
    if (wanted == Wanted::kFresh) lookup->wanted = wanted;
    lookup->waiting.push_back(std::move(done));
    return;
  }
  if (under_way_.size() > kMaxUnderWay) {
    under_way_.erase(*domain);
    return Answer(std::move(done), absl::UnavailableError("too many domains are looked for"));
  }
  lookup = std::make_shared<Lookup>();
  lookup->domain = *domain;
  lookup->wanted = wanted;
  lookup->waiting.push_back(std::move(done));
  ReadKnown(*domain, [this, lookup](absl::StatusOr<std::optional<PeerIdentity>> known) {
    TakeKnown(lookup, std::move(known));
  });
}

template <typename Next>
void Discovery::ReadKnown(const std::string& domain, Next next) {
  store_.FindValue(PinKey(domain),
                   [this, alive = std::weak_ptr<Alive>(alive_), domain, next = std::move(next)](
                       const absl::StatusOr<std::optional<std::string>>& pin) mutable {
                     if (!alive.expired()) next(Combine(domain, pin));
                   });
}

absl::StatusOr<std::optional<PeerIdentity>> Discovery::Combine(
    std::string_view domain, const absl::StatusOr<std::optional<std::string>>& pin) const {
  if (!pin.ok()) return pin.status();
  std::optional<PeerIdentity> pinned;
  if (pin->has_value()) {
    absl::StatusOr<PeerIdentity> parsed = ParsePin(domain, **pin);
    if (!parsed.ok()) {
      base::LogError("a pin cannot be read",
                     {{"domain", std::string(domain)}, {"error", TextOf(parsed.status())}});
      return absl::UnavailableError("the pin of the domain cannot be read");
    }
    pinned = *std::move(parsed);
  }
  const auto configured = peers_.find(domain);
  if (configured == peers_.end()) return pinned;
  PeerIdentity identity = IdentityOf(configured->second);
  if (!pinned.has_value() || pinned->document.empty()) return identity;
  // The peer has rotated since the operator wrote its key down, if that key has signed the pinned
  // document. Otherwise the operator overrules the pin.
  MOLVA_ASSIGN_OR_RETURN(const SignedKeyDocument document,
                         SignedKeyDocument::Parse(pinned->document));
  const bool is_successor =
      std::any_of(identity.keys.begin(), identity.keys.end(),
                  [&document](const TimedKey& key) { return document.IsSignedBy(key.key); });
  if (!is_successor) return identity;
  identity.keys = pinned->keys;
  identity.document = std::move(pinned->document);
  identity.document_number = pinned->document_number;
  identity.found_at = pinned->found_at;
  return identity;
}

void Discovery::TakeKnown(const LookupPtr& lookup,
                          absl::StatusOr<std::optional<PeerIdentity>> known) {
  if (!known.ok()) return Finish(lookup, absl::UnavailableError(known.status().message()));
  lookup->known = *std::move(known);
  if (lookup->known.has_value() && lookup->wanted == Wanted::kKnown &&
      shard_.Now() < lookup->known->valid_until) {
    cache_.Put(*lookup->known);
    return Finish(lookup, *lookup->known);
  }
  cache_.MarkAsked(lookup->domain, shard_.Now());
  AskNext(lookup);
}

void Discovery::AskNext(const LookupPtr& lookup) {
  if (lookup->next_source >= sources_.size()) return GiveUp(lookup);
  DiscoverySource& source = *sources_[lookup->next_source++];
  ++counters_.asked;
  source.Ask(lookup->domain, [this, alive = std::weak_ptr<Alive>(alive_), lookup,
                              kind = source.kind()](const absl::StatusOr<SourceAnswer>& answer) {
    if (!alive.expired()) TakeAnswer(lookup, kind, answer);
  });
}

void Discovery::TakeAnswer(const LookupPtr& lookup, Source kind,
                           const absl::StatusOr<SourceAnswer>& answer) {
  const PeerIdentity* known = lookup->known.has_value() ? &*lookup->known : nullptr;
  absl::StatusOr<PeerIdentity> found =
      answer.ok() ? Examine(lookup->domain, known, kind, *answer) : answer.status();
  if (IsChangedKey(found.status())) return Finish(lookup, found);
  if (!found.ok()) {
    lookup->was_unavailable |= absl::IsUnavailable(found.status());
    base::LogDebug("a source does not know a domain", {{"domain", lookup->domain},
                                                       {"source", std::string(SourceName(kind))},
                                                       {"why", TextOf(found.status())}});
    return AskNext(lookup);
  }
  Pin(*std::move(found),
      [this, lookup](const absl::StatusOr<PeerIdentity>& pinned) { Finish(lookup, pinned); });
}

void Discovery::GiveUp(const LookupPtr& lookup) {
  const absl::Time now = shard_.Now();
  if (lookup->known.has_value() && HasGoodKey(*lookup->known, now)) {
    PeerIdentity identity = *lookup->known;
    identity.valid_until = std::max(identity.valid_until, now + kNegativeLife);
    cache_.Put(identity);
    return Finish(lookup, identity);
  }
  ++counters_.not_found;
  Finish(lookup, lookup->was_unavailable
                     ? absl::UnavailableError("who may know the domain cannot be reached")
                     : absl::NotFoundError("no source has proof of the domain"));
}

absl::StatusOr<PeerIdentity> Discovery::Examine(std::string_view domain, const PeerIdentity* known,
                                                Source kind, const SourceAnswer& answer) {
  absl::StatusOr<PeerIdentity> found = Judge(domain, known, kind, answer, shard_.Now());
  if (IsChangedKey(found.status())) {
    ++counters_.changed_keys;
    base::LogError("a server shows other keys than before",
                   {{"domain", std::string(domain)},
                    {"source", std::string(SourceName(kind))},
                    {"why", TextOf(found.status())}});
  }
  return found;
}

void Discovery::Pin(PeerIdentity identity, store::Done<PeerIdentity> done) {
  const PeerIdentity* former = cache_.Peek(identity.domain);
  if (former != nullptr && former->document_number > identity.document_number) {
    return done(*former);  // it was introduced while somebody was being asked
  }
  if (const auto peer = peers_.find(identity.domain); peer != peers_.end()) {
    identity.endpoints = peer->second.endpoints;
  }
  identity.found_at = shard_.Now();
  identity.valid_until = identity.found_at + kLife;
  store::PutValue put{PinKey(identity.domain), PrintPin(identity)};
  store_.Write({std::move(put)},
               [this, alive = std::weak_ptr<Alive>(alive_), identity = std::move(identity),
                done = std::move(done)](const absl::Status& status) mutable {
                 if (alive.expired()) return;
                 if (!status.ok()) return done(absl::UnavailableError("the find cannot be pinned"));
                 Remember(identity);
                 done(std::move(identity));
               });
}

void Discovery::Remember(const PeerIdentity& identity) {
  ++counters_.found;
  if (cache_.Peek(identity.domain) == nullptr) {  // not every day anew
    base::LogInfo("a server was found", {{"domain", identity.domain},
                                         {"source", std::string(SourceName(identity.source))}});
  }
  cache_.Put(identity);
}

void Discovery::Finish(const LookupPtr& lookup, const absl::StatusOr<PeerIdentity>& outcome) {
  if (!outcome.ok()) {
    cache_.PutFailure(lookup->domain, outcome.status(), shard_.Now() + kNegativeLife);
  }
  under_way_.erase(lookup->domain);
  const std::weak_ptr<Alive> alive(alive_);
  for (store::Done<PeerIdentity>& done : std::exchange(lookup->waiting, {})) {
    if (!alive.expired()) done(outcome);  // the one before may have ended us
  }
}

void Discovery::Accept(std::string document, store::Done<PeerIdentity> done) {
  const absl::StatusOr<SignedKeyDocument> parsed = SignedKeyDocument::Parse(document);
  if (!parsed.ok()) return Answer(std::move(done), parsed.status());
  const std::string domain = parsed->content().domain;
  ReadKnown(domain, [this, domain, document = std::move(document), done = std::move(done)](
                        absl::StatusOr<std::optional<PeerIdentity>> known) mutable {
    if (!known.ok()) return done(absl::UnavailableError(known.status().message()));
    if (!known->has_value()) return done(absl::NotFoundError("nothing is known of the domain"));
    SourceAnswer answer;
    answer.document = std::move(document);
    absl::StatusOr<PeerIdentity> found = Examine(domain, &**known, Source::kIntroduced, answer);
    if (!found.ok()) return done(std::move(found));
    Pin(*std::move(found), std::move(done));
  });
}

}  // namespace molva::federation
