#include "tests/support/receipt_box.h"

namespace molva::test {
namespace {

std::string_view WordOf(push::What what) {
  switch (what) {
    case push::What::kMessage:
      return "msg";
    case push::What::kSubscription:
      return "sub";
    case push::What::kRead:
      break;
  }
  return "read";
}

void AddText(model::JsonFields& fields, std::string_view key, const std::string& text) {
  if (!text.empty()) fields.emplace_back(key, model::JsonText(text));
}

model::JsonFields FieldsOf(const push::Payload& payload) {
  model::JsonFields fields{{"what", model::JsonText(WordOf(payload.what))}};
  if (payload.seq > 0) fields.emplace_back("seq", model::JsonNumber(payload.seq));
  AddText(fields, "from", payload.from);
  AddText(fields, "mime", payload.mime);
  AddText(fields, "webrtc", payload.webrtc);
  AddText(fields, "replace", payload.replaces);
  if (payload.is_audio_only) fields.emplace_back("aonly", model::RawJson{"true"});
  if (!payload.content.empty()) fields.emplace_back("content", payload.content);
  if (payload.what == push::What::kSubscription) {
    AddText(fields, "want", payload.want.ToString());
    AddText(fields, "given", payload.given.ToString());
  }
  return fields;
}

}  // namespace

void ReceiptBox::Push(push::ReceiptPtr receipt) {
  for (const push::Recipient& recipient : receipt->recipients) {
    model::JsonFields fields = FieldsOf(receipt->payload);
    fields.emplace_back("topic", model::JsonText(recipient.topic));
    fields.emplace_back("unread", model::JsonNumber(recipient.unread));
    if (recipient.is_silent) fields.emplace_back("silent", model::RawJson{"true"});
    std::vector<std::string> devices;
    for (const push::Device& device : recipient.devices) devices.push_back(device.id);
    fields.emplace_back("devices", model::JsonTextArray(devices));
    fields.emplace_back("platform", model::JsonText(recipient.devices.front().platform));
    entries_.push_back({recipient.user.ToString(), model::JsonObject(fields).text});
  }
  if (receipt->channel.empty()) return;
  model::JsonFields fields = FieldsOf(receipt->payload);
  fields.emplace_back("channel", model::JsonText(receipt->channel));
  entries_.push_back({"channel", model::JsonObject(fields).text});
}

}  // namespace molva::test
