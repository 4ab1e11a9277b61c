// Fuzzes what plugins answer: a reply that is taken is a packet in either form, a request that is
// taken can be shown again, and what was found can be sent.
#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "wire/json_encoder.h"
#include "wire/plugin_messages.h"
#include "wire/proto_encoder.h"

namespace molva::wire {
namespace {

void CheckPacket(const model::Packet& packet) {
  std::string text;
  EncodeJson(packet, text);
  simdjson::dom::parser parser;
  MOLVA_CHECK(parser.parse(simdjson::padded_string(text)).error() == simdjson::SUCCESS,
              "a broken packet would be shown to a client");
  MOLVA_CHECK(EncodeProto(packet).bytes.size() > 1, "a packet without bytes");
}

void Decode(std::string_view bytes) {
  PluginAnswerDecoder decoder({.max_packet_bytes = 16384, .max_depth = 16});
  if (const auto answer = decoder.DecodeFireHose(bytes); answer.ok()) {
    if (answer->reply.has_value()) CheckPacket(*answer->reply);
    if (answer->request.has_value()) {
      MOLVA_CHECK(!EncodeFireHose(*answer->request, {}).empty(), "a request without bytes");
    }
  }
  if (auto answer = decoder.DecodeFind(bytes); answer.ok()) {
    model::Meta meta;
    meta.sub = std::move(answer->result);
    CheckPacket(meta);
  }
}

}  // namespace
}  // namespace molva::wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  molva::wire::Decode({reinterpret_cast<const char*>(data), size});
  return 0;
}
