// A server that lies: what it sends is altered on its way and signed with its own key.
#pragma once

#include <string>
#include <vector>

#include "chain/body.h"
#include "federation/identity/keys.h"
#include "federation/peer/frames.h"
#include "tests/support/sim_world.h"

namespace molva::test {

// Alters batches of one server, some of them, each in one way: names another author, numbers
// messages wrongly, tells another content, leaves entries out or repeats them, gives itself rights,
// is ahead of time, names another home, breaks signatures.
class Liar {
 public:
  // `victims`: global names of users of other servers.
  Liar(SeededRandom& random, std::string domain, const federation::ServerKey& key,
       std::vector<std::string> victims)
      : random_(random), domain_(std::move(domain)), key_(key), victims_(std::move(victims)) {}

  // What is sent instead of `frame`.
  std::vector<std::string> Alter(const std::string& frame);
  int lies() const { return lies_; }

 private:
  bool AlterItem(federation::ReceivedItem& item, std::uint64_t how);
  bool AlterEvent(federation::ReceivedItem& item, chain::Event event, std::uint64_t how);
  bool AlterMessage(federation::ReceivedItem& item, chain::MessageState& state, std::uint64_t how);
  const std::string& Victim() { return victims_[random_.Below(victims_.size())]; }

  SeededRandom& random_;
  const std::string domain_;
  const federation::ServerKey key_;
  const std::vector<std::string> victims_;
  int lies_ = 0;
};

}  // namespace molva::test
