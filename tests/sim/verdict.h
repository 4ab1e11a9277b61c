// Judges what is on the disks of several servers after a walk.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/sim/ledger.h"
#include "tests/support/federated_node.h"

namespace molva::test {

// What must hold once everything is mended and time has passed, for each of `topics` (global
// names): it has one home; what was acknowledged is there under its number, what was queued is
// there once or was refused; nothing is there twice; numbers have no gaps; each replica with
// members has the home's chain, messages and access list; nobody of another server was shown what
// he was not allowed to read; the home has taken all proposals; no queue grew without bound.
// Returns "" or the first thing that does not.
std::string FindViolation(const std::vector<std::unique_ptr<FederatedNode>>& nodes,
                          const std::vector<std::string>& topics, const Ledger& ledger,
                          const SimNetwork& network);

}  // namespace molva::test
