#include "tests/support/sim_network.h"

#include <algorithm>

#include "tests/support/sim_connection.h"

namespace molva::test {

using federation::PublicKey;

namespace {

constexpr absl::Duration kDialTimeout = absl::Seconds(5);

}  // namespace

// A dial under way.
struct SimNetwork::Call {
  std::string from;
  PublicKey own_key;
  std::string to;
  std::vector<PublicKey> keys;
  runtime::Shard* shard;
  federation::PipeHandler* handler;
  federation::Dialer::Dialled done;

  void Fail(absl::Status why) {
    shard->Post([done = std::move(done), why = std::move(why)]() mutable { done(std::move(why)); });
  }
};

class SimNetwork::SimDialer final : public federation::Dialer {
 public:
  SimDialer(SimNetwork& network, std::string domain, const PublicKey& key)
      : network_(network), domain_(std::move(domain)), key_(key) {}

  void Dial(runtime::Shard& shard, std::vector<std::string> endpoints, std::vector<PublicKey> keys,
            federation::PipeHandler& handler, Dialled done) override {
    Call call{domain_, key_, endpoints.front(), std::move(keys), &shard, &handler, std::move(done)};
    const absl::Duration there_and_back =
        network_.DelayOf(domain_, call.to) + network_.DelayOf(call.to, domain_);
    const bool is_lost = network_.is_cut(domain_, call.to) || network_.is_cut(call.to, domain_);
    network_.After(is_lost ? kDialTimeout : there_and_back,
                   [&network = network_, call = std::move(call)]() mutable {
                     network.Connect(std::move(call));
                   });
  }

 private:
  SimNetwork& network_;
  const std::string domain_;
  const PublicKey key_;
};

SimNetwork::SimNetwork(SimWorld& world) : world_(world), shard_(world.AddShard(0)) {}

SimNetwork::~SimNetwork() { shard_.Halt(); }

void SimNetwork::Join(const std::string& domain, const PublicKey& key,
                      federation::PipeAcceptor& acceptor) {
  listeners_.insert_or_assign(domain, Listener{key, &acceptor});
}

void SimNetwork::Vanish(const std::string& domain, Death death) {
  listeners_.erase(domain);
  for (const auto& connection : ConnectionsOf(domain)) {
    connection->Drop(connection->domain(0) == domain ? 0 : 1, death == Death::kProcess
                                                                  ? SimConnection::Farewell::kReset
                                                                  : SimConnection::Farewell::kNone);
  }
}

std::unique_ptr<federation::Dialer> SimNetwork::DialerOf(const std::string& domain,
                                                         const PublicKey& key) {
  return std::make_unique<SimDialer>(*this, domain, key);
}

void SimNetwork::Connect(Call call) {
  const auto listener = listeners_.find(call.to);
  if (listener == listeners_.end() || is_cut(call.from, call.to) || is_cut(call.to, call.from)) {
    return call.Fail(absl::UnavailableError("nobody answers"));
  }
  if (std::find(call.keys.begin(), call.keys.end(), listener->second.key) == call.keys.end()) {
    return call.Fail(absl::UnauthenticatedError("another key"));
  }
  std::erase_if(connections_, [](const auto& each) { return each->is_over(); });
  ++connections_made_;
  auto connection =
      std::make_shared<SimConnection>(*this, SimConnection::Party{call.from, call.own_key},
                                      SimConnection::Party{call.to, listener->second.key});
  connections_.push_back(connection);
  call.shard->Post(
      [connection, shard = call.shard, handler = call.handler,
       done = std::move(call.done)]() mutable { done(connection->Attach(0, *shard, *handler)); });
}

void SimNetwork::Cut(const std::string& from, const std::string& to) {
  WireOf(from, to).is_cut = true;
}

void SimNetwork::Mend(const std::string& from, const std::string& to) {
  WireOf(from, to).is_cut = false;
  for (const auto& connection : ConnectionsOf(from)) connection->OnMended();
}

void SimNetwork::MendAll() {
  for (auto& [ends, wire] : wires_) wire.is_cut = false;
  for (const auto& connection : connections_) connection->OnMended();
}

bool SimNetwork::is_cut(const std::string& from, const std::string& to) const {
  const auto at = wires_.find({from, to});
  return at != wires_.end() && at->second.is_cut;
}

void SimNetwork::Break(const std::string& one, const std::string& other) {
  for (const auto& connection : ConnectionsOf(one)) {
    if (connection->domain(0) == other || connection->domain(1) == other) connection->Break();
  }
}

void SimNetwork::SetRoute(const std::string& from, const std::string& to, const SimRoute& route) {
  WireOf(from, to).route = route;
}

void SimNetwork::SetEcho(const std::string& from, const std::string& to, Echo echo) {
  WireOf(from, to).echo = echo;
}

absl::Duration SimNetwork::DelayOf(const std::string& from, const std::string& to) {
  const SimRoute& route = WireOf(from, to).route;
  const auto spread = absl::ToInt64Microseconds(route.longest - route.shortest);
  return route.shortest + absl::Microseconds(static_cast<std::int64_t>(
                              world_.random().Below(static_cast<std::uint64_t>(spread) + 1)));
}

void SimNetwork::After(absl::Duration delay, runtime::Task task) {
  shard_.StartTimer(delay, std::move(task));
}

std::vector<std::shared_ptr<SimConnection>> SimNetwork::ConnectionsOf(
    const std::string& domain) const {
  std::vector<std::shared_ptr<SimConnection>> found;
  for (const auto& connection : connections_) {
    if (connection->domain(0) == domain || connection->domain(1) == domain) {
      found.push_back(connection);
    }
  }
  return found;
}

}  // namespace molva::test
