#include "wire/proto_decoder.h"

#include <fmt/core.h>
#include <google/protobuf/arena.h>
#include <google/protobuf/stubs/logging.h>
#include <molva/v1/requests.pb.h>

#include <mutex>

#include "base/status_macros.h"
#include "model/fault.h"
#include "wire/json_value.h"
#include "wire/proto_requests.h"

namespace molva::wire {

struct ProtoDecoder::Buffers {
  JsonValueChecker json;
};

namespace {

// The library would write a line to standard error for each bad packet; whoever sent it is told,
// and nobody else needs to know.
void QuietProtobuf() {
  static std::once_flag once;
  std::call_once(once, [] { google::protobuf::SetLogHandler(nullptr); });
}

}  // namespace

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
