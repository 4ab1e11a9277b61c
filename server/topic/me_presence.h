// What the `me` topic tells its contacts, and what it makes of their notices.
#pragma once

#include "topic/me_topic.h"

namespace molva::topic {

// P-01, P-05, P-03, P-04 of docs/protocol presence §3.1.
void AnnounceUserOnline(MeState& me);
void AnnounceUserOffline(MeState& me);
void AnnounceUserAgent(const MeState& me);
enum class CardChange : bool { kOwn, kShared };  // only the private note, or the card others see
void AnnounceCard(const MeState& me, model::SessionHandle actor_session, CardChange change);

// An event from a topic or a contact: keeps the board, answers, tells one's own sessions.
void TakeNotice(MeState& me, const presence::Notice& notice);

// For the `me` of a foreign user: what his server says of him.
void TakePeerStatus(const std::shared_ptr<MeState>& me, const PeerStatus& status);
// A link came or went.
void TakePeerLink(MeState& me, const PeerLink& link);

}  // namespace molva::topic
