#include "federation/peer/calls.h"

#include <utility>

#include "federation/peer/cards.h"

namespace molva::federation {
namespace {

absl::Status StatusOf(std::uint32_t code) {
  if (code == 200) return absl::OkStatus();
  if (code == 404) return absl::NotFoundError("the peer knows no such user");
  if (code == 403) return absl::PermissionDeniedError("the peer refuses to answer");
  return absl::UnavailableError("the peer does not answer now");
}

}  // namespace

Calls::Calls(const PeerEnv& env, const std::string& domain, Link& link)
    : env_(env), domain_(domain), link_(link) {}

Calls::~Calls() {
  for (const auto& [id, open] : open_) env_.shard.CancelTimer(open.timer);
}

void Calls::LookUp(model::UserId user, store::Done<store::UserRecord> done) {
  const std::string name = env_.names.GlobalNameOf(user);
  auto kept = [user,
               done = std::move(done)](absl::StatusOr<std::vector<store::TagHit>> hits) mutable {
    if (!hits.ok()) return done(hits.status());
    for (store::TagHit& hit : *hits) {
      auto* record = std::get_if<store::UserRecord>(&hit.what);
      if (record != nullptr && record->id == user) return done(std::move(*record));
    }
    done(absl::NotFoundError("the peer knows no such user"));
  };
  Ask(Call::Question::kLookUp, name,
      [this, kept = std::move(kept)](absl::StatusOr<CallResult> result) mutable {
        if (!result.ok()) return kept(result.status());
        std::vector<store::TagHit> hits;
        if (result->found.size() == 1) {
          absl::StatusOr<store::TagHit> hit = HitOf(env_.names, domain_, result->found.front());
          if (!hit.ok()) return kept(absl::UnavailableError("the peer's answer makes no sense"));
          hits.push_back(*std::move(hit));
        }
        Keep(std::move(hits), std::move(kept));
      });
}

void Calls::Find(const std::string& text, store::Done<std::vector<store::TagHit>> done) {
  constexpr std::size_t kMostHits = 16;
  Ask(Call::Question::kFind, text,
      [this, done = std::move(done)](absl::StatusOr<CallResult> result) mutable {
        if (!result.ok()) return done(result.status());
        std::vector<store::TagHit> hits;
        for (const Found& found : result->found) {
          absl::StatusOr<store::TagHit> hit = HitOf(env_.names, domain_, found);
          if (hit.ok() && hits.size() < kMostHits) hits.push_back(*std::move(hit));
        }
        Keep(std::move(hits), std::move(done));
      });
}

void Calls::Keep(std::vector<store::TagHit> hits, store::Done<std::vector<store::TagHit>> done) {
  store::Batch batch;
  for (const store::TagHit& hit : hits) {
    const auto* user = std::get_if<store::UserRecord>(&hit.what);
    if (user != nullptr) batch.emplace_back(store::PutUser{*user});
  }
  if (batch.empty()) return done(std::move(hits));
  env_.store.Write(std::move(batch), [&names = env_.names, hits = std::move(hits),
                                      done = std::move(done)](const absl::Status& status) mutable {
    if (!status.ok()) return done(status);
    for (const store::TagHit& hit : hits) {
      const auto* user = std::get_if<store::UserRecord>(&hit.what);
      if (user != nullptr) names.Confirm(user->origin);
    }
    done(std::move(hits));
  });
}

void Calls::Ask(Call::Question question, std::string text, Answered answered) {
  if (open_.size() >= kMaxOpen) {
    return answered(absl::UnavailableError("too many questions to the peer at once"));
  }
  const std::uint64_t id = ++last_id_;
  Open& open = open_[id];
  open.call = {id, question, std::move(text)};
  open.answered = std::move(answered);
  open.timer = env_.shard.StartTimer(env_.options.call_timeout, [self = std::weak_ptr(self_), id] {
    const auto calls = self.lock();
    if (calls == nullptr) return;
    (*calls)->Settle(id, absl::UnavailableError("the peer does not answer in time"));
  });
  if (!link_.is_up()) return link_.Want();
  open.is_sent = true;
  link_.Send(EncodeFrame(open.call));
}

void Calls::OnUp() {
  for (auto& [id, open] : open_) {
    open.is_sent = true;
    link_.Send(EncodeFrame(open.call));
  }
}

void Calls::OnDown() {
  std::vector<std::uint64_t> sent;
  for (const auto& [id, open] : open_) {
    if (open.is_sent) sent.push_back(id);
  }
  for (const std::uint64_t id : sent) {
    Settle(id, absl::UnavailableError("the link to the peer went down"));
  }
}

void Calls::TakeResult(const CallResult& result) {
  const absl::Status status = StatusOf(result.code);
  if (status.ok()) return Settle(result.id, result);
  Settle(result.id, status);
}

void Calls::Settle(std::uint64_t id, absl::StatusOr<CallResult> result) {
  auto open = open_.extract(id);
  if (open.empty()) return;  // in time no more
  env_.shard.CancelTimer(open.mapped().timer);
  open.mapped().answered(std::move(result));
}

}  // namespace molva::federation
