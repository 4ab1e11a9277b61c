#include "presence/contact_board.h"

namespace molva::presence {

void ContactBoard::Add(model::TopicName contact, bool enabled) {
  contacts_[contact].enabled = enabled;
}

bool ContactBoard::IsEnabled(model::TopicName contact) const {
  const auto at = contacts_.find(contact);
  return at != contacts_.end() && at->second.enabled;
}

bool ContactBoard::IsOnline(model::TopicName contact) const {
  const auto at = contacts_.find(contact);
  return at != contacts_.end() && at->second.online;
}

ContactBoard::Outcome ContactBoard::OnStatus(model::TopicName contact, const Notice& notice) {
  switch (notice.what) {
    case What::kOn:
      return OnOnline(contact, notice);
    case What::kOff:
      return OnOffline(contact, notice);
    case What::kGone: {
      const bool known = contacts_.erase(contact) > 0;
      return Outcome{.forward = known ? std::optional(What::kGone) : std::nullopt};
    }
    case What::kAskStatus:
    case What::kAddOnly: {
      Contact& entry = contacts_[contact];
      if (notice.command == ContactCommand::kEnable) entry.enabled = true;
      const bool asked = notice.what == What::kAskStatus;
      return Outcome{.forward = std::nullopt, .answer_on = asked, .answer_wants_reply = asked};
    }
    default:
      return Outcome{};
  }
}

ContactBoard::Outcome ContactBoard::OnOnline(model::TopicName contact, const Notice& notice) {
  Contact& entry = contacts_[contact];
  Outcome outcome{.forward = std::nullopt, .answer_on = notice.wants_reply};
  const bool was_enabled = entry.enabled;
  if (notice.command == ContactCommand::kEnable) entry.enabled = true;
  if (!entry.enabled) return outcome;
  if (!entry.online || !was_enabled) outcome.forward = What::kOn;
  entry.online = true;
  return outcome;
}

ContactBoard::Outcome ContactBoard::OnOffline(model::TopicName contact, const Notice& notice) {
  Outcome outcome;
  if (notice.command == ContactCommand::kRemove) {
    const auto at = contacts_.find(contact);
    if (at == contacts_.end()) return outcome;
    if (at->second.enabled) outcome.forward = What::kOff;
    contacts_.erase(at);
    return outcome;
  }
  const auto [at, is_fresh] = contacts_.try_emplace(contact);
  Contact& entry = at->second;
  const bool is_unmuted = !is_fresh && !entry.enabled && notice.command == ContactCommand::kEnable;
  if (is_unmuted || (entry.enabled && entry.online)) outcome.forward = What::kOff;
  if (notice.command == ContactCommand::kEnable) entry.enabled = true;
  if (notice.command == ContactCommand::kDisable) entry.enabled = false;
  entry.online = false;
  return outcome;
}

}  // namespace molva::presence
