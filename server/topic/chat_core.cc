#include "topic/chat_core.h"

#include <set>

#include "base/check.h"
#include "base/log.h"
#include "model/shared_packet.h"
#include "topic/remote/events.h"
#include "topic/remote/recovery.h"

namespace molva::topic {

using model::AccessMode;
using model::TopicKind;
using model::UserId;

ChatCore::ChatCore(model::TopicName topic_name, const TopicEnv& topic_env)
    : name(topic_name),
      env(topic_env),
      sessions(topic_env.outbound.shard_count()),
      readers(topic_env.outbound.shard_count()) {}

Subscriber* ChatCore::FindAny(UserId user) {
  const auto at = subscribers.find(user);
  return at == subscribers.end() ? nullptr : &at->second;
}

Subscriber* ChatCore::FindLive(UserId user) {
  Subscriber* found = FindAny(user);
  return found != nullptr && found->is_live() ? found : nullptr;
}

AccessMode ChatCore::ModeOf(UserId user) const {
  const auto at = subscribers.find(user);
  return at == subscribers.end() ? AccessMode::None() : at->second.mode();
}

const Subscriber* ChatCore::FindSelf(const Requester& from) const {
  if (from.as_reader) {
    const ChannelReaders::Reader* reader = readers.Find(from.user);
    const bool is_live = reader != nullptr && reader->subscriber.has_value();
    return is_live && reader->subscriber->is_live() ? &*reader->subscriber : nullptr;
  }
  const auto at = subscribers.find(from.user);
  return at != subscribers.end() && at->second.is_live() ? &at->second : nullptr;
}

AccessMode ChatCore::ModeOf(const Requester& from) const {
  const Subscriber* self = FindSelf(from);
  return self == nullptr ? AccessMode::None() : self->mode();
}

int ChatCore::CountLive() const {
  int count = 0;
  for (const auto& [user, subscriber] : subscribers) count += subscriber.is_live() ? 1 : 0;
  return count;
}

void ChatCore::Reply(const Requester& to, model::Fault fault, model::JsonFields params) {
  if (to.is_remote()) {
    const model::FaultRow& row = model::RowOf(fault);
    const std::int64_t number = lanes.cause == nullptr ? 0 : lanes.cause->item->n;
    lanes.replies.push_back({number, row.code, std::string(row.text), model::JsonObject(params)});
    return;
  }
  Send(to, model::MakeCtrl(fault, to.request_id, to.topic_text, to.received, std::move(params)));
}

void ChatCore::ReplyInWords(const Requester& to, model::Fault fault, const std::string& text) {
  if (text.empty()) return Reply(to, fault);
  if (to.is_remote()) {
    Reply(to, fault);
    lanes.replies.back().text = text;
    return;
  }
  model::Ctrl ctrl = model::MakeCtrl(fault, to.request_id, to.topic_text, to.received);
  ctrl.text = text;
  Send(to, std::move(ctrl));
}

void ChatCore::Refuse(const Requester& to, const absl::Status& status) {
  Reply(to, model::FaultOf(status));
}

void ChatCore::Send(const Requester& to, model::Packet packet) const {
  if (to.is_remote()) return;
  env.outbound.Reply(to.session, model::Share(std::move(packet)));
}

void ChatCore::Release() {
  MOLVA_CHECK(holds_ > 0, "Release without Hold");
  if (--holds_ == 0 && on_released) on_released();
}

void ChatCore::Commit(store::Batch batch, absl::AnyInvocable<void(absl::Status)> done) {
  Hold();
  auto sealed = std::make_shared<const Sealed>(SealEvents(*this, batch, lanes.actor, lanes.cause));
  if (!sealed->empty()) lanes.cause_has_effect = true;
  std::vector<store::SubscriptionRecord> written;
  if (publishes_in_flight > 0) {
    for (const store::Mutation& mutation : batch) {
      const auto* put = std::get_if<store::PutSubscription>(&mutation);
      if (put != nullptr && !put->subscription.deleted.has_value()) {
        written.push_back(put->subscription);
      }
    }
  }
  env.store.Write(std::move(batch), [self = shared_from_this(), written = std::move(written),
                                     sealed, done = std::move(done)](absl::Status status) mutable {
    const bool ok = status.ok();
    if (ok) self->RestoreMarks(written);
    done(std::move(status));
    if (ok) {
      DeliverSealed(*self, *sealed);
    } else if (!sealed->empty()) {
      self->Recover();
    }
    self->Release();
  });
}

void ChatCore::Recover() {
  if (!is_resyncing) Hold();
  is_resyncing = true;
  RecoverIfIdle();
}

void ChatCore::RecoverIfIdle() {
  if (!is_resyncing || publishes_in_flight > 0 || std::exchange(is_rereading, true)) return;
  RereadNumbers(shared_from_this());
}

void ChatCore::RestoreMarks(const std::vector<store::SubscriptionRecord>& written) {
  store::Batch batch;
  for (const store::SubscriptionRecord& put : written) {
    const Subscriber* known = FindLive(put.user);
    if (known == nullptr) continue;
    const store::SubscriptionRecord& now = known->record;
    if (now.read <= put.read && now.recv <= put.recv) continue;
    batch.emplace_back(store::RaiseMarks{name, put.user, false, now.recv, now.read});
  }
  if (batch.empty()) return;
  env.store.Write(std::move(batch), [](const absl::Status& status) {
    if (!status.ok()) {
      base::LogWarning("marks not stored", {{"error", std::string(status.message())}});
    }
  });
}

void ChatCore::Replace(store::SubscriptionRecord fresh) {
  Subscriber& subscriber = subscribers[fresh.user];
  if (subscriber.record.created != absl::Time() && subscriber.is_live()) {
    fresh.read = std::max(fresh.read, subscriber.record.read);
    fresh.recv = std::max(fresh.recv, subscriber.record.recv);
  }
  subscriber.record = std::move(fresh);
}

std::vector<UserId> ChatCore::Viewers() const {
  if (name.kind() == TopicKind::kGroup || name.kind() == TopicKind::kSys) {
    return {UserId::Nobody()};
  }
  std::vector<UserId> parties;
  for (const auto& [user, subscriber] : subscribers) {
    if (sessions.CountOf(user) > 0) parties.push_back(user);
  }
  return parties;
}

void ChatCore::Broadcast(const Passes& passes, const Render& render, Except except) const {
  for (const UserId viewer : Viewers()) {
    const std::vector<SessionListPtr> lists = sessions.Select(
        [&](UserId user) { return (viewer.is_nobody() || viewer == user) && passes(user); });
    model::PacketPtr packet;
    for (std::size_t shard = 0; shard < lists.size(); ++shard) {
      if (lists[shard] == nullptr) continue;
      if (packet == nullptr) packet = model::Share(render(viewer));
      env.outbound.FanOut(static_cast<int>(shard), lists[shard], packet, except);
    }
  }
}

std::vector<UserListPtr> ChatCore::SplitByShard(const std::vector<UserId>& users) const {
  const auto shards = static_cast<std::size_t>(env.outbound.shard_count());
  std::vector<UserList> lists(shards);
  for (const UserId user : users) {
    lists[model::TopicName::Me(user).StableHash() % shards].push_back(user);
  }
  std::vector<UserListPtr> shared(shards);
  for (std::size_t i = 0; i < shards; ++i) {
    if (!lists[i].empty()) shared[i] = std::make_shared<const UserList>(std::move(lists[i]));
  }
  return shared;
}

void ChatCore::NotifyUsers(const std::function<bool(const Subscriber&)>& passes,
                           presence::Notice notice) const {
  std::vector<UserId> users;
  for (const auto& [user, subscriber] : subscribers) {
    if (subscriber.is_live() && passes(subscriber)) users.push_back(user);
  }
  if (users.empty()) return;
  notice.topic = name;
  const auto shared = std::make_shared<const presence::Notice>(std::move(notice));
  const std::vector<UserListPtr> lists = SplitByShard(users);
  for (std::size_t shard = 0; shard < lists.size(); ++shard) {
    if (lists[shard] != nullptr) {
      env.outbound.Notify(static_cast<int>(shard), lists[shard], shared);
    }
  }
}

void ChatCore::NotifyUser(UserId user, presence::Notice notice) const {
  notice.topic = name;
  env.outbound.Send(model::TopicName::Me(user),
                    Noticed{std::make_shared<const presence::Notice>(std::move(notice))});
}

const std::vector<ChatCore::Audience>& ChatCore::DataAudience() {
  if (!audience_is_fresh_) {
    data_audience_.clear();
    for (const UserId viewer : Viewers()) {
      data_audience_.push_back({viewer, sessions.Select([&](UserId user) {
                                  return (viewer.is_nobody() || viewer == user) &&
                                         ModeOf(user).Has(AccessMode::kRead);
                                })});
    }
    std::vector<UserId> users;
    for (const auto& [user, subscriber] : subscribers) {
      // Foreign members hear of it from their own server.
      if (subscriber.mode().Has(AccessMode::kRead | AccessMode::kPresence) &&
          !env.names.IsForeign(user)) {
        users.push_back(user);
      }
    }
    news_audience_ = SplitByShard(users);
    presence::SessionSet all;
    for (const Audience& audience : data_audience_) {
      for (const SessionListPtr& list : audience.sessions) {
        if (list != nullptr) all.insert(list->begin(), list->end());
      }
    }
    data_sessions_ = std::make_shared<const presence::SessionSet>(std::move(all));
    audience_is_fresh_ = true;
  }
  return data_audience_;
}

const std::vector<UserListPtr>& ChatCore::NewsAudience() {
  DataAudience();
  return news_audience_;
}

std::shared_ptr<const presence::SessionSet> ChatCore::DataSessions() {
  DataAudience();
  return data_sessions_;
}

const std::vector<std::string>& ChatCore::PeerDomains() {
  if (!peers_are_fresh_) {
    std::set<std::string> domains;
    for (const auto& [user, subscriber] : subscribers) {
      if (subscriber.is_live() && env.names.IsForeign(user)) {
        domains.insert(env.names.DomainOf(user));
      }
    }
    peer_domains_.assign(domains.begin(), domains.end());
    peers_are_fresh_ = true;
  }
  return peer_domains_;
}

void ChatCore::Changed() {
  audience_is_fresh_ = false;
  peers_are_fresh_ = false;
}

}  // namespace molva::topic
