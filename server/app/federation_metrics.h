// What is counted of other servers, as metrics.
#pragma once

#include "admin/metrics.h"
#include "federation/peer/peers.h"

namespace molva::app {

// Adds families with a series per peer, labelled with its domain. `peers` must outlive the
// registry's use.
void AddFederationMetrics(admin::MetricsRegistry& metrics, const federation::Peers& peers);

}  // namespace molva::app
