#include "app/federation.h"

#include <absl/time/clock.h>
#include <fmt/core.h>

#include <future>
#include <utility>

#include "app/federation_metrics.h"
#include "app/federation_options.h"
#include "base/log.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "base/strings.h"
#include "federation/discovery/pool_source.h"

namespace molva::app {
namespace {

constexpr std::int32_t kNamesPerPage = 4096;
constexpr absl::Duration kStorePatience = absl::Seconds(60);
constexpr absl::Duration kGoodbyePatience = absl::Seconds(8);
constexpr char kIdentityFolder[] = "keys/federation";

federation::Discovery::Sources MakeSources(const config::Config& config, runtime::Shard& shard,
                                           runtime::WorkPool& pool,
                                           const DiscoveryPlugins& plugins) {
  using federation::PoolSource;
  using federation::Source;
  federation::Discovery::Sources sources;
  const auto add = [&](Source kind, PoolSource::Question question) {
    sources.push_back(std::make_unique<PoolSource>(shard, pool, kind, std::move(question)));
  };
  for (const std::string& name : config.List("federation.sources")) {
    if (name == kWellKnownSource) {
      add(Source::kWellKnown, [options = WellKnownOptionsOf(config)](const std::string& domain) {
        return federation::AskWellKnown(options, domain);
      });
    } else if (name != kDnsSource) {
      add(Source::kPlugin, plugins.QuestionTo(name));
    } else if (AsksDns(config)) {
      add(Source::kDns, [options = DnsOptionsOf(config)](const std::string& domain) {
        return federation::AskDns(options, domain);
      });
    }
  }
  return sources;
}

void LogKept(std::string_view what, const absl::Status& status) {
  base::LogError(
      "what has changed of federation is not taken over",
      {{"what", std::string(what)}, {"error", std::string(base::ToStd(status.message()))}});
}

// Reads the names page by page.
//
// Thread: the shard's.
class NameLoader : public std::enable_shared_from_this<NameLoader> {
 public:
  NameLoader(store::Store& store, const names::NameBook& names) : store_(store), names_(names) {}

  void ReadPage(std::string after) {
    store_.ListForeignNames(std::move(after), kNamesPerPage,
                            [self = shared_from_this()](auto page) { self->OnPage(page); });
  }
  std::future<absl::Status> Outcome() { return outcome_.get_future(); }

 private:
  void OnPage(const absl::StatusOr<std::vector<store::ForeignName>>& page) {
    if (!page.ok()) return outcome_.set_value(page.status());
    for (const store::ForeignName& name : *page) names_.Confirm(name.origin);
    if (page->size() < static_cast<std::size_t>(kNamesPerPage)) {
      return outcome_.set_value(absl::OkStatus());
    }
    ReadPage(page->back().alias.ToString());
  }

