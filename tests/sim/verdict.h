// Judges what is on the disks of several servers after a walk.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/sim/ledger.h"
#include "tests/support/federated_node.h"

namespace molva::test {

// What is judged.
struct Case {
  const std::vector<std::unique_ptr<FederatedNode>>& nodes;
  const std::vector<std::string>& topics;  // global names
  const Ledger& ledger;
  const SimNetwork& network;
  std::string liar;  // a domain that lies, or empty
};

// What must hold once everything is mended and time has passed, for each topic: it has one home;
// what was acknowledged is there under its number, what was queued is there once or was refused;
// nothing is there twice; numbers have no gaps; each replica with members has the home's chain,
// messages and access list; nobody of another server was shown what he was not allowed to read; the
// home has taken all proposals; no queue grew without bound.
//
// Of a server that lies nothing is demanded, and of topics whose home it is only this: numbers have
// no gaps, and nothing is said in the name of an honest server's user but what he said, once.
// Returns "" or the first thing that does not hold.
std::string FindViolation(const Case& all);

}  // namespace molva::test
