// What a transport counts, as metrics.
#pragma once

#include <functional>
#include <string>

#include "admin/metrics.h"
#include "transport/traffic.h"

namespace molva::app {

// Adds one series per figure, labelled with the transport. `read` must outlive the registry's use.
void AddTrafficMetrics(admin::MetricsRegistry& metrics, const std::string& transport,
                       const std::function<transport::Traffic()>& read);

}  // namespace molva::app
