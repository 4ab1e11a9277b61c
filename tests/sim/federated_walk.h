// People on several servers who do random things while links, disks and processes fail; everything
// follows from a seed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/ledger.h"
#include "tests/sim/liar.h"
#include "tests/sim/packet_reader.h"
#include "tests/support/federated_node.h"

namespace molva::test {

struct WalkPlan {
  std::uint64_t seed = 1;
  int servers = 3;
  int people_per_server = 2;
  int steps = 120;
  enum class Liar : bool { kNo, kYes } liar = Liar::kNo;  // one of the servers lies
};

// One run. At its end, when everything is mended and time has passed, verdict.h must find nothing.
// While it runs, no session may be shown a number twice or out of order.
class FederatedWalk {
 public:
  explicit FederatedWalk(const WalkPlan& plan);
  ~FederatedWalk();

  // Returns "" or the first violation with the history that led to it.
  std::string Run();
  // All that happened, a line each.
  const std::vector<std::string>& history() const { return history_; }

 private:
  // A topic by its global name, and who may be in it.
  struct Topic {
    std::string name;
    std::vector<std::size_t> parties;  // of a topic of two; empty: a group
    std::size_t owner = 0;             // of a group
  };
  struct Person {
    std::string name;
    std::size_t server = 0;
    std::string id;  // local
    std::unique_ptr<SimClient> client;
    std::set<std::string> attached;       // global names
    std::map<std::string, int> last_seq;  // shown since the last attachment
  };

  // Before anything goes wrong some have become friends and made groups.
  void WarmUp();
  // Remembers which proposals of which number publications become.
  void ListenIn(const std::string& frame);
  // One server lies from now on.
  void MakeLiar();
  // People, federated_people.cc.
  void Act(Person& person);
  void Join(Person& person, const Topic& topic);
  void TalkOrJoin(Person& person, std::uint64_t dice);
  void Manage(Person& person, std::uint64_t dice);
  void Register(Person& person);
  void Connect(Person& person);
  void HangUp(Person& person);
  void Publish(Person& person);
  void Ask(Person& person, const Person& other);
  void Accept(Person& person, const Person& other);
  void MakeGroup(Person& person);
  void Invite(Person& person);
  void ChangeRights(Person& person);
  void RemoveMessages(Person& person);
  void GiveUp(Person& person);
  void Send(Person& person, const std::string& what, const std::string& json);
  void TakeInbox(Person& person);
  void TakePacket(Person& person, const std::string& text);
  void TakeCtrl(Person& person, const PacketReader& packet);
  void TakeData(Person& person, const PacketReader& packet, const std::string& text);

  // What goes wrong, federated_trouble.cc.
  void Trouble();
  void Partition();
  void Mend();
  void DisturbDisk();
  void DisturbRoute();
  void Crash();
  void Crash(FederatedNode& node);
  // A server dies while things are on their way to its disk, and nothing comes behind them that
  // would show a gap.
  void EndAbruptly();
  void Return(FederatedNode& node);
  void Heal();

  // Names.
  const std::string& DomainOf(const Person& person) const;
  std::string GlobalOf(const Person& person) const;
  std::string NameFor(const Person& viewer, const std::string& global) const;
  std::string TextOf(const Person& viewer, const Topic& topic) const;
  // The global name of a topic that `viewer` calls `text`.
  std::string Globalise(const Person& viewer, const std::string& text) const;
  const Topic* RandomTopicOf(const Person& person, const std::set<std::string>* among);
  Person& RandomPerson() { return people_[Below(people_.size())]; }
  FederatedNode& RandomNode() { return *nodes_[Below(nodes_.size())]; }

  std::uint64_t Below(std::uint64_t bound) { return world_.random().Below(bound); }
  std::string NextId(const char* prefix) { return prefix + std::to_string(next_id_++); }
  void Note(const std::string& what);
  void Violate(const std::string& what);

  const WalkPlan plan_;
  SimWorld world_;
  SimNetwork network_;
  std::map<std::string, federation::ServerKey> keys_;
  std::vector<std::unique_ptr<FederatedNode>> nodes_;
  std::vector<Person> people_;
  std::vector<Topic> topics_;
  Ledger ledger_;
  std::string liar_domain_;  // empty: all are honest
  std::unique_ptr<Liar> liar_;
  int next_id_ = 1;
  std::vector<std::string> history_;
  std::string violation_;
};

}  // namespace molva::test
