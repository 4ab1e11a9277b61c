#include "plugin/push_adapter.h"

#include <fmt/core.h>

#include <array>
#include <utility>

#include "molva/plugin.hpp"
#include "plugin/arena.h"
#include "runtime/signal_mask.h"

namespace molva::plugin {
namespace {

enum class PushCall { kOpen, kPush, kWebKey };
constexpr std::array<std::string_view, 3> kPushCalls = {"open", "push", "web_key"};

molva_push_what ToC(push::What what) {
  switch (what) {
    case push::What::kMessage:
      return MOLVA_PUSH_MESSAGE;
    case push::What::kSubscription:
      return MOLVA_PUSH_SUBSCRIPTION;
    case push::What::kRead:
      break;
  }
  return MOLVA_PUSH_READ;
}

molva_device ToC(const push::Device& device) {
  auto text = sdk::Sized<molva_device>();
  text.id = sdk::Text(device.id);
  text.platform = sdk::Text(device.platform);
  text.language = sdk::Text(device.language);
  text.last_seen = absl::ToUnixMillis(device.last_seen);
  return text;
}

molva_recipient ToC(const push::Recipient& recipient, Arena& arena) {
  auto text = sdk::Sized<molva_recipient>();
  text.is_silent = recipient.is_silent ? 1 : 0;
  text.user = recipient.user.bits();
  text.user_name = arena.Keep(recipient.user.ToString());
  text.topic = sdk::Text(recipient.topic);
  text.unread = recipient.unread;
  auto* devices = arena.MakeArray<molva_device>(recipient.devices.size());
  for (std::size_t i = 0; i < recipient.devices.size(); ++i) devices[i] = ToC(recipient.devices[i]);
  text.devices = devices;
  text.device_count = recipient.devices.size();
  return text;
}

molva_receipt ToC(const push::Receipt& receipt, Arena& arena) {
  const push::Payload& payload = receipt.payload;
  auto text = sdk::Sized<molva_receipt>();
  text.what = ToC(payload.what);
  text.from = sdk::Text(payload.from);
  text.when = absl::ToUnixMillis(payload.when);
  text.seq = payload.seq;
  text.is_audio_only = payload.is_audio_only ? 1 : 0;
  text.mime = sdk::Text(payload.mime);
  text.content = sdk::Text(payload.content.text);
  text.webrtc = sdk::Text(payload.webrtc);
  text.replaces = sdk::Text(payload.replaces);
  text.want = arena.Keep(payload.want.ToString());
  text.given = arena.Keep(payload.given.ToString());
  auto* recipients = arena.MakeArray<molva_recipient>(receipt.recipients.size());
  for (std::size_t i = 0; i < receipt.recipients.size(); ++i) {
    recipients[i] = ToC(receipt.recipients[i], arena);
  }
  text.recipients = recipients;
  text.recipient_count = receipt.recipients.size();
  text.channel = sdk::Text(receipt.channel);
  return text;
}

}  // namespace

PushPlugin::PushPlugin(const Library& library, PushOptions options)
    : api_(library.push_api()),
      name_(library.name()),
      options_(std::move(options)),
      calls_(std::make_shared<CallStats>(library.Label(), kPushCalls)),
      host_(fmt::format("push {}", name_)),
      client_{sizeof(molva_push_client), 0, this, &PushPlugin::OnGone} {}

absl::StatusOr<std::unique_ptr<PushPlugin>> PushPlugin::Open(const Library& library,
                                                             const std::string& config,
                                                             PushOptions options) {
  std::unique_ptr<PushPlugin> plugin(new PushPlugin(library, std::move(options)));
  sdk::Collector why;
  molva_push* instance = nullptr;
  CallTimer timer(*plugin->calls_, PushCall::kOpen);
  const molva_code code = timer.Answered(plugin->api_.open(
      plugin->host_.table(), &plugin->client_, sdk::Text(config), why.sink(), &instance));
  if (code != MOLVA_OK) {
    return StatusOf(code, fmt::format("{}: {}", plugin->host_.plugin_name(), why.First()));
  }
  if (instance == nullptr) {
    return absl::InternalError(
        fmt::format("{}: opened, but gave no instance", plugin->host_.plugin_name()));
  }
  plugin->instance_ = instance;
  sdk::Collector key;
  CallTimer key_timer(*plugin->calls_, PushCall::kWebKey);
  plugin->api_.web_key(instance, key.sink());
  key_timer.Answered(CallOutcome::kOk);
  plugin->web_key_ = key.First();
  plugin->thread_ = std::thread([self = plugin.get()] { self->Run(); });
  return plugin;
}

PushPlugin::~PushPlugin() {
  if (instance_ == nullptr) return;
  {
    const runtime::MutexLock lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_one();
  api_.stop(instance_);
  thread_.join();
  api_.close(instance_);
}

void PushPlugin::Push(push::ReceiptPtr receipt) {
  {
    const runtime::MutexLock lock(mutex_);
    if (queue_.size() >= options_.max_queued) {
      ++dropped_;
      return;
    }
    queue_.push_back(std::move(receipt));
  }
  wake_.notify_one();
}

PushCounts PushPlugin::counts() const { return {dropped_, sent_, failed_, gone_}; }

std::size_t PushPlugin::queued() const {
  const runtime::MutexLock lock(mutex_);
  return queue_.size();
}

void PushPlugin::OnGone(void* context, std::uint64_t user, molva_text device) {
  const PushPlugin& self = *static_cast<const PushPlugin*>(context);
  if (self.options_.on_gone == nullptr) return;
  self.options_.on_gone(model::UserId::FromBits(user), sdk::Copy(device));
}

void PushPlugin::Run() {
  runtime::BlockAllSignals();
  while (const push::ReceiptPtr receipt = Take()) Hand(*receipt);
}

push::ReceiptPtr PushPlugin::Take() {
  const runtime::MutexLock lock(mutex_);
  while (queue_.empty() && !is_stopping_) wake_.wait(mutex_);
  if (is_stopping_) return nullptr;
  push::ReceiptPtr receipt = std::move(queue_.front());
  queue_.pop_front();
  return receipt;
}

void PushPlugin::Hand(const push::Receipt& receipt) {
  Arena arena;
  const molva_receipt text = ToC(receipt, arena);
  auto tally = sdk::Sized<molva_push_tally>();
  CallTimer timer(*calls_, PushCall::kPush);
  api_.push(instance_, &text, &tally);
  timer.Answered(tally.failed == 0 ? CallOutcome::kOk : CallOutcome::kFailed);
  sent_ += tally.sent;
  failed_ += tally.failed;
  gone_ += tally.gone;
}

}  // namespace molva::plugin
