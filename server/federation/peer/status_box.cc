#include "federation/peer/status_box.h"

#include <utility>

namespace molva::federation {

using What = UserStatus::What;

void StatusBox::Restart() {
  users_.clear();
  begins_ = ends_ = false;
}

void StatusBox::Add(model::UserId user, presence::What what, const std::string& user_agent,
                    absl::Time card_time) {
  if (users_.size() >= kMaxUsers && !users_.contains(user)) return;
  Entry& entry = users_[user];
  entry.card_time = card_time;
  switch (what) {
    case presence::What::kOn:
      entry.state = What::kOn;
      entry.user_agent = user_agent;
      break;
    case presence::What::kOff:
      entry.state = What::kOff;
      entry.user_agent = user_agent;
      break;
    case presence::What::kUa:
      if (entry.state != What::kOn) entry.state = What::kAgent;
      entry.user_agent = user_agent;
      break;
    default:
      entry.has_new_card = true;
      break;
  }
}

Presence StatusBox::Take(const names::NameBook& names) {
  Presence presence;
  presence.snapshot_begins = std::exchange(begins_, false);
  while (!users_.empty() && presence.entries.size() < kMaxEntries) {
    auto [user, entry] = std::move(*users_.begin());
    users_.erase(users_.begin());
    UserStatus status{names.GlobalNameOf(user), What::kCard, {}, entry.card_time};
    if (entry.has_new_card) presence.entries.push_back(status);
    if (!entry.state.has_value()) continue;
    status.what = *entry.state;
    status.user_agent = std::move(entry.user_agent);
    presence.entries.push_back(std::move(status));
  }
  if (users_.empty()) presence.snapshot_ends = std::exchange(ends_, false);
  return presence;
}

}  // namespace molva::federation
