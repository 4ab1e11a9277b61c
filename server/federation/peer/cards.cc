#include "federation/peer/cards.h"

#include <algorithm>
#include <utility>

#include "base/status_macros.h"
#include "federation/peer/claims.h"
#include "wire/decode_limits.h"
#include "wire/json_value.h"

namespace molva::federation {
namespace {

constexpr std::size_t kMaxTags = 16;
constexpr std::size_t kMaxTagBytes = 256;

}  // namespace

Found CardOf(const names::NameBook& names, const store::TagHit& hit) {
  Found found;
  found.tags = hit.matched;
  if (const auto* user = std::get_if<store::UserRecord>(&hit.what)) {
    found.name = names.GlobalNameOf(user->id);
    found.public_card = user->public_card;
    found.trusted = user->trusted;
    found.updated = user->updated;
    found.access_auth = user->access.auth.ToString();
  } else {
    const auto& group = std::get<store::TopicRecord>(hit.what);
    found.name = names.GlobalNameOf(group.name);
    found.public_card = group.public_card;
    found.trusted = group.trusted;
    found.updated = group.updated;
    found.access_auth = group.access.auth.ToString();
    found.subscribers = group.subscriber_count;
  }
  return found;
}

bool IsOurs(const store::TagHit& hit) {
  if (const auto* user = std::get_if<store::UserRecord>(&hit.what)) {
    return user->origin.empty() && user->state == store::State::kOk;
  }
  const auto& group = std::get<store::TopicRecord>(hit.what);
  return group.home.empty() && group.state == store::State::kOk && !group.is_channel &&
         group.name.kind() == model::TopicKind::kGroup;
}

absl::StatusOr<store::TagHit> HitOf(const names::NameBook& names, const std::string& peer,
                                    const Found& found) {
  store::TagHit hit;
  wire::JsonValueChecker checker(wire::DecodeLimits{}.max_depth);
  model::RawJson public_card;
  model::RawJson trusted;
  MOLVA_RETURN_IF_ERROR(checker.Read(found.public_card.text, public_card));
  MOLVA_RETURN_IF_ERROR(checker.Read(found.trusted.text, trusted));
  model::DefaultAccess access;
  MOLVA_ASSIGN_OR_RETURN(access.auth, model::AccessMode::Parse(found.access_auth));
  for (const std::string& tag : found.tags) {
    if (tag.size() <= kMaxTagBytes && hit.matched.size() < kMaxTags) hit.matched.push_back(tag);
  }
  if (DomainOfUser(found.name) == peer) {
    MOLVA_ASSIGN_OR_RETURN(const model::UserId id, names.UserOfGlobal(found.name));
    store::UserRecord user;
    user.id = id;
    user.created = user.updated = found.updated;
    user.access = access;
    user.public_card = std::move(public_card);
    user.trusted = std::move(trusted);
    user.origin = found.name;
    hit.what = std::move(user);
    return hit;
  }
  const std::size_t at = found.name.find('@');
  if (at == std::string::npos || found.name.substr(at + 1) != peer) {
    return absl::InvalidArgumentError("the peer speaks for a name that is not its own");
  }
  MOLVA_ASSIGN_OR_RETURN(const model::TopicName name, names.TopicOfGlobal(found.name));
  store::TopicRecord group;
  group.name = name;
  group.created = group.updated = group.touched = found.updated;
  group.access = access;
  group.public_card = std::move(public_card);
  group.trusted = std::move(trusted);
  group.subscriber_count = std::max(0, found.subscribers);
  group.home = peer;
  group.origin = found.name;
  hit.what = std::move(group);
  return hit;
}

}  // namespace molva::federation
