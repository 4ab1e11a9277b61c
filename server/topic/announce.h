// What a chat topic tells the world: presence inside the topic and notices to `me` topics.
// Rows P-07 … P-26 of docs/protocol presence §3.2.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// The rights of one user changed, came to be, or ended.
struct AccessChange {
  model::UserId user;
  Modes before;  // both unset: a new subscription
  Modes after;   // both unset: unsubscribed
  model::UserId actor;
  model::SessionHandle actor_session;
};

// P-15, P-16 and P-17 (and with them P-07 and P-09); also mutes and unmutes (P-19, P-20).
void AnnounceAccess(const ChatCore& core, const AccessChange& change);

// The same for a change that nobody is told of: only what the user sees of the others follows it.
void AnnounceAccessQuietly(const ChatCore& core, const AccessChange& change);

// P-12: the first session came to a group, the last one left it.
void AnnounceGroupOnline(ChatCore& core);
void AnnounceGroupOffline(ChatCore& core);

// P-10, P-11: a user's first session joined, the last one left. Groups only.
void AnnounceJoined(const ChatCore& core, model::UserId user, model::SessionHandle session);
void AnnounceLeft(const ChatCore& core, model::UserId user);

// P-18: `user` is no subscriber any more. `actor_session` is not told.
void AnnounceUnsubscribed(const ChatCore& core, model::UserId user,
                          model::SessionHandle actor_session);

// P-14, P-14b: the description changed, for everybody or for the actor alone.
enum class DescChange : bool { kPrivateOnly, kShared };
void AnnounceDesc(const ChatCore& core, const Requester& actor, DescChange change);

// P-21 (owner's other sessions) and P-22.
void AnnounceTags(const ChatCore& core, const Requester& actor);
void AnnounceAux(const ChatCore& core, const Requester& actor);

// P-26: the topic is gone.
void AnnounceDeleted(const ChatCore& core, model::SessionHandle actor_session);

}  // namespace molva::topic
