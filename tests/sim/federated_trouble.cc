// What goes wrong in a walk over several servers.
#include "tests/sim/federated_walk.h"

namespace molva::test {

void FederatedWalk::Trouble() {
  const std::uint64_t dice = Below(100);
  if (dice < 25) {
    Partition();
  } else if (dice < 50) {
    Mend();
  } else if (dice < 62) {
    const std::string one = RandomNode().domain();
    const std::string other = RandomNode().domain();
    Note("connections of " + one + " and " + other + " break");
    network_.Break(one, other);
  } else if (dice < 75) {
    DisturbDisk();
  } else if (dice < 88) {
    DisturbRoute();
  } else {
    Crash();
  }
}

void FederatedWalk::Partition() {
  const std::string one = RandomNode().domain();
  const std::string other = RandomNode().domain();
  if (one == other) return;
  network_.Cut(one, other);
  const bool both_ways = Below(2) == 0;
  if (both_ways) network_.Cut(other, one);
  Note("nothing passes from " + one + " to " + other + (both_ways ? " and back" : ""));
}

void FederatedWalk::Mend() {
  for (const auto& node : nodes_) {
    if (!node->is_up()) return Return(*node);
  }
  if (Below(2) == 0) {
    Note("all ways are open");
    return network_.MendAll();
  }
  const std::string one = RandomNode().domain();
  const std::string other = RandomNode().domain();
  Note("the way from " + one + " to " + other + " is open");
  network_.Mend(one, other);
}

void FederatedWalk::DisturbDisk() {
  FederatedNode& node = RandomNode();
  if (Below(2) == 0) {
    const int count = static_cast<int>(Below(4));
    Note("the disk of " + node.domain() + " refuses " + std::to_string(count) + " writes");
    node.disk().FailNextWrites(count);
  } else {
    const int delay = static_cast<int>(Below(20));
    Note("the disk of " + node.domain() + " takes " + std::to_string(delay) + " ms");
    node.disk().SetDelay(absl::Milliseconds(delay));
  }
}

void FederatedWalk::DisturbRoute() {
  const std::string from = RandomNode().domain();
  const std::string to = RandomNode().domain();
  if (Below(3) == 0) {
    Note("frames from " + from + " to " + to + " are repeated");
    return network_.SetEcho(from, to, SimNetwork::Echo::kYes);
  }
  SimRoute route;
  route.shortest = absl::Milliseconds(static_cast<int>(Below(50)));
  route.longest = route.shortest + absl::Milliseconds(static_cast<int>(1 + Below(1000)));
  route.bytes_per_second = Below(2) == 0 ? 1e9 : 1e5;
  Note("the way from " + from + " to " + to + " is slow");
  network_.SetRoute(from, to, route);
}

void FederatedWalk::Crash() {
  FederatedNode& node = RandomNode();
  if (!node.is_up()) return Return(node);
  Crash(node);
  if (Below(2) == 0) Return(node);
}

void FederatedWalk::Crash(FederatedNode& node) {
  const bool is_power = Below(2) == 0;
  Note(node.domain() + (is_power ? " loses power" : " is killed"));
  for (Person& person : people_) {
    if (&*nodes_[person.server] != &node) continue;
    TakeInbox(person);
    person.client.reset();
    person.attached.clear();
  }
  node.Kill(is_power ? SimNetwork::Death::kPower : SimNetwork::Death::kProcess);
}

void FederatedWalk::EndAbruptly() {
  FederatedNode& node = RandomNode();
  if (!node.is_up()) return;
  constexpr absl::Duration kSlowDisk = absl::Milliseconds(50);
  Note("the disk of " + node.domain() + " becomes slow");
  node.disk().SetDelay(kSlowDisk);
  for (Person& person : people_) {
    if (person.client != nullptr && person.client->is_open()) Publish(person);
  }
  world_.Advance(absl::Milliseconds(static_cast<int>(Below(120))));
  for (Person& person : people_) TakeInbox(person);
  Crash(node);
}

void FederatedWalk::Return(FederatedNode& node) {
  Note(node.domain() + " comes back");
  node.Start();
}

}  // namespace molva::test
