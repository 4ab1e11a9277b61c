// Fuzzes the protobuf decoder: the JSON it takes out of packets is JSON, in JSON packets too.
#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "wire/json_encoder.h"
#include "wire/proto_decoder.h"
#include "wire/proto_encoder.h"

namespace molva::wire {
namespace {

void Decode(std::string_view bytes) {
  ProtoDecoder decoder({.max_packet_bytes = 16384, .max_depth = 16});
  const absl::StatusOr<model::Request> request = decoder.Decode(bytes);
  if (!request.ok()) return;
  const auto* pub = std::get_if<model::Pub>(&request->body);
  if (pub == nullptr) return;
  const model::Data data{pub->topic, "", absl::UnixEpoch(), 1, pub->head, pub->content};
  std::string packet;
  EncodeJson(data, packet);
  simdjson::dom::parser parser;
  MOLVA_CHECK(parser.parse(simdjson::padded_string(packet)).error() == simdjson::SUCCESS,
              "a broken packet would be shown to others");
  MOLVA_CHECK(!EncodeProto(data).payload().empty(), "a packet without bytes");
}

}  // namespace
}  // namespace molva::wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  molva::wire::Decode({reinterpret_cast<const char*>(data), size});
  return 0;
}
