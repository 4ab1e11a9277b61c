#include "topic/pushes.h"

#include "push/news.h"

namespace molva::topic {
namespace {

using model::AccessMode;
using model::TopicKind;
using model::UserId;
using push::Target;

int ShardOf(const ChatCore& core, UserId user) {
  const auto shards = static_cast<std::uint64_t>(core.env.outbound.shard_count());
  return static_cast<int>(model::TopicName::Me(user).StableHash() % shards);
}

// People of other servers hear of it from these.
bool IsWoken(const ChatCore& core, const Subscriber& subscriber) {
  return subscriber.mode().Has(AccessMode::kRead | AccessMode::kPresence) &&
         !core.env.names.IsForeign(subscriber.record.user);
}

Target TargetOf(const ChatCore& core, UserId user) {
  Target target;
  target.user = user;
  target.topic = core.ClientName(user);
  return target;
}

// Hands the news to the desks of its targets.
void Spread(const ChatCore& core, const push::Payload& payload, std::vector<Target> targets) {
  std::vector<push::News> news(static_cast<std::size_t>(core.env.outbound.shard_count()));
  for (Target& target : targets) {
    news[static_cast<std::size_t>(ShardOf(core, target.user))].targets.push_back(std::move(target));
  }
  for (std::size_t shard = 0; shard < news.size(); ++shard) {
    if (news[shard].targets.empty()) continue;
    news[shard].payload = payload;
    news[shard].topic = core.name;
    core.env.outbound.Push(static_cast<int>(shard),
                           std::make_shared<const push::News>(std::move(news[shard])));
  }
}

// Readers of a channel follow it at the push service; they are told nobody's name.
void SpreadToChannel(const ChatCore& core, push::Payload payload) {
  if (!core.record.is_channel) return;
  payload.from.clear();
  push::News news;
  news.payload = std::move(payload);
  news.topic = core.name;
  news.channel = core.env.names.TextOfChannel(core.name);
  const auto shards = static_cast<std::uint64_t>(core.env.outbound.shard_count());
  core.env.outbound.Push(static_cast<int>(core.name.StableHash() % shards),
                         std::make_shared<const push::News>(std::move(news)));
}

std::string TextIn(const model::JsonFields& head, std::string_view key) {
  const model::RawJson* value = model::FindField(head, key);
  return value == nullptr ? std::string() : model::ParseJsonText(*value).value_or("");
}

push::Payload PayloadOf(const ChatCore& core, const store::MessageRecord& message) {
  push::Payload payload;
  payload.what = push::What::kMessage;
  if (!message.from.is_nobody()) payload.from = core.TextOf(message.from);
  payload.when = message.created;
  payload.seq = message.seq;
  payload.mime = TextIn(message.head, "mime");
  payload.content = message.content;
  payload.webrtc = TextIn(message.head, "webrtc");
  payload.replaces = TextIn(message.head, "replace");
  const model::RawJson* audio_only = model::FindField(message.head, "aonly");
  payload.is_audio_only = audio_only != nullptr && audio_only->text == "true";
  return payload;
}

push::Payload PayloadOf(const ChatCore& core, const AccessChange& change) {
  push::Payload payload;
  payload.what = push::What::kSubscription;
  if (!change.actor.is_nobody()) payload.from = core.TextOf(change.actor);
  payload.when = core.env.shard.Now();
  payload.seq = core.record.seq;
  payload.want = change.after.want;
  payload.given = change.after.given;
  return payload;
}

void Forget(const ChatCore& core, UserId user) {
  core.env.outbound.Push(ShardOf(core, user), push::ForgetUser{user});
}

}  // namespace

void PushMessage(const ChatCore& core, const store::MessageRecord& message) {
  if (!core.env.outbound.has_pushers()) return;
  const push::Payload payload = PayloadOf(core, message);
  const bool wakes = payload.webrtc.empty() && payload.replaces.empty();
  std::vector<Target> targets;
  for (const auto& [user, subscriber] : core.subscribers) {
    if (!IsWoken(core, subscriber)) continue;
    Target& target = targets.emplace_back(TargetOf(core, user));
    const bool is_own = user == message.from;
    target.is_silent = !wakes || is_own || core.sessions.CountOf(user) > 0;
    if (is_own) target.read = message.seq;
  }
  Spread(core, payload, std::move(targets));
  SpreadToChannel(core, payload);
}

void PushAccess(const ChatCore& core, const AccessChange& change) {
  if (!core.env.outbound.has_pushers() || core.env.names.IsForeign(change.user)) return;
  Forget(core, change.user);  // with R messages begin and cease to count
  if (change.before.want.is_set() || !change.after.want.is_set()) return;
  std::vector<Target> targets;
  if (change.user != change.actor) targets.push_back(TargetOf(core, change.user));
  if (core.name.kind() == TopicKind::kGroup) {
    for (const auto& [user, subscriber] : core.subscribers) {
      if (user == change.user || user == change.actor || !IsWoken(core, subscriber)) continue;
      targets.push_back(TargetOf(core, user));
    }
  }
  Spread(core, PayloadOf(core, change), std::move(targets));
}

void PushRead(const ChatCore& core, UserId user, model::SeqId seq) {
  if (!core.env.outbound.has_pushers() || core.env.names.IsForeign(user)) return;
  push::Payload payload;
  payload.what = push::What::kRead;
  payload.from = core.TextOf(user);
  payload.when = core.env.shard.Now();
  payload.seq = seq;
  Target target = TargetOf(core, user);
  target.is_silent = true;
  target.read = seq;
  Spread(core, payload, {std::move(target)});
}

void PushDeleted(const ChatCore& core) {
  if (!core.env.outbound.has_pushers()) return;
  for (const auto& [user, subscriber] : core.subscribers) {
    if (subscriber.is_live() && !core.env.names.IsForeign(user)) Forget(core, user);
  }
  push::Payload payload;
  payload.what = push::What::kSubscription;
  payload.when = core.env.shard.Now();
  payload.seq = core.record.seq;
  payload.want = payload.given = AccessMode::None();
  SpreadToChannel(core, std::move(payload));
}

}  // namespace molva::topic
