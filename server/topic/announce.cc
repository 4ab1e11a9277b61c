#include "topic/announce.h"

#include "topic/pushes.h"

namespace molva::topic {
namespace {

using model::AccessMode;
using model::TopicKind;
using model::UserId;
using presence::ContactCommand;
using presence::Notice;
using presence::What;

std::string TextUnless(const ChatCore& core, UserId user, bool left_out) {
  return left_out || user.is_nobody() ? std::string() : core.TextOf(user);
}

model::AccessText DeltaOf(const AccessChange& change) {
  return {AccessDelta(change.before.want, change.after.want),
          AccessDelta(change.before.given, change.after.given), ""};
}

bool WantsMore(const AccessChange& change) {
  const AccessMode want = change.after.want;
  return want.is_set() && (want & change.after.given) != (want | AccessMode::None());
}

void TellInTopic(const ChatCore& core, const AccessChange& change, const model::AccessText& delta) {
  const auto render = [&](UserId viewer, bool to_himself) {
    model::Pres pres;
    pres.topic = core.ClientName(viewer);
    pres.what = "acs";
    pres.src = TextUnless(core, change.user, to_himself);
    pres.actor = TextUnless(core, change.actor, to_himself || change.actor == change.user);
    pres.access_delta = delta;
    return model::Packet(std::move(pres));
  };
  const Except except{.session = change.actor_session};
  core.Broadcast([&](UserId u) { return u != change.user && core.ModeOf(u).is_sharer(); },
                 [&](UserId viewer) { return render(viewer, false); }, except);
  core.Broadcast([&](UserId u) { return u == change.user; },
                 [&](UserId viewer) { return render(viewer, true); }, except);
}

void TellOnMe(const ChatCore& core, const AccessChange& change, const model::AccessText& delta) {
  Notice notice;
  notice.what = What::kAcs;
  notice.access_delta = delta;
  notice.actor = change.actor;
  notice.skip_session = change.actor_session;
  notice.skip_attached = true;
  core.NotifyUser(change.user, notice);
  const bool is_new = !change.before.want.is_set();
  const bool own_act = change.actor == change.user;
  const bool ended = !change.after.want.is_set();
  // The peer of a first contact has just been told of his own new subscription.
  const bool joined = is_new && own_act && core.name.kind() == TopicKind::kGroup;
  if (!ended && !joined && !(own_act && WantsMore(change))) return;
  notice.target = change.user;
  core.NotifyUsers(
      [&](const Subscriber& s) { return s.record.user != change.user && s.mode().is_sharer(); },
      notice);
}

// Keeps the contact entry on the user's `me` in step with P in this topic.
void TellContactState(const ChatCore& core, const AccessChange& change) {
  const bool before = change.before.effective().Has(AccessMode::kPresence);
  const bool after = change.after.effective().Has(AccessMode::kPresence);
  const bool is_new = !change.before.want.is_set();
  if (!change.after.want.is_set() || (before == after && !is_new)) return;
  Notice notice;
  if (is_new && !after) {
    notice.what = What::kAddOnly;  // known, but muted
  } else if (!after) {
    notice.what = What::kOff;
    notice.command = ContactCommand::kDisable;
  } else if (core.name.kind() == TopicKind::kGroup && core.is_online) {
    notice.what = What::kOn;
    notice.command = ContactCommand::kEnable;
  } else if (core.name.kind() == TopicKind::kGroup) {
    notice.what = What::kAddOnly;
    notice.command = ContactCommand::kEnable;
  } else {
    // Both sides learn each other's status anew.
    const UserId peer = core.name.PeerOf(change.user);
    if (peer.is_nobody()) return;
    notice.what = What::kAddOnly;
    notice.command = ContactCommand::kEnable;
    core.NotifyUser(change.user, notice);
    notice.what = What::kAskStatus;
    notice.from_user = change.user;
    notice.command = core.ModeOf(peer).Has(AccessMode::kPresence) ? ContactCommand::kEnable
                                                                  : ContactCommand::kNothing;
    core.NotifyUser(peer, notice);
    return;
  }
  core.NotifyUser(change.user, notice);
}

model::Packet MemberPres(const ChatCore& core, UserId viewer, UserId user, std::string what) {
  model::Pres pres;
  pres.topic = core.ClientName(viewer);
  pres.src = core.TextOf(user);
  pres.what = std::move(what);
  return pres;
}

void TellMembers(const ChatCore& core, UserId user, const std::string& what, Except except) {
  if (core.name.kind() != TopicKind::kGroup) return;
  core.Broadcast(
      [&](UserId u) {
        return u != user && core.ModeOf(u).Has(AccessMode::kPresence | AccessMode::kRead);
      },
      [&](UserId viewer) { return MemberPres(core, viewer, user, what); }, except);
}

void TellGroupStatus(const ChatCore& core, What what, ContactCommand command) {
  Notice notice;
  notice.what = what;
  notice.command = command;
  core.NotifyUsers([](const Subscriber& s) { return s.mode().Has(AccessMode::kPresence); }, notice);
}

}  // namespace

void AnnounceAccess(const ChatCore& core, const AccessChange& change) {
  if (change.before == change.after) return;
  const model::AccessText delta = DeltaOf(change);
  TellInTopic(core, change, delta);
  TellOnMe(core, change, delta);
  TellContactState(core, change);
  PushAccess(core, change);
}

void AnnounceAccessQuietly(const ChatCore& core, const AccessChange& change) {
  if (change.before == change.after) return;
  TellContactState(core, change);
  PushAccess(core, change);
}

void AnnounceGroupOnline(ChatCore& core) {
  if (core.name.kind() != TopicKind::kGroup || core.is_online) return;
  core.is_online = true;
  TellGroupStatus(core, What::kOn, ContactCommand::kEnable);
}

void AnnounceGroupOffline(ChatCore& core) {
  if (!core.is_online) return;
  core.is_online = false;
  TellGroupStatus(core, What::kOff, ContactCommand::kNothing);
}

void AnnounceJoined(const ChatCore& core, UserId user, model::SessionHandle session) {
  TellMembers(core, user, "on", Except{.session = session});
}

void AnnounceLeft(const ChatCore& core, UserId user) { TellMembers(core, user, "off", {}); }

void AnnounceUnsubscribed(const ChatCore& core, UserId user, model::SessionHandle actor_session) {
  Notice gone;
  gone.what = What::kGone;
  gone.command = ContactCommand::kRemove;
  gone.skip_session = actor_session;
  core.NotifyUser(user, gone);
  if (core.name.kind() == TopicKind::kGroup) {
    core.Broadcast([&](UserId u) { return u != user && core.ModeOf(u).is_sharer(); },
                   [&](UserId viewer) { return MemberPres(core, viewer, user, "off"); },
                   Except{.session = actor_session});
    return;
  }
  const UserId peer = core.name.PeerOf(user);
  if (peer.is_nobody()) return;
  Notice off;
  off.what = What::kOff;
  off.from_user = user;
  core.NotifyUser(peer, off);
}

void AnnounceDesc(const ChatCore& core, const Requester& actor, DescChange change) {
  Notice notice;
  notice.what = What::kUpd;
  notice.skip_session = actor.session;
  core.NotifyUser(actor.user, notice);
  if (change == DescChange::kPrivateOnly) return;
  core.NotifyUsers(
      [&](const Subscriber& s) {
        return s.record.user != actor.user && s.mode().Has(AccessMode::kJoin);
      },
      notice);
}

namespace {

void TellPlain(const ChatCore& core, const Requester& actor, const std::string& what,
               const ChatCore::Passes& passes) {
  core.Broadcast([&](UserId u) { return core.ModeOf(u).Has(AccessMode::kPresence) && passes(u); },
                 [&](UserId viewer) {
                   model::Pres pres;
                   pres.topic = core.ClientName(viewer);
                   pres.what = what;
                   return model::Packet(std::move(pres));
                 },
                 Except{.session = actor.session});
}

}  // namespace

void AnnounceTags(const ChatCore& core, const Requester& actor) {
  TellPlain(core, actor, "tags", [&](UserId u) { return u == actor.user; });
}

void AnnounceAux(const ChatCore& core, const Requester& actor) {
  TellPlain(core, actor, "aux", [](UserId) { return true; });
}

void AnnounceDeleted(const ChatCore& core, model::SessionHandle actor_session) {
  Notice notice;
  notice.what = What::kGone;
  notice.command = ContactCommand::kRemove;
  notice.skip_session = actor_session;
  core.NotifyUsers([](const Subscriber&) { return true; }, notice);
  PushDeleted(core);
}

}  // namespace molva::topic
