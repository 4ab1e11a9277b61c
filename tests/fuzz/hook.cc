// Fuzzes what programs send to incoming webhooks: whatever is taken can be sent to clients.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "model/packet.h"
#include "wire/hook_message.h"
#include "wire/json_encoder.h"

namespace molva::wire {
namespace {

void Try(JsonDecoder& decoder, std::string_view body) {
  const absl::StatusOr<model::Pub> message = DecodeHookMessage(decoder, body);
  if (!message.ok()) {
    MOLVA_CHECK(!message.status().message().empty(), "a refusal without a reason");
    return;
  }
  MOLVA_CHECK(!message->content.empty(), "a message of nothing");
  MOLVA_CHECK(message->topic.empty(), "the sender has chosen the topic");
  model::Data shown;
  shown.head = message->head;
  shown.content = message->content;
  std::string text;
  EncodeJson(shown, text);
  MOLVA_CHECK(model::ParseJsonFields(model::RawJson{text}).size() == 1, "it breaks the packet");
}

}  // namespace
}  // namespace molva::wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static molva::wire::JsonDecoder decoder(molva::wire::DecodeLimits{.max_packet_bytes = 20000});
  molva::wire::Try(decoder, {reinterpret_cast<const char*>(data), size});
  return 0;
}
