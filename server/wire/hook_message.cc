#include "wire/hook_message.h"

#include <fmt/format.h>

#include <variant>

#include "base/strings.h"

namespace molva::wire {
namespace {

absl::Status NoJson(const absl::Status& why) {
  return absl::InvalidArgumentError(fmt::format("malformed JSON: {}", base::ToStd(why.message())));
}

}  // namespace

absl::StatusOr<model::Pub> DecodeHookMessage(JsonDecoder& decoder, std::string_view body) {
  // Inside of a packet both times, so that the same limits hold and nothing passes that no client
  // may see.
  const absl::Status checked = decoder.DecodeCopy(fmt::format("{{\"hook\":{}}}", body)).status();
  if (!checked.ok()) return NoJson(checked);
  const model::JsonFields members =
      model::ParseJsonFields(model::RawJson{std::string(base::TrimAscii(body))});
  const model::RawJson* const text = model::FindField(members, "text");
  const model::RawJson* content = model::FindField(members, "content");
  const model::RawJson* const head = model::FindField(members, "head");
  if (content == nullptr && text != nullptr && !model::ParseJsonText(*text).value_or("").empty()) {
    content = text;
  }
  if (content == nullptr) {
    return absl::InvalidArgumentError(
        "wanted is a JSON object with \"text\", a text that is not empty, or with \"content\"");
  }
  const absl::StatusOr<model::Request> packet =
      decoder.DecodeCopy(fmt::format("{{\"pub\":{{\"head\":{},\"content\":{}}}}}",
                                     head == nullptr ? "null" : head->text, content->text));
  if (!packet.ok()) return NoJson(packet.status());
  return std::get<model::Pub>(packet->body);
}

}  // namespace molva::wire
