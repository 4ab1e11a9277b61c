// A few people doing random things to a node whose disk fails and whose process dies; everything
// follows from a seed.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/support/sim_node.h"

namespace molva::test {

// One run. After each restart and at the end these must hold: what was acknowledged is stored,
// once, under its number; numbers have no gaps; all members read the same history; no session saw
// a message twice or out of order.
class RandomWalk {
 public:
  RandomWalk(std::uint64_t seed, int people);
  ~RandomWalk();

  // Takes `steps` steps. Returns "" or the first violation with the history that led to it.
  std::string Run(int steps);

 private:
  struct Person {
    std::string name;
    std::string id;
    std::unique_ptr<SimClient> client;
    std::set<std::string> attached;            // topics, as this person writes them
    std::map<std::string, int> last_seen_seq;  // since the last attachment
  };

  void Step();
  void Connect(Person& person);
  void Attach(Person& person, const std::string& topic);
  void Publish(Person& person);
  void Crash();
  // Reads what arrived at a person: acknowledgements, data, evictions.
  void TakeInbox(Person& person);
  void TakePacket(Person& person, const std::string& text);
  void Verify();
  std::vector<std::string> History(Person& person, const std::string& topic);
  // One name for a topic, whoever writes it.
  std::string Canonical(const Person& person, const std::string& topic) const;
  std::string RandomTopic(const Person& person);
  void Violation(const std::string& what);
  void Note(const std::string& what);

  SimWorld world_;
  std::shared_ptr<MemoryDisk> disk_;
  std::unique_ptr<SimNode> node_;
  std::vector<std::unique_ptr<SimNode>> dead_nodes_;
  std::vector<Person> people_;
  std::string group_;
  int next_id_ = 1;
  std::map<std::string, std::string> contents_in_flight_;  // request id → content
  std::map<std::string, std::map<int, std::string>>
      acknowledged_;  // canonical topic → seq → content
  std::vector<std::string> log_;
  std::string violation_;
};

}  // namespace molva::test
