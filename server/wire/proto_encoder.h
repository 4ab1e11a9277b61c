// Turns a packet of the server into an encoded molva.v1.ServerMsg.
#pragma once

#include "model/packet.h"
#include "model/shared_packet.h"

namespace molva::wire {

// Renders `packet` for WireForm::kProto. Frame::bytes is one element of molva.v1.ServerBatch, so
// that frames laid end to end are a batch; Frame::payload() is the ServerMsg alone.
//
// Thread: any.
// Source: docs/protocol messages §10, §11.
model::Frame EncodeProto(const model::Packet& packet);

}  // namespace molva::wire
