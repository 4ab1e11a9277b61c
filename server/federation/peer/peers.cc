#include "federation/peer/peers.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/log.h"
#include "base/string_map.h"
#include "federation/peer/directory.h"
#include "federation/peer/frames.h"
#include "federation/peer/parcels.h"
#include "federation/peer/roster.h"
#include "federation/peer/shard_gate.h"
#include "names/domain.h"

namespace molva::federation {
namespace {

// The topics of a shard of the router.
class RouterTopics final : public Topics {
 public:
  explicit RouterTopics(router::ShardRouter& router) : router_(router) {}
  void Send(model::TopicName topic, topic::Command command) override {
    router_.Send(topic, std::move(command));
  }
  void SendToAll(const topic::PeerLink& command) override { router_.SendToAll(command); }

 private:
  router::ShardRouter& router_;
};

// Topics that are known only after the router was built, which needs the ports.
class LateTopics final : public Topics {
 public:
  void Set(Topics& topics) { topics_ = &topics; }
  void Send(model::TopicName topic, topic::Command command) override {
    topics_->Send(topic, std::move(command));
  }
  void SendToAll(const topic::PeerLink& command) override { topics_->SendToAll(command); }

 private:
  Topics* topics_ = nullptr;
};

}  // namespace

// Ways between the shards.
class Peers::Post final : public ParcelPost, public LinkHerald {
 public:
  explicit Post(Peers& peers, const runtime::ShardSet& shards) : peers_(peers), shards_(shards) {}

  const runtime::ShardSet& shards() const { return shards_; }

  // ParcelPost
  int IndexFor(std::string_view domain) const override {
    return shards_.IndexFor(base::StringHash{}(domain));
  }
  int shard_count() const override { return shards_.size(); }
  void Carry(int index, std::vector<Parcel> parcels) override;

  // LinkHerald
  void Announce(const topic::PeerLink& news, std::uint64_t link) override;
  void AnnounceRoom(const std::string& domain, Room room) override;

 private:
  Peers& peers_;
  const runtime::ShardSet& shards_;
};

// What lives on one shard. Thread: confined to it, but for the constructor.
class Peers::PerShard {
 public:
  PerShard(int index, const PeersParts& parts, Post& post)
      : options(parts.options),
        policy{parts.key, parts.rules},
        shard(parts.shards.at(index)),
        directory(shard, parts.discovery, parts.discovery_shard),
        gate(shard, parts.names, post),
        env{shard,       *parts.stores[static_cast<std::size_t>(index)],
            parts.names, parts.dialer,
            directory,   topics,
            post,        options,
            policy},
        roster(env) {}

