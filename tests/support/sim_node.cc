#include "tests/support/sim_node.h"

#include <limits>

#include "wire/json_encoder.h"

namespace molva::test {
namespace {

names::NameBook NamesOf(const SimIdentity& identity) {
  if (identity.domain.empty()) return {};
  return {identity.domain, identity.alias_secret};
}

}  // namespace

struct SimNode::ShardParts {
  ShardParts(store::Store& store, const base::Clock& clock, router::ShardRouter& router,
             const SimNode& node)
      : authenticator(store, clock),
        env{router,     authenticator,      node.session_limits_,
            node.info_, node.topic_limits_, node.names_},
        host(env) {}

  PlainAuthenticator authenticator;
  session::SessionEnv env;
  session::SessionHost host;
};

SimNode::SimNode(SimWorld& world, int shards, std::shared_ptr<MemoryDisk> disk)
    : SimNode(world, shards, std::move(disk), SimIdentity{}) {}

SimNode::SimNode(SimWorld& world, int shards, std::shared_ptr<MemoryDisk> disk,
                 const SimIdentity& identity)
    : world_(world), disk_(std::move(disk)), names_(NamesOf(identity)), shards_({}) {
  std::vector<runtime::Shard*> own;
  std::vector<store::Store*> stores;
  session_limits_.requests_per_second = 0;  // a virtual clock stands still between requests
  for (int i = 0; i < shards; ++i) {
    own_shards_.push_back(&world.AddShard(i, identity.skew));
    own.push_back(own_shards_.back());
    stores_.push_back(std::make_unique<MemoryStore>(*own.back(), disk_));
    stores.push_back(stores_.back().get());
  }
  shards_ = runtime::ShardSet(own);
  std::vector<topic::PeerPort*> ports(stores.size(), &no_peers_);
  if (identity.make_peering != nullptr) {
    ConfirmNames();
    peering_ = identity.make_peering(shards_, stores, names_);
    for (int i = 0; i < shards; ++i) ports[static_cast<std::size_t>(i)] = &peering_->port(i);
  }
  router_ = std::make_unique<router::Router>(shards_, stores, topic_limits_, names_, ports,
                                             std::vector<std::string>{"basic"});
  for (int i = 0; i < shards; ++i) {
    parts_.push_back(std::make_unique<ShardParts>(*stores[static_cast<std::size_t>(i)],
                                                  shards_.at(i).clock(), router_->at(i), *this));
  }
  if (peering_ != nullptr) peering_->Start(*router_);
}

SimNode::~SimNode() { Kill(); }

void SimNode::Kill() {
  for (SimShard* shard : own_shards_) shard->Halt();
  for (const auto& store : stores_) store->Crash();
}

// What the disk knows of foreign users and groups must be known before anybody asks.
void SimNode::ConfirmNames() {
  constexpr std::int32_t kAll = std::numeric_limits<std::int32_t>::max();
  const auto known =
      disk_->With([](const MemoryDatabase& disk) { return disk.ListForeignNames("", kAll); });
  for (const store::ForeignName& name : known) names_.Confirm(name.origin);
}

std::unique_ptr<SimClient> SimNode::Connect(int shard) {
  return std::make_unique<SimClient>(*this, parts_[static_cast<std::size_t>(shard)]->host,
                                     shards_.at(shard));
}

SimClient::SimClient(SimNode& node, session::ConnectionAcceptor& acceptor, runtime::Shard& shard)
    : node_(node), shard_(shard), decoder_(wire::DecodeLimits{}) {
  handler_ = acceptor.Accept(*this, {});
}

SimClient::~SimClient() { Close(); }

void SimClient::Send(std::string_view json) {
  shard_.Post([this, text = std::string(json)] {
    if (handler_ != nullptr) handler_->OnRequest(decoder_.DecodeCopy(text));
  });
  node_.world_.Settle();
}

void SimClient::Close() {
  if (handler_ == nullptr) return;
  handler_->OnClosed();
  handler_.reset();
  node_.world_.Settle();
}

session::SendResult SimClient::Send(const model::PacketPtr& packet, session::Urgency) {
  std::string text;
  wire::EncodeJson(packet->packet(), text);
  inbox_.push_back(std::move(text));
  return session::SendResult::kQueued;
}

void SimClient::Close(session::CloseReason) {
  closed_by_server_ = true;
  shard_.Post([this] {
    if (handler_ == nullptr) return;
    handler_->OnClosed();
    handler_.reset();
  });
}

}  // namespace molva::test
