// Channels: what a user asks for under the name that a channel has for its readers ("chn…").
#pragma once

#include "topic/chat_core.h"
#include "topic/join.h"

namespace molva::topic {

// Carries out `command`, whose requester wrote the name of a reader. The topic exists; one that is
// no channel has no such name and answers 404.
// Source: docs/protocol behaviour §16 and what its other sections say of channels.
void HandleAsReader(const CorePtr& core, Command command);

// Whether `command` must wait until the store has said what `user` is as a reader. Then it is given
// to the topic again; otherwise the reader is in memory, and known, until Tidy.
bool WaitsForReader(const CorePtr& core, model::UserId user, const Command& command);

// Writes the subscription of a reader who is in memory and known, keeps it, then runs `done`. What
// the reader asks for meanwhile waits.
void StoreReader(const CorePtr& core, const store::SubscriptionRecord& fresh,
                 absl::AnyInvocable<void(absl::Status)> done);

// `fresh`, which is stored, takes the place of `former` (unset: there was none).
void KeepReader(ChatCore& core, const std::optional<Subscriber>& former,
                const store::SubscriptionRecord& fresh);

// `reader` as it is when it has ended.
store::SubscriptionRecord EndedReader(store::SubscriptionRecord reader, absl::Time now);

// To the user's `me`, where the topic has its reader's name.
void NotifyReader(const ChatCore& core, model::UserId user, presence::Notice notice);

// Detaches all sessions of the reader `user` with ctrl 205, except `spared`.
void EvictReader(ChatCore& core, model::UserId user, Unsubscribed unsubscribed,
                 model::SessionHandle spared);

// One rendering of `message` for all readers: without its author.
void TellReaders(ChatCore& core, const store::MessageRecord& message);
// `info` under the channel's name; it must not say who did what.
void TellReadersInfo(ChatCore& core, model::Info info);
void TellReadersDeleted(ChatCore& core, const store::DeletionRecord& deletion);
// The channel is gone: sessions are detached without a word, `gone` on `me` tells them.
void ForgetReaders(ChatCore& core);

}  // namespace molva::topic