  const Options options;
  LivePolicy policy;
  runtime::Shard& shard;
  LateTopics topics;
  std::unique_ptr<RouterTopics> router_topics;
  Directory directory;
  ShardGate gate;
  PeerEnv env;
  Roster roster;
};

void Peers::Post::Carry(int index, std::vector<Parcel> parcels) {
  PerShard& there = *peers_.per_shard_[static_cast<std::size_t>(index)];
  there.shard.Post(
      [&there, parcels = std::move(parcels)]() mutable { there.roster.Take(std::move(parcels)); });
}

void Peers::Post::Announce(const topic::PeerLink& news, std::uint64_t link) {
  for (const auto& there : peers_.per_shard_) {
    there->shard.Post(
        [&there = *there, news, link] { there.gate.OnLink(news, link, there.topics); });
  }
}

void Peers::Post::AnnounceRoom(const std::string& domain, Room room) {
  for (const auto& there : peers_.per_shard_) {
    there->shard.Post([&there = *there, domain, room] { there.gate.OnRoom(domain, room); });
  }
}

Peers::Peers(PeersParts parts) : post_(std::make_unique<Post>(*this, parts.shards)) {
  for (int i = 0; i < parts.shards.size(); ++i) {
    per_shard_.push_back(std::make_unique<PerShard>(i, parts, *post_));
  }
}

Peers::~Peers() = default;

topic::PeerPort& Peers::port(int index) {
  return per_shard_[static_cast<std::size_t>(index)]->gate;
}

Peers::PerShard& Peers::at(std::string_view domain) {
  return *per_shard_[static_cast<std::size_t>(post_->IndexFor(domain))];
}

void Peers::Start(router::Router& router) {
  std::vector<Topics*> topics;
  for (int i = 0; i < router.size(); ++i) {
    PerShard& here = *per_shard_[static_cast<std::size_t>(i)];
    here.router_topics = std::make_unique<RouterTopics>(router.at(i));
    topics.push_back(here.router_topics.get());
  }
  Start(std::move(topics));
}

void Peers::Start(std::vector<Topics*> topics) {
  for (std::size_t i = 0; i < per_shard_.size(); ++i) per_shard_[i]->topics.Set(*topics[i]);
  PerShard& first = *per_shard_.front();
  first.shard.Post([this, &first] { WakePeers(first.shard, first.env.store); });
}

// Peers for which something waits since before the start.
void Peers::WakePeers(runtime::Shard& shard, store::Store& store) {
  store.ListDeliveries(
      {}, [this, &shard, &store](const absl::StatusOr<std::vector<store::DeliveryRecord>>& rows) {
        if (!rows.ok()) {
          base::LogWarning("what peers must get cannot be read; trying again");
          shard.StartTimer(absl::Seconds(1), [this, &shard, &store] { WakePeers(shard, store); });
          return;
        }
        std::string last;
        for (const store::DeliveryRecord& row : *rows) {
          if (row.peer == last) continue;
          last = row.peer;
          PerShard& there = at(last);
          there.shard.Post([&there, domain = last] { there.roster.Wake(domain); });
        }
      });
}

void Peers::Stop(runtime::Task done) {
  // Shared by the shards; the last one tells.
  struct Countdown {
    std::atomic<std::size_t> left;
    runtime::Task done;
  };
  auto countdown = std::make_shared<Countdown>();
  countdown->left = per_shard_.size();
  countdown->done = std::move(done);
  for (const auto& here : per_shard_) {
    here->shard.Post([&here = *here, countdown] {
      here.roster.Stop([countdown] {
        if (countdown->left.fetch_sub(1) == 1) countdown->done();
      });
    });
  }
}

void Peers::OnIncoming(std::string first_frame, PublicKey key, MakePipe make) {
  if (first_frame.size() > kMaxHelloBytes) return;
  absl::StatusOr<ReceivedFrame> frame = DecodeFrame(first_frame);
  if (!frame.ok()) return;
  auto* hello = std::get_if<Hello>(&*frame);
  if (hello == nullptr || names::NormaliseDomain(hello->domain) != hello->domain ||
      hello->domain == per_shard_.front()->env.names.domain()) {
    return;
  }
  PerShard& there = at(hello->domain);
  there.shard.Post([&there, hello = std::move(*hello), key, make = std::move(make)]() mutable {
    there.roster.Meet(std::move(hello), key, std::move(make));
  });
}

void Peers::SetRules(DomainRules rules) {
  for (const auto& here : per_shard_) {
    here->shard.Post([&here = *here, rules] {
      here.policy.rules = rules;
      here.roster.OnRulesChanged();
    });
  }
}

void Peers::SetKey(ServerKey key) {
  for (const auto& here : per_shard_) {
    here->shard.Post([&here = *here, key] { here.policy.key = key; });
  }
}

std::vector<PeerStats> Peers::Snapshot() const {
  std::vector<PeerStats> all;
  for (const auto& here : per_shard_) {
    const auto some = here->roster.published();
    all.insert(all.end(), some->begin(), some->end());
  }
  std::sort(all.begin(), all.end(),
            [](const PeerStats& a, const PeerStats& b) { return a.domain < b.domain; });
  return all;
}

void Peers::RetryNow(const std::string& domain) {
  PerShard& there = at(domain);
  there.shard.Post([&there, domain] { there.roster.RetryNow(domain); });
}

void Peers::Ping(const std::string& domain, Pinged done) {
  PerShard& there = at(domain);
  there.shard.Post([&there, domain, done = std::move(done)]() mutable {
    there.roster.Ping(domain, std::move(done));
  });
}

std::string_view NameOf(LinkState state) {
  switch (state) {
    case LinkState::kIdle:
      return "idle";
    case LinkState::kWaiting:
      return "waiting";
    case LinkState::kSearching:
      return "searching";
    case LinkState::kDialling:
      return "dialling";
    case LinkState::kGreeting:
      return "greeting";
    case LinkState::kUp:
      break;
  }
  return "up";
}

}  // namespace molva::federation
