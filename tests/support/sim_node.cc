#include "tests/support/sim_node.h"

#include "wire/json_encoder.h"

namespace molva::test {

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
    : world_(world), disk_(std::move(disk)), shards_({}) {
  std::vector<runtime::Shard*> own;
  std::vector<store::Store*> stores;
  session_limits_.requests_per_second = 0;  // a virtual clock stands still between requests
  for (int i = 0; i < shards; ++i) {
    own.push_back(&world.AddShard(i));
    stores_.push_back(std::make_unique<MemoryStore>(*own.back(), disk_));
    stores.push_back(stores_.back().get());
  }
  shards_ = runtime::ShardSet(own);
  const std::vector<topic::PeerPort*> peers(stores.size(), &peers_);
  router_ = std::make_unique<router::Router>(shards_, stores, topic_limits_, names_, peers,
                                             std::vector<std::string>{"basic"});
  for (int i = 0; i < shards; ++i) {
    parts_.push_back(std::make_unique<ShardParts>(*stores[static_cast<std::size_t>(i)],
                                                  world.clock(), router_->at(i), *this));
  }
}

SimNode::~SimNode() = default;

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
