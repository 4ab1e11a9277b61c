#include "wire/proto_decoder.h"

#include <fmt/core.h>
#include <google/protobuf/arena.h>
#include <molva/v1/requests.pb.h>

#include "base/status_macros.h"
#include "model/fault.h"
#include "wire/json_value.h"
#include "wire/proto_requests.h"
#include "wire/quiet_protobuf.h"

namespace molva::wire {

struct ProtoDecoder::Buffers {
  JsonValueChecker json;
};

ProtoDecoder::ProtoDecoder(DecodeLimits limits)
    : limits_(limits), buffers_(new Buffers{JsonValueChecker(limits.max_depth)}) {
  QuietProtobuf();
}
ProtoDecoder::~ProtoDecoder() = default;
ProtoDecoder::ProtoDecoder(ProtoDecoder&&) noexcept = default;
ProtoDecoder& ProtoDecoder::operator=(ProtoDecoder&&) noexcept = default;

absl::StatusOr<model::Request> ProtoDecoder::Decode(std::string_view packet) {
  if (packet.size() > limits_.max_packet_bytes) {
    return model::Fail(model::Fault::kTooLarge,
                       fmt::format("packet of {} bytes, the limit is {}", packet.size(),
                                   limits_.max_packet_bytes));
  }
  google::protobuf::Arena arena;
  auto* message = google::protobuf::Arena::CreateMessage<molva::v1::ClientMsg>(&arena);
  if (!message->ParseFromArray(packet.data(), static_cast<int>(packet.size()))) {
    return model::Fail(model::Fault::kMalformed, "not a protobuf packet");
  }
  model::Request request;
  MOLVA_RETURN_IF_ERROR(ReadRequest(buffers_->json, *message, request));
  return request;
}

}  // namespace molva::wire
