// Answers of calls.h.
#include <utility>

#include "base/strings.h"
#include "federation/peer/calls.h"
#include "federation/peer/cards.h"

namespace molva::federation {
namespace {

constexpr std::size_t kMaxTextBytes = 512;
constexpr std::int32_t kMaxHits = 16;
constexpr std::size_t kMaxReplyBytes = 256 * 1024;

}  // namespace

Answers::Answers(const PeerEnv& env, Outflow& outflow, PeerStats& stats)
    : env_(env), outflow_(outflow), stats_(stats), rate_(50, 200) {}

void Answers::Take(const Call& call) {
  if (open_ >= kMaxOpen || !rate_.Take(env_.shard.Now())) {
    ++stats_.throttled;
    return Refuse(call.id, 429);
  }
  if (call.text.empty() || call.text.size() > kMaxTextBytes) return Refuse(call.id, 400);
  switch (call.question) {
    case Call::Question::kFind:
      return Find(call.id, call.text);
    case Call::Question::kLookUp:
      return LookUp(call.id, call.text);
    case Call::Question::kUnknown:
      return Refuse(call.id, 501);
  }
}

void Answers::Find(std::uint64_t id, const std::string& text) {
  const std::string word = base::AsciiLower(text);
  store::TagAlternatives tags = {"basic:" + word, "alias:" + word};
  if (word.find(':') != std::string::npos) tags.push_back(word);
  store::TagQuery query;
  query.required.push_back(std::move(tags));
  query.limit = kMaxHits;
  ++open_;
  env_.store.FindByTags(
      std::move(query),
      [self = std::weak_ptr(self_), id](const absl::StatusOr<std::vector<store::TagHit>>& hits) {
        if (const auto answers = self.lock()) (*answers)->Reply(id, hits);
      });
}

void Answers::LookUp(std::uint64_t id, const std::string& name) {
  const absl::StatusOr<model::UserId> user =
      env_.names.Knows(name) ? env_.names.UserOfGlobal(name)
                             : absl::StatusOr<model::UserId>(absl::NotFoundError("nobody"));
  if (!user.ok() || env_.names.IsForeign(*user)) return Refuse(id, 404);
  ++open_;
  env_.store.FindUser(*user, [self = std::weak_ptr(self_),
                              id](absl::StatusOr<std::optional<store::UserRecord>> found) {
    const auto answers = self.lock();
    if (answers == nullptr) return;
    if (!found.ok()) return (*answers)->Reply(id, found.status());
    std::vector<store::TagHit> hits;
    if (found->has_value()) hits.push_back({**std::move(found), {}});
    (*answers)->Reply(id, std::move(hits));
  });
}

void Answers::Reply(std::uint64_t id, const absl::StatusOr<std::vector<store::TagHit>>& hits) {
  --open_;
  // Who does not read gets no long answers.
  if (!hits.ok() || !outflow_.has_room()) return Refuse(id, 503);
  CallResult result{id, 404, {}};
  std::size_t bytes = 0;
  for (const store::TagHit& hit : *hits) {
    if (!IsOurs(hit)) continue;
    Found found = CardOf(env_.names, hit);
    bytes += found.public_card.text.size() + found.trusted.text.size() + 1024;
    if (bytes > kMaxReplyBytes) break;
    result.code = 200;
    result.found.push_back(std::move(found));
  }
  outflow_.SendNow(EncodeFrame(result));
}

void Answers::Refuse(std::uint64_t id, std::uint32_t code) {
  outflow_.SendNow(EncodeFrame(CallResult{id, code, {}}));
}

}  // namespace molva::federation
