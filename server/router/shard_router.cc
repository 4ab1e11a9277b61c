#include "router/shard_router.h"

#include <algorithm>

#include "router/router.h"

namespace molva::router {

ShardRouter::ShardRouter(Router& router, runtime::Shard& shard, store::Store& store,
                         const topic::Limits& limits, const names::NameBook& names,
                         topic::PeerPort& peers, const topic::Services& services,
                         std::vector<std::string> reserved_tag_namespaces)
    : router_(router),
      env_{shard, store, *this, limits, names, peers, services, std::move(reserved_tag_namespaces)},
      desk_(shard, store, services.pushers),
      sessions_(shard.index()) {}

int ShardRouter::shard_count() const { return router_.size(); }

void ShardRouter::Reply(model::SessionHandle to, model::PacketPtr packet) {
  Enqueue(to.shard, ToSession{to, std::move(packet)});
}

void ShardRouter::FanOut(int shard, topic::SessionListPtr sessions, model::PacketPtr packet,
                         topic::Except except) {
  Enqueue(shard, ToSessions{std::move(sessions), std::move(packet), except});
}

void ShardRouter::Settle(model::SessionHandle session, model::TopicName topic, Attached attached) {
  Enqueue(session.shard, Settlement{session, topic, attached});
}

void ShardRouter::Detached(model::SessionHandle session, model::TopicName topic) {
  Enqueue(session.shard, Detachment{session, topic});
}

void ShardRouter::Notify(int shard, topic::UserListPtr users, presence::NoticePtr notice) {
  Enqueue(shard, ToUsers{std::move(users), std::move(notice)});
}

void ShardRouter::Send(model::TopicName topic, topic::Command command) {
  Enqueue(router_.IndexFor(topic),
          ToTopic{topic, std::make_unique<topic::Command>(std::move(command))});
}

void ShardRouter::Push(int shard, push::DeskNews news) { Enqueue(shard, ToDesk{std::move(news)}); }

void ShardRouter::SendToAll(const topic::PeerLink& command) {
  // In an order of its own: what a simulation has done it must do again.
  std::vector<model::TopicName> names;
  names.reserve(topics_.size());
  for (const auto& [name, topic] : topics_) names.push_back(name);
  std::sort(names.begin(), names.end());
  for (const model::TopicName& name : names) Send(name, command);
}

void ShardRouter::Unload(model::TopicName topic) {
  const auto at = topics_.find(topic);
  if (at == topics_.end()) return;
  retired_.push_back(std::move(at->second));
  topics_.erase(at);
  topic_count_.store(topics_.size(), std::memory_order_relaxed);
}

void ShardRouter::Enqueue(int shard, Parcel parcel) {
  bound_.Check();
  if (outboxes_.empty()) outboxes_.resize(static_cast<std::size_t>(router_.size()));
  outboxes_[static_cast<std::size_t>(shard)].push_back(std::move(parcel));
  if (flush_is_due_) return;
  flush_is_due_ = true;
  env_.shard.Post([this] { Flush(); });
}

void ShardRouter::Flush() {
  flush_is_due_ = false;
  retired_.clear();
  for (int shard = 0; shard < router_.size(); ++shard) {
    Parcels& outbox = outboxes_[static_cast<std::size_t>(shard)];
    if (outbox.empty()) continue;
    Parcels parcels;
    parcels.swap(outbox);
    if (shard == env_.shard.index()) {
      Take(std::move(parcels));
    } else {
      router_.shard(shard).Post(
          [target = &router_.at(shard), parcels = std::move(parcels)]() mutable {
            target->Take(std::move(parcels));
          });
    }
  }
}

void ShardRouter::Take(Parcels parcels) {
  for (Parcel& parcel : parcels) {
    std::visit([this](auto& content) { Open(content); }, parcel);
  }
}

void ShardRouter::Open(ToSession& parcel) {
  if (SessionSink* sink = sessions_.Find(parcel.to)) sink->OnReply(parcel.packet);
}

void ShardRouter::Open(ToSessions& parcel) {
  for (const model::SessionHandle handle : *parcel.sessions) {
    if (handle == parcel.except.session) continue;
    SessionSink* sink = sessions_.Find(handle);
    if (sink == nullptr) continue;
    if (parcel.except.skip_attached && sink->IsAttachedTo(parcel.except.attached_to)) continue;
    sink->OnFanOut(parcel.packet);
  }
}

void ShardRouter::Open(Settlement& parcel) {
  if (SessionSink* sink = sessions_.Find(parcel.session)) {
    sink->OnSettled(parcel.topic, parcel.attached);
  } else if (parcel.attached == Attached::kYes) {
    // The session died while it was joining.
    Send(parcel.topic, topic::SessionGone{parcel.session});
  }
}

void ShardRouter::Open(Detachment& parcel) {
  if (SessionSink* sink = sessions_.Find(parcel.session)) sink->OnDetached(parcel.topic);
}

void ShardRouter::Open(ToUsers& parcel) {
  for (const model::UserId user : *parcel.users) {
    const auto at = topics_.find(model::TopicName::Me(user));
    if (at != topics_.end()) at->second->Handle(topic::Noticed{parcel.notice});
  }
}

void ShardRouter::Open(ToDesk& parcel) { desk_.Take(parcel.news); }

void ShardRouter::Open(ToTopic& parcel) {
  auto at = topics_.find(parcel.topic);
  if (at == topics_.end()) {
    if (!topic::LoadsTopic(*parcel.command)) return;
    std::shared_ptr<topic::Topic> made = topic::MakeTopic(parcel.topic, env_);
    if (made == nullptr) return;
    at = topics_.emplace(parcel.topic, std::move(made)).first;
    topic_count_.store(topics_.size(), std::memory_order_relaxed);
  }
  // A copy, because the topic may ask to be unloaded while it works.
  const std::shared_ptr<topic::Topic> keep = at->second;
  keep->Handle(std::move(*parcel.command));
}

}  // namespace molva::router
