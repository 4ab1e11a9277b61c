// Settings → the options of each module. Modules do not know the configuration.
#pragma once

#include "auth/login_throttle.h"
#include "config/config.h"
#include "runtime/blocking_pool.h"
#include "session/limits.h"
#include "session/server_info.h"
#include "session/traffic_gate.h"
#include "topic/limits.h"
#include "transport/limits.h"

namespace molva::app {

int ShardCount(const config::Config& config);
// Of the threads that send letters.
runtime::BlockingPool::Options PostOptions(const config::Config& config);
topic::Limits TopicLimits(const config::Config& config);
auth::LoginThrottle::Limits ThrottleLimits(const config::Config& config);
session::Limits SessionLimits(const config::Config& config);
session::TrafficRates TrafficRatesOf(const config::Config& config);
session::ServerInfo ServerInfoOf(const config::Config& config, const topic::Limits& topics);
transport::Limits TransportLimits(const config::Config& config);
// Sets level and format of the log.
void ApplyLogSettings(const config::Config& config);

}  // namespace molva::app
