// Turns one encoded molva.v1.ClientMsg into a model::Request.
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string_view>

#include "model/request.h"
#include "wire/decode_limits.h"

namespace molva::wire {

// Decodes packets in protobuf; the JSON inside them is checked as JsonDecoder checks it.
//
// Shape:  empty fields are absent, as is a JSON null where JSON has a key for it; unknown fields
//         and enumerators are ignored. No request in the packet leaves Request::body empty.
// Thread: one at a time; keep one decoder per shard, it reuses its buffers.
// Errors: kMalformed; kTooLarge over max_packet_bytes. The request id is not recovered.
// Source: docs/protocol messages §10, §11.
class ProtoDecoder {
 public:
  explicit ProtoDecoder(DecodeLimits limits);
  ~ProtoDecoder();
  ProtoDecoder(ProtoDecoder&&) noexcept;
  ProtoDecoder& operator=(ProtoDecoder&&) noexcept;

  absl::StatusOr<model::Request> Decode(std::string_view packet);

 private:
  struct Buffers;
  DecodeLimits limits_;
  std::unique_ptr<Buffers> buffers_;
};

}  // namespace molva::wire
