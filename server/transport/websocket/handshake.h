// The opening handshake of a WebSocket, as a rule over an HTTP request.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "transport/http/http_service.h"

namespace molva::transport {

// The bytes that accept the upgrade `request` asks for (status line to empty line); nullopt if it
// asks for none, or wrongly. Any Origin and any subprotocol pass. `extensions`: those that are
// taken, as Sec-WebSocket-Extensions says it; empty: none.
//
// Source: RFC 6455 §4.2; docs/protocol transports §3.
std::optional<std::string> AcceptHandshake(const HttpRequest& request, std::string_view extensions);

}  // namespace molva::transport
