#include "tests/unit/federation_peer/peer_world.h"

#include "tests/support/catch.h"

namespace molva::federation {

void NotedTopics::Send(model::TopicName topic, topic::Command command) {
  const auto* entries = std::get_if<topic::PeerEntries>(&command);
  if (entries != nullptr && node_.answer == PeerNode::Answer::kAcknowledge) {
    node_.peers->port(index_).Acknowledge(entries->domain, topic, entries->kind,
                                          entries->items.back()->n, {});
  }
  node_.told.emplace_back(topic, std::move(command));
}

void NotedTopics::SendToAll(const topic::PeerLink& command) {
  if (index_ != 0) return;
  node_.links.push_back(command);
  if (command.state == topic::PeerLink::State::kUp && node_.on_up) node_.on_up();
}

PeerNode::PeerNode(PeerWorld& its_world, std::string its_domain, ServerKey its_key, Options options,
                   DomainRules rules, std::shared_ptr<test::MemoryDisk> its_disk)
    : world(its_world),
      domain(std::move(its_domain)),
      key(std::move(its_key)),
      disk(std::move(its_disk)),
      names(domain, "sixteen bytes of " + domain) {
  constexpr int kShards = 2;
  std::vector<store::Store*> raw_stores;
  for (int i = 0; i < kShards; ++i) {
    sim_shards.push_back(&world.sim.AddShard(i));
    raw_shards.push_back(sim_shards.back());
    stores.push_back(std::make_unique<test::MemoryStore>(*raw_shards.back(), disk));
    raw_stores.push_back(stores.back().get());
  }
  shards = std::make_unique<runtime::ShardSet>(raw_shards);
  discovery = std::make_unique<Discovery>(*raw_shards[0], *stores[0], world.StaticPeers(),
                                          world.make_sources(*raw_shards[0]));
  dialer = world.network.DialerOf(domain, key.public_key());
  peers = std::make_unique<Peers>(PeersParts{*shards, raw_stores, names, key, *discovery,
                                             *raw_shards[0], *dialer, options, std::move(rules)});
  std::vector<Topics*> raw_topics;
  for (int i = 0; i < kShards; ++i) {
    topics.push_back(std::make_unique<NotedTopics>(*this, i));
    raw_topics.push_back(topics.back().get());
  }
  peers->Start(raw_topics);
  world.network.Join(domain, key.public_key(), *peers);
}

void PeerNode::Halt() {
  for (test::SimShard* shard : sim_shards) shard->Halt();
  for (const auto& each : stores) each->Crash();
}

std::vector<std::int64_t> PeerNode::Entries(topic::LaneKind kind) const {
  std::vector<std::int64_t> numbers;
  for (const topic::PeerEntries& entries : Told<topic::PeerEntries>()) {
    if (entries.kind != kind) continue;
    for (const topic::LaneItemPtr& item : entries.items) numbers.push_back(item->n);
  }
  return numbers;
}

PeerStats PeerNode::StatsOf(const std::string& peer) {
  world.sim.Advance(absl::Seconds(2));
  for (const PeerStats& stats : peers->Snapshot()) {
    if (stats.domain == peer) return stats;
  }
  return {};
}

void PeerNode::Write(store::Batch batch) {
  absl::Status written = absl::UnknownError("not yet");
  store().Write(std::move(batch), [&](const absl::Status& status) { written = status; });
  world.sim.Settle();
  REQUIRE(written.ok());
}

std::vector<store::DeliveryRecord> PeerNode::Pending(const std::string& peer) {
  std::vector<store::DeliveryRecord> rows;
  store().ListDeliveries(
      {peer, {}, {}, 1024},
      [&](const absl::StatusOr<std::vector<store::DeliveryRecord>>& found) { rows = *found; });
  world.sim.Settle();
  return rows;
}

ServerKey PeerWorld::KeyOf(const std::string& domain) {
  const auto at = keys.find(domain);
  if (at != keys.end()) return at->second;
  return keys.emplace(domain, ServerKey::Generate(sim.random())).first->second;
}

std::vector<StaticPeer> PeerWorld::StaticPeers() {
  std::vector<StaticPeer> peers;
  for (const auto* domain : {"a.example", "b.example", "c.example"}) {
    peers.push_back({domain, {domain}, {KeyOf(domain).public_key()}});
  }
  return peers;
}

PeerNode& PeerWorld::Add(const std::string& domain, Options options, DomainRules rules) {
  nodes.push_back(
      std::make_unique<PeerNode>(*this, domain, KeyOf(domain), options, std::move(rules)));
  return *nodes.back();
}

RawPeer::RawPeer(PeerWorld& its_world, const std::string& domain, const PublicKey& key,
                 PeerNode& target)
    : world(its_world), dialer(world.network.DialerOf(domain, key)) {
  dialer->Dial(world.sim.AddShard(0), {target.domain}, {target.key.public_key()}, *this,
               [this](absl::StatusOr<std::unique_ptr<Pipe>> made) { pipe = *std::move(made); });
  world.sim.Advance(absl::Seconds(1));
  REQUIRE(pipe != nullptr);
}

void RawPeer::Greet(const std::string& domain) {
  Hello hello;
  hello.domain = domain;
  hello.credit_bytes = 4 << 20;
  hello.heartbeat = absl::Seconds(30);
  hello.time = world.sim.clock().Now();
  Send(EncodeFrame(hello));
  Send(EncodeFrame(Resume{}));
  world.sim.Advance(absl::Seconds(1));
}

std::string RawPeer::bye() const {
  const std::vector<Bye> byes = Got<Bye>();
  return byes.empty() ? std::string() : byes.back().reason;
}

void RawPeer::OnFrame(std::string frame) {
  absl::StatusOr<ReceivedFrame> decoded = DecodeFrame(frame);
  REQUIRE(decoded.ok());
  frames.push_back(*std::move(decoded));
}

std::string GroupName(std::uint64_t bits, const std::string& home) {
  return "grp" + base::EncodeId(bits) + "@" + home;
}

std::string UserName(std::uint64_t bits, const std::string& domain) {
  return "usr" + base::EncodeId(bits) + "@" + domain;
}

TestChain::TestChain(PeerNode& home, std::uint64_t bits)
    : home_(home), name_(model::TopicName::Group(bits)), global_(GroupName(bits, home.domain)) {}

topic::LaneItemPtr TestChain::MakeItem() {
  chain::Event event;
  event.topic = global_;
  event.n = ++n_;
  event.prev = prev_;
  event.time = home_.world.sim.clock().Now();
  event.actor = UserName(7, home_.domain);
  event.state = chain::MemberState{event.actor, "JRWP", "JRWP", event.time, event.time, {}};
  topic::LaneItem item;
  item.n = n_;
  item.body = chain::Encode(event);
  prev_ = chain::HashOf(item.body);
  return std::make_shared<const topic::LaneItem>(std::move(item));
}

topic::LaneItemPtr TestChain::Append(const std::string& peer) {
  topic::LaneItemPtr item = MakeItem();
  store::EntryRecord entry;
  entry.topic = name_;
  entry.n = item->n;
  entry.body = item->body;
  home_.Write({store::AppendEntry{entry, chain::HashOf(item->body)},
               store::RequestDelivery{{peer, name_, store::kChainLane, item->n, 0}}});
  return item;
}

void TestChain::Publish(const std::string& peer) {
  home_.peers->port(1).Deliver(peer, name_, topic::LaneKind::kChain, Append(peer));
}

}  // namespace molva::federation
