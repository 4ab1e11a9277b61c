#include "topic/remote/judged_events.h"

#include <utility>

#include "base/log.h"
#include "names/payload_names.h"
#include "topic/moderate.h"

namespace molva::topic {
namespace {

using moderation::Case;
using moderation::Ruling;
using moderation::Subject;
using moderation::Verdict;

// Until a report that the store did not take is written again.
constexpr absl::Duration kReportPause = absl::Seconds(1);

// Only of a payload that is the one which the event states: another one may not buy its verdict.
std::optional<Case> MessageIn(const ChatCore& core, const LaneItem& item,
                              const chain::MessageState& state) {
  const names::NameBook& names = core.env.names;
  const absl::StatusOr<model::UserId> author = names.UserOfGlobal(state.author);
  if (!author.ok() || !names.IsForeign(*author) || !item.payload.has_value() ||
      chain::HashOf(*item.payload) != state.payload_hash) {
    return std::nullopt;
  }
  Case message;
  message.subject = Subject::kMessage;
  message.author = core.TextOf(*author);
  message.origin = names.DomainOf(*author);
  message.head = item.payload->head;
  message.content = item.payload->content;
  if (!names::Localise(names, message.head, message.content).ok()) return std::nullopt;
  if (const model::RawJson* replaces = model::FindField(message.head, "replace")) {
    message.replaces = model::ParseJsonText(*replaces).value_or("");
  }
  return message;
}

// Somebody elsewhere makes an own user a member who was none, and he did not ask for it himself.
std::optional<Case> ContactIn(const ChatCore& core, const LaneItem& item,
                              const chain::MemberState& state) {
  const names::NameBook& names = core.env.names;
  const absl::StatusOr<model::UserId> user = names.UserOfGlobal(state.user);
  if (!user.ok() || names.IsForeign(*user) || state.deleted.has_value()) return std::nullopt;
  if (item.proposal.has_value() && item.proposal->author == state.user) return std::nullopt;
  const auto known = core.subscribers.find(*user);
  if (known != core.subscribers.end() && known->second.is_live()) return std::nullopt;
  const bool is_p2p = core.name.kind() == model::TopicKind::kP2p;
  const absl::StatusOr<model::UserId> actor =
      is_p2p ? core.name.PeerOf(*user) : names.UserOfGlobal(item.event->actor);
  if (!actor.ok() || !names.IsForeign(*actor)) return std::nullopt;
  Case contact;
  contact.subject = Subject::kContact;
  contact.author = core.TextOf(*actor);
  contact.origin = names.DomainOf(*actor);
  contact.peer = core.TextOf(*user);
  return contact;
}

std::optional<Case> CaseIn(const ChatCore& core, const LaneItem& item) {
  std::optional<Case> found;
  if (const auto* message = std::get_if<chain::MessageState>(&item.event->state)) {
    found = MessageIn(core, item, *message);
  } else if (const auto* member = std::get_if<chain::MemberState>(&item.event->state)) {
    found = ContactIn(core, item, *member);
  }
  if (!found.has_value()) return found;
  found->when = item.event->time;
  found->topic = core.name.ToString();
  return found;
}

void SettleEvent(const CorePtr& core, const std::string& key, Verdict verdict) {
  core->lanes.judged[key] = std::move(verdict);
  core->Release();
}

// What is withheld because nobody judges now is for the administrators too: nothing is lost.
void KeepForAdministrators(const CorePtr& core, const std::string& key, const Case& what,
                           Verdict verdict) {
  KeepBefore(*core, what, verdict, {}, [core, key, what, verdict](bool is_kept) mutable {
    if (is_kept) return SettleEvent(core, key, std::move(verdict));
    base::LogWarning("what is in quarantine is not stored yet", {{"topic", core->name.ToString()}});
    core->env.shard.StartTimer(kReportPause, [core, key, what, verdict]() mutable {
      KeepForAdministrators(core, key, what, std::move(verdict));
    });
  });
}

void AskAbout(const CorePtr& core, const std::string& key, Case what) {
  core->Hold();
  Case asked = what;
  core->env.services.moderator->Consider(
      std::move(asked), [core, key, what = std::move(what)](Verdict verdict) mutable {
        const bool is_kept =
            verdict.ruling == Ruling::kQuarantine || verdict.ruling == Ruling::kUnavailable;
        if (is_kept) return KeepForAdministrators(core, key, what, std::move(verdict));
        SettleEvent(core, key, std::move(verdict));
      });
}

}  // namespace

bool AwaitVerdicts(const CorePtr& core, const std::vector<LaneItemPtr>& items, std::size_t at) {
  const moderation::Moderator& moderator = *core->env.services.moderator;
  bool waits = false;
  for (; at < items.size(); ++at) {
    const std::string key = chain::HashOf(items[at]->body);
    if (core->lanes.judged.contains(key)) continue;
    std::optional<Case> what = CaseIn(*core, *items[at]);
    if (!what.has_value() || !moderator.Wants(what->subject)) continue;
    AskAbout(core, key, *std::move(what));
    waits = true;
  }
  return waits;
}

const Verdict* VerdictOn(const ChatCore& core, const LaneItem& item) {
  if (core.lanes.judged.empty()) return nullptr;
  const auto found = core.lanes.judged.find(chain::HashOf(item.body));
  return found == core.lanes.judged.end() ? nullptr : &found->second;
}

bool Withholds(const Verdict* verdict) {
  return verdict != nullptr && verdict->ruling != Ruling::kAccept &&
         verdict->ruling != Ruling::kReplace;
}

}  // namespace molva::topic
