// The opening handshake of a WebSocket, as a rule over an HTTP request.
#pragma once

#include <optional>
#include <string>

#include "transport/http/http_service.h"

namespace molva::transport {

// The bytes that accept the upgrade `request` asks for (status line to empty line); nullopt if it
// asks for none, or wrongly. Any Origin and any subprotocol pass; extensions are not taken.
//
// Source: RFC 6455 §4.2; docs/protocol transports §3.
std::optional<std::string> AcceptHandshake(const HttpRequest& request);

}  // namespace molva::transport
