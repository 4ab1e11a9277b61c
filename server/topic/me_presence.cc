#include "topic/me_presence.h"

#include <set>
#include <string>

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
  if (notice.to_reader) return me.env.names.TextOfChannel(notice.topic);
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
    info.from = name_unless(notice.actor, false);
    info.what = notice.note;
    info.seq = notice.seq;
    info.event = notice.event;
    info.payload = notice.payload;
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

// The servers of unmuted foreign contacts.
std::set<std::string> ServersOf(const MeState& me) {
  std::set<std::string> servers;
  const names::NameBook& names = me.env.names;
  if (!names.is_federated() || names.IsForeign(me.user_id())) return servers;
  for (const auto& [contact, entry] : me.board.contacts()) {
    const UserId peer = contact.PeerOf(me.user_id());
    if (entry.enabled && names.IsForeign(peer)) servers.insert(names.DomainOf(peer));
  }
  return servers;
}

void TellServer(const MeState& me, const std::string& domain, What what) {
  me.env.peers.SendStatus(domain, me.user_id(), what, me.user_agent, me.user.updated);
}

// One entry for each server, however many contacts are there.
void TellServers(const MeState& me, What what) {
  for (const std::string& domain : ServersOf(me)) TellServer(me, domain, what);
}

}  // namespace

void AnnounceUserOnline(MeState& me) {
  if (me.is_online) return;
  me.is_online = true;
  TellServers(me, What::kOn);
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
  TellServers(me, What::kOff);
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
  TellServers(me, What::kUa);
}

void AnnounceCard(const MeState& me, model::SessionHandle actor_session, CardChange change) {
  Notice notice;
  notice.what = What::kUpd;
  if (change == CardChange::kShared) {
    TellOnlinePeers(me, notice);
    TellGroups(me, MemberNews{me.user_id(), What::kUpd, ""});
    TellServers(me, What::kUpd);
  }
  notice.from_user = me.user_id();
  notice.topic = me.name;
  notice.skip_session = actor_session;
  Forward(me, notice, What::kUpd);
}

namespace {

// The card is what his server shows; the port puts it into the store.
void RefreshCard(const std::shared_ptr<MeState>& me) {
  me->env.peers.LookUp(me->user_id(), [me](const absl::StatusOr<store::UserRecord>& found) {
    if (!found.ok()) return;  // asked again with his next status
    me->user = *found;
    AnnounceCard(*me, {}, CardChange::kShared);
  });
}

}  // namespace

void TakePeerStatus(const std::shared_ptr<MeState>& me, const PeerStatus& status) {
  if (status.what == What::kOff) {
    AnnounceUserOffline(*me);
  } else if (status.what == What::kOn) {
    me->user_agent = status.user_agent;
    AnnounceUserOnline(*me);
  } else if (status.what == What::kUa) {
    me->user_agent = status.user_agent;
    AnnounceUserAgent(*me);
  }
  if (status.card_time > me->user.updated) RefreshCard(me);
}

void TakePeerLink(MeState& me, const PeerLink& link) {
  const names::NameBook& names = me.env.names;
  if (names.IsForeign(me.user_id())) {
    // Of a server that is silent nobody knows who is online.
    const bool is_unknown = link.state == PeerLink::State::kUnknown;
    if (is_unknown && names.DomainOf(me.user_id()) == link.domain) AnnounceUserOffline(me);
  } else if (link.state == PeerLink::State::kUp && me.is_online &&
             ServersOf(me).contains(link.domain)) {
    TellServer(me, link.domain, What::kOn);
  }
}

void TakeNotice(MeState& me, const Notice& notice) {
  if (notice.to_reader) return Forward(me, notice, notice.what);
  if (!IsStatus(notice.what)) {
    // A muted contact's changes of card and device stay silent.
    if (notice.what == What::kUa && !me.board.IsOnline(ContactOf(me, notice))) return;
    return Forward(me, notice, notice.what);
  }
  const TopicName contact = ContactOf(me, notice);
  const bool was_enabled = me.board.IsEnabled(contact);
  const ContactBoard::Outcome outcome = me.board.OnStatus(contact, notice);
  const UserId peer = contact.PeerOf(me.user_id());
  if (!was_enabled && me.is_online && me.board.IsEnabled(contact) && me.env.names.IsForeign(peer) &&
      !me.env.names.IsForeign(me.user_id())) {
    TellServer(me, me.env.names.DomainOf(peer), What::kOn);
  }
  if (outcome.answer_on && me.is_online) AnswerOn(me, contact, outcome.answer_wants_reply);
  if (outcome.forward.has_value()) Forward(me, notice, *outcome.forward);
}

}  // namespace molva::topic
