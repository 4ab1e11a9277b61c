#include "tests/sim/federated_walk.h"

#include <algorithm>

#include "base/log.h"
#include "federation/peer/frames.h"
#include "tests/sim/seeds.h"
#include "tests/sim/verdict.h"

namespace molva::test {
namespace {

constexpr absl::Duration kSettlingTime = absl::Minutes(15);
constexpr int kMostSkewSeconds = 5;
constexpr std::size_t kLinesShown = 150;

// What a server has refused, and what stands with its links.
std::string LinksOf(FederatedNode& node) {
  std::string text;
  for (const federation::PeerStats& link : node.peers().Snapshot()) {
    text += "\n  " + node.domain() + " → " + link.domain + ": " +
            std::string(federation::NameOf(link.state)) + ", pending " +
            std::to_string(link.pending) + ", links " + std::to_string(link.links);
    if (!link.last_error.empty()) text += ", " + link.last_error;
    for (const auto& [word, count] : link.refused) {
      text += ", refused " + word + " " + std::to_string(count);
    }
    for (const auto& [word, count] : link.byes) {
      text += ", bye " + word + " " + std::to_string(count);
    }
  }
  return text;
}

}  // namespace

FederatedWalk::FederatedWalk(const WalkPlan& plan)
    : plan_(plan), world_(plan.seed), network_(world_) {
  // Things fail on purpose; a page of log lines about it would hide what matters.
  const bool is_loud = FromEnvironment("MOLVA_SIM_LOG", 0) != 0;
  base::ConfigureLog(is_loud ? base::LogLevel::kDebug : base::LogLevel::kSilent,
                     base::LogFormat::kText);
  network_.SetTap([this](const std::string& frame) { ListenIn(frame); });
  std::vector<FederatedIdentity> identities;
  std::vector<federation::StaticPeer> known;
  for (int i = 0; i < plan.servers; ++i) {
    const std::string domain = std::string(1, static_cast<char>('a' + i)) + ".test";
    FederatedIdentity identity{.domain = domain,
                               .key = federation::ServerKey::Generate(world_.random())};
    identity.shards = 1 + static_cast<int>(Below(2));
    identity.skew = absl::Seconds(static_cast<int>(Below(2 * kMostSkewSeconds + 1))) -
                    absl::Seconds(kMostSkewSeconds);
    identity.options.longest_retry = absl::Seconds(60);
    keys_.emplace(domain, identity.key);
    known.push_back(StaticPeerOf(domain, identity.key));
    identities.push_back(std::move(identity));
  }
  for (FederatedIdentity& identity : identities) {
    identity.peers = known;
    nodes_.push_back(std::make_unique<FederatedNode>(world_, network_, std::move(identity)));
  }
  for (std::size_t i = 0; i < nodes_.size() * static_cast<std::size_t>(plan.people_per_server);
       ++i) {
    Person& person = people_.emplace_back();
    person.server = i % nodes_.size();
    person.name = "p" + std::to_string(i) + "@" + DomainOf(person);
    Register(person);
  }
  for (std::size_t one = 0; one < people_.size(); ++one) {
    for (std::size_t other = 0; other < people_.size(); ++other) {
      if (DomainOf(people_[one]) >= DomainOf(people_[other])) continue;
      topics_.push_back(
          {GlobalOf(people_[one]) + "+" + GlobalOf(people_[other]), {one, other}, one});
    }
  }
}

void FederatedWalk::ListenIn(const std::string& frame) {
  const absl::StatusOr<federation::ReceivedFrame> decoded = federation::DecodeFrame(frame);
  const auto* batch = decoded.ok() ? std::get_if<federation::ReceivedBatch>(&*decoded) : nullptr;
  if (batch == nullptr) return;
  for (const federation::ReceivedItem& item : batch->items) {
    if (item.kind != topic::LaneKind::kProposals || !item.payload.has_value()) continue;
    const absl::StatusOr<chain::Proposal> proposal = chain::DecodeProposal(item.body);
    const std::string& content = item.payload->content.text;
    if (proposal.ok() && content.size() > 2) {
      ledger_.Propose(content.substr(1, content.size() - 2), proposal->number);
    }
  }
}

FederatedWalk::~FederatedWalk() { people_.clear(); }

void FederatedWalk::WarmUp() {
  for (const Topic& topic : topics_) {
    if (Below(2) == 0) continue;
    Person& one = people_[topic.parties[0]];
    Person& other = people_[topic.parties[1]];
    const bool is_first = Below(2) == 0;
    Ask(is_first ? one : other, is_first ? other : one);
    world_.Advance(absl::Seconds(1));
    if (Below(4) != 0) Accept(is_first ? other : one, is_first ? one : other);
  }
  MakeGroup(RandomPerson());
  world_.Advance(absl::Seconds(1));
  for (Person& person : people_) TakeInbox(person);
  for (const Topic& topic : topics_) {
    if (!topic.parties.empty()) continue;
    for (Person& person : people_) {
      if (Below(3) != 0) Join(person, topic);
    }
  }
  world_.Advance(absl::Seconds(5));
  for (Person& person : people_) TakeInbox(person);
}

void FederatedWalk::MakeLiar() {
  liar_domain_ = RandomNode().domain();
  Note(liar_domain_ + " lies from now on");
  std::vector<std::string> victims;
  for (const Person& person : people_) {
    if (DomainOf(person) != liar_domain_) victims.push_back(GlobalOf(person));
  }
  liar_ = std::make_unique<Liar>(world_.random(), liar_domain_, keys_.at(liar_domain_),
                                 std::move(victims));
  network_.SetAlter(liar_domain_,
                    [liar = liar_.get()](const std::string& frame) { return liar->Alter(frame); });
}

std::string FederatedWalk::Run() {
  WarmUp();
  if (plan_.liar == WalkPlan::Liar::kYes) MakeLiar();
  for (int i = 0; i < plan_.steps && violation_.empty(); ++i) {
    const std::uint64_t dice = Below(100);
    if (dice < 12) {
      Trouble();
    } else if (dice < 30) {
      world_.Advance(absl::Milliseconds(1LL << Below(15)));
    } else {
      Act(RandomPerson());
    }
    for (Person& person : people_) TakeInbox(person);
  }
  if (violation_.empty()) EndAbruptly();
  Heal();
  for (Person& person : people_) TakeInbox(person);
  if (violation_.empty()) {
    std::vector<std::string> topics;
    for (const Topic& topic : topics_) topics.push_back(topic.name);
    const std::string found = FindViolation({nodes_, topics, ledger_, network_, liar_domain_});
    if (!found.empty()) Violate(found);
  }
  return violation_;
}

void FederatedWalk::Heal() {
  Note("everything is mended");
  network_.MendAll();
  for (const auto& node : nodes_) {
    for (const auto& other : nodes_) {
      network_.SetRoute(node->domain(), other->domain(), SimRoute{});
      network_.SetEcho(node->domain(), other->domain(), SimNetwork::Echo::kNo);
    }
    node->disk().FailNextWrites(0);
    node->disk().SetDelay(absl::ZeroDuration());
    if (!node->is_up()) Return(*node);
  }
  world_.Advance(kSettlingTime);
}

const std::string& FederatedWalk::DomainOf(const Person& person) const {
  return nodes_[person.server]->domain();
}

std::string FederatedWalk::GlobalOf(const Person& person) const {
  return person.id + "@" + DomainOf(person);
}

std::string FederatedWalk::NameFor(const Person& viewer, const std::string& global) const {
  const std::string own = "@" + DomainOf(viewer);
  return global.ends_with(own) ? global.substr(0, global.size() - own.size()) : global;
}

std::string FederatedWalk::TextOf(const Person& viewer, const Topic& topic) const {
  if (topic.parties.empty()) return NameFor(viewer, topic.name);
  const Person& one = people_[topic.parties[0]];
  return GlobalOf(&one == &viewer ? people_[topic.parties[1]] : one);
}

std::string FederatedWalk::Globalise(const Person& viewer, const std::string& text) const {
  const std::string global =
      text.find('@') == std::string::npos ? text + "@" + DomainOf(viewer) : text;
  if (!text.starts_with("usr")) return global;
  const std::string self = GlobalOf(viewer);
  const std::string other_domain = global.substr(global.find('@') + 1);
  return DomainOf(viewer) < other_domain ? self + "+" + global : global + "+" + self;
}

const FederatedWalk::Topic* FederatedWalk::RandomTopicOf(const Person& person,
                                                         const std::set<std::string>* among) {
  std::vector<const Topic*> fitting;
  for (const Topic& topic : topics_) {
    const bool is_party = topic.parties.empty() || &people_[topic.parties[0]] == &person ||
                          &people_[topic.parties[1]] == &person;
    if (is_party && (among == nullptr || among->contains(topic.name))) fitting.push_back(&topic);
  }
  return fitting.empty() ? nullptr : fitting[Below(fitting.size())];
}

void FederatedWalk::Note(const std::string& what) {
  history_.push_back(absl::FormatTime("%H:%M:%E3S ", world_.clock().Now(), absl::UTCTimeZone()) +
                     what);
}

void FederatedWalk::Violate(const std::string& what) {
  if (!violation_.empty()) return;
  violation_ = what;
  for (const Person& person : people_) {
    violation_ += "\n  " + person.name + " is " + GlobalOf(person);
  }
  for (const auto& node : nodes_) {
    if (node->is_up()) violation_ += LinksOf(*node);
  }
  const std::size_t from = history_.size() > kLinesShown ? history_.size() - kLinesShown : 0;
  for (std::size_t i = from; i < history_.size(); ++i) violation_ += "\n  " + history_[i];
}

}  // namespace molva::test
