// Ready WebSocket frames of the server: unmasked, final, one packet each.
#pragma once

#include <string>
#include <string_view>

#include "model/shared_packet.h"
#include "transport/websocket/close_code.h"

namespace molva::transport {

// One text frame that holds `packet` as JSON; payload_offset points at the JSON.
//
// Thread: any; it is the SharedPacket::Encoder of WireForm::kWebSocket.
// Source: RFC 6455 §5.2.
model::Frame EncodeWebSocketFrame(const model::Packet& packet);

// A text frame that holds `payload`, which is deflated. Source: RFC 7692 §6.1.
std::string MakeDeflatedFrame(std::string_view payload);

// A frame of any kind. A control frame's payload must not be longer than 125 bytes.
std::string MakeFrame(Opcode opcode, std::string_view payload);
// A close frame without a reason; kNoneSent makes an empty one.
std::string MakeCloseFrame(CloseCode code);

}  // namespace molva::transport