  store::Store& store_;
  const names::NameBook& names_;
  std::promise<absl::Status> outcome_;
};

absl::Status WaitFor(std::future<absl::Status> outcome, std::string_view what) {
  if (outcome.wait_for(absl::ToChronoMilliseconds(kStorePatience)) != std::future_status::ready) {
    return absl::UnavailableError(fmt::format("{} could not be read in time", what));
  }
  return outcome.get();
}

}  // namespace

absl::Status LoadForeignNames(runtime::Shard& shard, store::Store& store,
                              const names::NameBook& names) {
  const auto loader = std::make_shared<NameLoader>(store, names);
  std::future<absl::Status> outcome = loader->Outcome();
  shard.Post([loader] { loader->ReadPage(""); });
  return WaitFor(std::move(outcome), "the names of foreign users");
}

absl::StatusOr<std::unique_ptr<Federation>> Federation::Build(const config::Config& config,
                                                              const DataDirectory& data,
                                                              PluginBoard& board, Below below) {
  MOLVA_ASSIGN_OR_RETURN(const federation::OwnFacts facts, FederationFacts(config));
  MOLVA_ASSIGN_OR_RETURN(federation::DomainRules rules, ConfiguredRules(config));
  MOLVA_ASSIGN_OR_RETURN(std::vector<federation::StaticPeer> known, ConfiguredPeers(config));
  base::SystemRandom random;
  MOLVA_ASSIGN_OR_RETURN(
      federation::OwnIdentity identity,
      federation::OwnIdentity::Open(data.PathOf(kIdentityFolder), facts, random, absl::Now()));
  std::unique_ptr<Federation> made(
      new Federation(config, data, std::move(below), std::move(identity)));
  Federation& node = *made;
  MOLVA_ASSIGN_OR_RETURN(node.plugins_, DiscoveryPlugins::Open(config, board));
  runtime::Shard& home = node.home_shard();
  node.discovery_ = std::make_unique<federation::Discovery>(
      home, *node.below_.stores[0], std::move(known),
      MakeSources(config, home, node.pool_, *node.plugins_));
  node.dialer_ = std::make_unique<federation::GrpcDialer>(node.identity_.signing_key(), node.pool_,
                                                          AddressRuleOf(config));
  node.peers_ = std::make_unique<federation::Peers>(federation::PeersParts{
      node.below_.shards, node.below_.stores, node.below_.names, node.identity_.signing_key(),
      *node.discovery_, home, *node.dialer_, PeerOptions(config), rules});
  node.policy_ =
      std::make_unique<PeerPolicy>(home, *node.below_.stores[0], *node.peers_, std::move(rules));
  return made;
}

Federation::Federation(const config::Config& config, const DataDirectory& data, Below below,
                       federation::OwnIdentity identity)
    : below_(std::move(below)),
      identity_folder_(data.PathOf(kIdentityFolder)),
      address_(config.Text("federation.listen")),
      pool_({.name = "discovery", .threads = 4, .max_queued = 512}),
      identity_(std::move(identity)),
      document_text_(identity_.document().text()) {}

Federation::~Federation() { Stop(); }

std::vector<topic::PeerPort*> Federation::ports() {
  std::vector<topic::PeerPort*> ports;
  for (int i = 0; i < below_.shards.size(); ++i) ports.push_back(&peers_->port(i));
  return ports;
}

absl::Status Federation::Start(router::Router& router) {
  started_ = true;
  MOLVA_RETURN_IF_ERROR(LoadForeignNames(home_shard(), *below_.stores[0], below_.names));
  auto loaded = std::make_shared<std::promise<absl::Status>>();
  std::future<absl::Status> outcome = loaded->get_future();
  policy_->Load(
      [loaded](const absl::StatusOr<OperatorLists>& lists) { loaded->set_value(lists.status()); });
  MOLVA_RETURN_IF_ERROR(WaitFor(std::move(outcome), "the list of blocked servers"));
  peers_->Start(router);
  MOLVA_RETURN_IF_ERROR(OpenDoor());
  Announce();
  return absl::OkStatus();
}

void Federation::Announce() {
  if (plugins_->empty()) return;
  const bool is_taken =
      pool_.Submit([plugins = plugins_.get(), domain = identity_.domain(),
                    document = DocumentText()] { plugins->Announce(domain, document); });
  if (!is_taken) base::LogWarning("this node is not announced now: too many lookups wait");
}

absl::Status Federation::OpenDoor() {
  if (address_.empty()) return absl::OkStatus();
  auto listener = federation::GrpcFederationListener::Open(address_, identity_.signing_key(),
                                                           *peers_, federation::LinkLimits{});
  const runtime::MutexLock lock(mutex_);
  door_ = listener.status();
  if (!listener.ok()) return listener.status();
  listener_ = *std::move(listener);
  port_ = listener_->port();
  return absl::OkStatus();
}

void Federation::Stop() {
  if (std::exchange(started_, false)) {
    auto gone = std::make_shared<std::promise<void>>();
    const std::future<void> all_gone = gone->get_future();
    peers_->Stop([gone] { gone->set_value(); });
    if (all_gone.wait_for(absl::ToChronoMilliseconds(kGoodbyePatience)) !=
        std::future_status::ready) {
      base::LogWarning("not all servers could be told goodbye");
    }
  }
  listener_.reset();
  pool_.Stop();
  if (plugins_ != nullptr) plugins_->Stop();
}

void Federation::Reload(const config::Config& config) {
  if (absl::StatusOr<federation::DomainRules> rules = ConfiguredRules(config); rules.ok()) {
    policy_->SetConfigured(*std::move(rules));
  } else {
    LogKept("rules", rules.status());
  }
  if (absl::StatusOr<std::vector<federation::StaticPeer>> known = ConfiguredPeers(config);
      known.ok()) {
    AskDiscovery([known = *std::move(known)](federation::Discovery& discovery) mutable {
      discovery.SetPeers(std::move(known));
    });
  } else {
    LogKept("federation.peers", known.status());
  }
  if (const absl::Status status = ReloadIdentity(config); !status.ok()) LogKept("identity", status);
}

absl::Status Federation::ReloadIdentity(const config::Config& config) {
  MOLVA_ASSIGN_OR_RETURN(const federation::OwnFacts facts, FederationFacts(config));
  if (facts.domain != identity_.domain()) {
    return absl::FailedPreconditionError("federation.domain cannot be changed");
  }
  base::SystemRandom random;
  MOLVA_ASSIGN_OR_RETURN(
      federation::OwnIdentity fresh,
      federation::OwnIdentity::Open(identity_folder_, facts, random, absl::Now()));
  const bool has_other_key =
      fresh.signing_key().public_key() != identity_.signing_key().public_key();
  identity_ = std::move(fresh);
  {
    const runtime::MutexLock lock(mutex_);
    document_text_ = identity_.document().text();
  }
  Announce();
  if (!has_other_key) return absl::OkStatus();
  dialer_->SetKey(identity_.signing_key());
  peers_->SetKey(identity_.signing_key());
  // The links that have come in are cut; both sides dial again.
  listener_.reset();
  return OpenDoor();
}

void Federation::Register(admin::HealthBoard& health, admin::MetricsRegistry& metrics) {
  health.AddCheck("federation", [this] {
    const runtime::MutexLock lock(mutex_);
    return door_;
  });
  AddFederationMetrics(metrics, *peers_);
}

std::string Federation::DocumentText() const {
  const runtime::MutexLock lock(mutex_);
  return document_text_;
}

int Federation::port() const {
  const runtime::MutexLock lock(mutex_);
  return port_;
}

void Federation::AskDiscovery(absl::AnyInvocable<void(federation::Discovery&)> question) {
  home_shard().Post([discovery = discovery_.get(), question = std::move(question)]() mutable {
    question(*discovery);
  });
}

}  // namespace molva::app
