#include "federation/peer/shard_gate.h"

#include <utility>

namespace molva::federation {

using topic::LaneKind;

void ShardGate::Enqueue(const std::string& domain, decltype(Parcel::content) content) {
  bound_.Check();
  if (outboxes_.empty()) outboxes_.resize(static_cast<std::size_t>(post_.shard_count()));
  outboxes_[static_cast<std::size_t>(post_.IndexFor(domain))].push_back(
      {domain, std::move(content)});
  if (std::exchange(flush_is_due_, true)) return;
  shard_.Post([this] { Flush(); });
}

void ShardGate::Flush() {
  flush_is_due_ = false;
  for (std::size_t i = 0; i < outboxes_.size(); ++i) {
    if (!outboxes_[i].empty()) {
      post_.Carry(static_cast<int>(i), std::exchange(outboxes_[i], {}));
    }
  }
}

void ShardGate::OnLink(const topic::PeerLink& news, std::uint64_t link, Topics& topics) {
  bound_.Check();
  if (news.state == topic::PeerLink::State::kUp) {
    connected_.insert(news.domain);
  } else {
    connected_.erase(news.domain);
  }
  topics.SendToAll(news);
  if (news.state != topic::PeerLink::State::kUp) return;
  // Behind what the topics have been told and behind what they say to it.
  shard_.Post([this, domain = news.domain, link] { Enqueue(domain, ToldParcel{link}); });
}

void ShardGate::OnRoom(const std::string& domain, LinkHerald::Room room) {
  bound_.Check();
  if (room == LinkHerald::Room::kNone) {
    full_.insert(domain);
  } else {
    full_.erase(domain);
  }
}

void ShardGate::Deliver(const std::string& domain, model::TopicName topic, LaneKind kind,
                        topic::LaneItemPtr item) {
  Enqueue(domain, DeliverParcel{{topic, kind}, std::move(item)});
}

void ShardGate::Acknowledge(const std::string& domain, model::TopicName topic, LaneKind kind,
                            std::int64_t through, std::vector<topic::Outcome> outcomes) {
  Enqueue(domain, AcknowledgeParcel{{topic, kind}, through, std::move(outcomes)});
}

void ShardGate::Refuse(const std::string& domain, model::TopicName topic, LaneKind kind,
                       std::int64_t n, topic::Refusal why) {
  Enqueue(domain, RefuseParcel{{topic, kind}, n, why});
}

void ShardGate::AskAgain(const std::string& domain, model::TopicName topic, LaneKind kind,
                         std::int64_t after) {
  Enqueue(domain, AskAgainParcel{{topic, kind}, after});
}

void ShardGate::SendNote(const std::string& domain, model::TopicName topic, model::UserId user,
                         std::string_view what, model::SeqId seq) {
  Enqueue(domain, NoteParcel{topic, user, std::string(what), seq});
}

void ShardGate::SendStatus(const std::string& domain, model::UserId user, presence::What what,
                           const std::string& user_agent, absl::Time card_time) {
  Enqueue(domain, StatusParcel{user, what, user_agent, card_time});
}

bool ShardGate::IsConnected(const std::string& domain) const { return connected_.contains(domain); }

bool ShardGate::HasRoomFor(const std::string& domain) const { return !full_.contains(domain); }

template <typename T>
store::Done<T> ShardGate::Here(store::Done<T> done) {
  return [&shard = shard_, done = std::move(done)](absl::StatusOr<T> answer) mutable {
    shard.Post([done = std::move(done), answer = std::move(answer)]() mutable {
      done(std::move(answer));
    });
  };
}

void ShardGate::LookUp(model::UserId user, store::Done<store::UserRecord> done) {
  Enqueue(names_.DomainOf(user), LookUpParcel{user, Here(std::move(done))});
}

void ShardGate::Find(const std::string& domain, const std::string& text,
                     store::Done<std::vector<store::TagHit>> done) {
  Enqueue(domain, FindParcel{text, Here(std::move(done))});
}

}  // namespace molva::federation
