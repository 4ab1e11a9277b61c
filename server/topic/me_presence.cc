#include "topic/me_presence.h"

namespace molva::topic {
namespace {

using model::TopicKind;
using model::TopicName;
using model::UserId;
using presence::ContactBoard;
using presence::Notice;
using presence::What;

void NotifyPeer(const MeState& me, UserId peer, Notice notice) {
  notice.from_user = me.user_id();
  me.env.outbound.Send(TopicName::Me(peer),
                       Noticed{std::make_shared<const Notice>(std::move(notice))});
}

// Where the receiver keeps this event: a p2p contact or the topic itself.
TopicName ContactOf(const MeState& me, const Notice& notice) {
  if (notice.from_user.is_nobody() || notice.from_user == me.user_id()) return notice.topic;
  return TopicName::P2p(me.user_id(), notice.from_user);
}

std::string SourceText(const MeState& me, const Notice& notice) {
  if (notice.from_user == me.user_id()) return "me";
  return me.env.names.ClientName(ContactOf(me, notice), me.user_id());
}

model::Packet Render(const MeState& me, const Notice& notice, What what) {
  const auto name_unless = [&](UserId user, bool left_out) {
    return left_out || user.is_nobody() ? std::string() : me.env.names.TextOf(user);
  };
  const std::string source = SourceText(me, notice);
  if (what == What::kInfo) {
    model::Info info;
    info.topic = "me";
    info.src = source;
    info.from = me.env.names.TextOf(notice.actor);
    info.what = notice.note;
    info.seq = notice.seq;
    return info;
  }
  model::Pres pres;
  pres.topic = "me";
  if (what != What::kTags) pres.src = source;
  pres.what = std::string(WordOf(what));
  pres.user_agent = notice.user_agent;
  pres.seq = notice.seq;
  pres.clear = notice.clear;
  pres.actor = name_unless(notice.actor, notice.actor == me.user_id());
  pres.target = name_unless(notice.target, notice.target == me.user_id());
  if (what == What::kAcs) pres.access_delta = notice.access_delta;
  return pres;
}

void Forward(const MeState& me, const Notice& notice, What what) {
  if (me.sessions.empty()) return;
  if (notice.seen_by != nullptr && me.sessions.AreAllIn(*notice.seen_by)) return;
  me.Broadcast(Render(me, notice, what), Except{.session = notice.skip_session,
                                                .attached_to = notice.topic,
                                                .skip_attached = notice.skip_attached});
}

void AnswerOn(const MeState& me, TopicName contact, bool wants_reply) {
  const UserId peer = contact.PeerOf(me.user_id());
  if (peer.is_nobody()) {
    me.env.outbound.Send(contact, AskStatus{me.user_id()});
    return;
  }
  Notice on;
  on.what = What::kOn;
  on.wants_reply = wants_reply;
  NotifyPeer(me, peer, on);
}

bool IsStatus(What what) {
  return what == What::kOn || what == What::kOff || what == What::kGone ||
         what == What::kAskStatus || what == What::kAddOnly;
}

// Tells every group one is a member of; groups that are not loaded drop it.
void TellGroups(const MeState& me, const MemberNews& news) {
  for (const auto& [contact, entry] : me.board.contacts()) {
    if (contact.kind() == TopicKind::kGroup && entry.online) me.env.outbound.Send(contact, news);
  }
}

void TellOnlinePeers(const MeState& me, const Notice& notice) {
  for (const auto& [contact, entry] : me.board.contacts()) {
    const UserId peer = contact.PeerOf(me.user_id());
    if (!peer.is_nobody() && entry.online) NotifyPeer(me, peer, notice);
  }
}

}  // namespace

void AnnounceUserOnline(MeState& me) {
  if (me.is_online) return;
  me.is_online = true;
  Notice on;
  on.what = What::kOn;
  on.wants_reply = true;
  on.user_agent = me.user_agent;
  for (const auto& [contact, entry] : me.board.contacts()) {
    const UserId peer = contact.PeerOf(me.user_id());
    if (!peer.is_nobody()) {
      NotifyPeer(me, peer, on);
    } else if (contact.kind() == TopicKind::kGroup) {
      me.env.outbound.Send(contact, AskStatus{me.user_id()});
    }
  }
}

void AnnounceUserOffline(MeState& me) {
  if (!me.is_online) return;
  me.is_online = false;
  Notice off;
  off.what = What::kOff;
  off.user_agent = me.user_agent;
  for (const auto& [contact, entry] : me.board.contacts()) {
    const UserId peer = contact.PeerOf(me.user_id());
    if (!peer.is_nobody()) NotifyPeer(me, peer, off);
  }
}

void AnnounceUserAgent(const MeState& me) {
  Notice notice;
  notice.what = What::kUa;
  notice.user_agent = me.user_agent;
  TellOnlinePeers(me, notice);
  TellGroups(me, MemberNews{me.user_id(), What::kUa, me.user_agent});
}

void AnnounceCard(const MeState& me, model::SessionHandle actor_session, CardChange change) {
  Notice notice;
  notice.what = What::kUpd;
  if (change == CardChange::kShared) {
    TellOnlinePeers(me, notice);
    TellGroups(me, MemberNews{me.user_id(), What::kUpd, ""});
  }
  notice.from_user = me.user_id();
  notice.topic = me.name;
  notice.skip_session = actor_session;
  Forward(me, notice, What::kUpd);
}

void TakeNotice(MeState& me, const Notice& notice) {
  if (!IsStatus(notice.what)) {
    // A muted contact's changes of card and device stay silent.
    if (notice.what == What::kUa && !me.board.IsOnline(ContactOf(me, notice))) return;
    return Forward(me, notice, notice.what);
  }
  const TopicName contact = ContactOf(me, notice);
  const ContactBoard::Outcome outcome = me.board.OnStatus(contact, notice);
  if (outcome.answer_on && me.is_online) AnswerOn(me, contact, outcome.answer_wants_reply);
  if (outcome.forward.has_value()) Forward(me, notice, *outcome.forward);
}

}  // namespace molva::topic
