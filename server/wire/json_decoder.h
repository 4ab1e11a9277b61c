// Turns one JSON packet of a client into a model::Request.
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string_view>

#include "model/request.h"
#include "wire/decode_limits.h"

namespace molva::wire {

// Decodes packets in JSON. Everything in the packet is checked (syntax, UTF-8, nesting, nothing
// behind the end), also what is passed through or ignored, so that a RawJson made here can be
// shown to any client.
//
// Shape:  unknown keys are ignored, null is absent, the last of equal keys wins, keys match exactly
//         or else in any case. Of several requests in a packet the first of pub sub leave hi login
//         get set del acc note counts; none leaves Request::body empty.
// Thread: one at a time; keep one decoder per shard, it reuses its buffers.
// Cost:   one pass; memory of about four times the largest packet so far.
// Errors: kMalformed; kTooLarge over max_packet_bytes. The request id is not recovered.
// Source: docs/protocol messages §1-§4.
class JsonDecoder {
 public:
  // Readable (not necessarily initialised) bytes the caller keeps behind every packet.
  static constexpr std::size_t kPaddingBytes = 64;

  explicit JsonDecoder(DecodeLimits limits);
  ~JsonDecoder();
  JsonDecoder(JsonDecoder&&) noexcept;
  JsonDecoder& operator=(JsonDecoder&&) noexcept;

  // `packet` is followed by kPaddingBytes readable bytes of any value.
  absl::StatusOr<model::Request> Decode(std::string_view packet);
  // The same for text without such bytes behind it: copies it first.
  absl::StatusOr<model::Request> DecodeCopy(std::string_view packet);

 private:
  struct Buffers;
  DecodeLimits limits_;
  std::unique_ptr<Buffers> buffers_;
};

}  // namespace molva::wire
