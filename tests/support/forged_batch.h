// Batches of a server that lies: taken apart, and signed again with its own key once changed.
#pragma once

#include <string>
#include <vector>

#include "federation/identity/keys.h"
#include "federation/peer/frames.h"

namespace molva::test {

// The items of a batch; none for a frame of another kind.
std::vector<federation::ReceivedItem> ItemsOf(const std::string& frame);

// The batch that `domain` sends with `key` if these are its items. At least one.
std::string SignAgain(const federation::ServerKey& key, const std::string& domain,
                      const std::vector<federation::ReceivedItem>& items);

}  // namespace molva::test
