#include "tests/support/sim_node.h"

#include <limits>

#include "base/check.h"
#include "session/unvalidated_accounts.h"
#include "wire/json_encoder.h"

namespace molva::test {
namespace {

names::NameBook NamesOf(const SimIdentity& identity) {
  if (identity.domain.empty()) return {};
  return {identity.domain, identity.alias_secret};
}

}  // namespace

struct SimNode::ShardParts {
  ShardParts(ShardGate& gate, router::ShardRouter& router, SimNode& node,
             moderation::Moderator* moderator)
      : env{router,           gate.authenticator, node.session_limits_,
            node.info_,       node.topic_limits_, node.names_,
            gate.credentials, gate.reset_codes,   node.traffic_,
            nullptr,          moderator},
        host(env) {}

  session::SessionEnv env;
  session::SessionHost host;
};

SimNode::SimNode(SimWorld& world, int shards, std::shared_ptr<MemoryDisk> disk)
    : SimNode(world, shards, std::move(disk), SimIdentity{}) {}

SimNode::SimNode(SimWorld& world, int shards, std::shared_ptr<MemoryDisk> disk,
                 const SimIdentity& identity, const SimValidation& validation, push::Pusher* pusher)
    : world_(world),
      disk_(std::move(disk)),
      names_(NamesOf(identity)),
      pusher_(pusher),
      validation_(world, validation.letters_per_hour),
      shards_({}) {
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
  for (int i = 0; i < shards && identity.judges != nullptr; ++i) {
    benches_.push_back(std::make_unique<moderation::Bench>(shards_.at(i), *identity.judges));
  }
  const std::vector<topic::Services> services = MakeGates(validation);
  std::vector<std::string> reserved = validation_.registry.ReservedTagNamespaces();
  reserved.emplace_back("basic");
  router_ = std::make_unique<router::Router>(shards_, stores, topic_limits_, names_, ports,
                                             services, reserved);
  for (int i = 0; i < shards; ++i) {
    parts_.push_back(std::make_unique<ShardParts>(*gates_[static_cast<std::size_t>(i)],
                                                  router_->at(i), *this,
                                                  ModeratorOf(static_cast<std::size_t>(i))));
  }
  if (peering_ != nullptr) peering_->Start(*router_);
  own_shards_.front()->Post([router = &router_->at(0)] {
    router->ResumeAccounts();
    router->StartSweeping();
  });
  if (validation.mailbox == nullptr) return;
  gates_.front()->reset_codes.StartCollecting();
  if (validation.erase_unvalidated_after > absl::ZeroDuration()) {
    session::CollectUnvalidatedAccounts(parts_.front()->env, validation.erase_unvalidated_after);
  }
}

std::vector<topic::Services> SimNode::MakeGates(const SimValidation& validation) {
  if (validation.mailbox != nullptr) {
    auto validator = std::make_unique<MailboxValidator>("email", validation.mailbox);
    MOLVA_CHECK(validation_.registry.Add(std::move(validator), validation.email).ok(),
                "the first validator");
    for (const model::AuthLevel level : validation.email.required_for) {
      info_.required_credentials.emplace_back(level, std::vector<std::string>{"email"});
    }
  }
  std::vector<topic::Services> services;
  for (std::size_t i = 0; i < stores_.size(); ++i) {
    gates_.push_back(
        std::make_unique<ShardGate>(*own_shards_[i], *stores_[i], validation_, validation.resets));
    services.push_back({gates_.back()->credentials});
    if (pusher_ != nullptr) services.back().pushers.push_back(pusher_);
    services.back().moderator = ModeratorOf(i);
  }
  return services;
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

void SimNode::DoToAccount(session::AccountAction action, const std::string& login,
                          session::AccountDone done) {
  own_shards_.front()->Post([&env = parts_.front()->env, action, login, done = std::move(done)] {
    session::DoToAccount(env, action, login, done);
  });
  world_.Settle();
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
