// The settings of WebSocket and long polling.
#pragma once

#include "config/setting.h"
#include "config/units.h"

namespace molva::config {

inline constexpr Setting kTransportRows[] = {
    {.name = "websocket.ping",
     .type = Type::kDuration,
     .standard = "45s",
     .lowest = kSecond,
     .highest = 3600 * kSecond,
     .sentence = "A connection that was silent for so long is sent a ping."},
    {.name = "websocket.idle",
     .type = Type::kDuration,
     .standard = "55s",
     .lowest = kSecond,
     .highest = 7200 * kSecond,
     .sentence = "A connection that was silent for so long is closed."},
    {.name = "websocket.compression",
     .type = Type::kBool,
     .standard = "false",
     .sentence = "Whether packets may be deflated, one by one, for clients that offer it; less to "
                 "send for more work."},

    {.name = "long_poll.wait",
     .type = Type::kDuration,
     .standard = "49500ms",
     .lowest = 100,
     .highest = 600 * kSecond,
     .sentence = "How long a poll waits for a packet before it is answered with nothing; less than "
                 "what proxies allow."},
    {.name = "long_poll.idle",
     .type = Type::kDuration,
     .standard = "70s",
     .lowest = kSecond,
     .highest = 3600 * kSecond,
     .sentence = "A session for which no request came for so long is over."},
};

}  // namespace molva::config
