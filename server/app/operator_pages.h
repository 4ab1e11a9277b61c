// What the node shows to operators and monitors over HTTP: /livez, /readyz, /metrics.
#pragma once

#include "admin/health.h"
#include "admin/metrics.h"
#include "transport/http/http_service.h"

namespace molva::app {

// Borrows both.
transport::HttpService OperatorPages(const admin::HealthBoard& health,
                                     const admin::MetricsRegistry& metrics);

}  // namespace molva::app
