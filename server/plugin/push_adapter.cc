#include "plugin/push_adapter.h"

#include <absl/time/clock.h>
#include <fmt/core.h>

#include <array>
#include <utility>
#include <variant>

#include "base/status_macros.h"
#include "molva/plugin.hpp"
#include "plugin/arena.h"
#include "plugin/open_instance.h"
#include "runtime/signal_mask.h"

namespace molva::plugin {
namespace {

enum class PushCall { kOpen, kPush, kWebKey };
constexpr std::array<std::string_view, 3> kPushCalls = {"open", "push", "web_key"};

// As the contract promises: while a call hangs there is no other one.
runtime::CallRules OneAtATime(runtime::CallRules rules) {
  rules.threads = 1;
  rules.max_held = 1;
  return rules;
}

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

struct PushPlugin::Held {
  Held(const Library& library, PushOptions push_options)
      : api(library.push_api()),
        options(std::move(push_options)),
        calls(std::make_shared<CallStats>(library.Label(), kPushCalls)),
        host(fmt::format("push {}", library.name())),
        client{sizeof(molva_push_client), 0, this, &Held::OnGone} {}
  ~Held() {
    if (instance != nullptr) api.close(instance);
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  static void OnGone(void* context, std::uint64_t user, molva_text device);
  void Push(const push::Receipt& receipt);

  const molva_push_api& api;
  const PushOptions options;
  const std::shared_ptr<CallStats> calls;  // shared with the metrics
  HostApi host;
  const molva_push_client client;
  molva_push* instance = nullptr;
  std::atomic<std::uint64_t> sent{0};
  std::atomic<std::uint64_t> failed{0};
  std::atomic<std::uint64_t> gone{0};
  runtime::Mutex mutex;
  bool has_owner ABSL_GUARDED_BY(mutex) = true;  // else nobody wants to hear of devices
};

PushPlugin::PushPlugin(const Library& library, PushOptions options, const runtime::CallRules& rules)
    : name_(library.name()),
      max_queued_(options.max_queued),
      held_(std::make_shared<Held>(library, std::move(options))),
      gate_(std::make_shared<runtime::CallGate>(library.Label(), OneAtATime(rules))) {}

absl::StatusOr<std::unique_ptr<PushPlugin>> PushPlugin::Open(const Library& library,
                                                             const std::string& config,
                                                             PushOptions options,
                                                             const runtime::CallRules& rules) {
  std::unique_ptr<PushPlugin> plugin(new PushPlugin(library, std::move(options), rules));
  Held& held = *plugin->held_;
  MOLVA_ASSIGN_OR_RETURN(
      molva_push* const instance,
      OpenInstance<molva_push>(held.host, [&](const molva_sink* why, molva_push** out) {
        CallTimer timer(*held.calls, PushCall::kOpen);
        return timer.Answered(
            held.api.open(held.host.table(), &held.client, sdk::Text(config), why, out));
      }));
  held.instance = instance;
  sdk::Collector key;
  CallTimer key_timer(*held.calls, PushCall::kWebKey);
  held.api.web_key(instance, key.sink());
  key_timer.Answered(CallOutcome::kOk);
  plugin->web_key_ = key.First();
  plugin->thread_ = std::thread([self = plugin.get()] { self->Run(); });
  return plugin;
}

PushPlugin::~PushPlugin() {
  if (!thread_.joinable()) return;
  {
    const runtime::MutexLock lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_one();
  held_->api.stop(held_->instance);
  gate_->Stop(absl::Now() + kPartingTime);
  thread_.join();
  const runtime::MutexLock lock(held_->mutex);
  held_->has_owner = false;
}

void PushPlugin::Push(push::ReceiptPtr receipt) {
  {
    const runtime::MutexLock lock(mutex_);
    if (queue_.size() >= max_queued_) {
      ++dropped_;
      return;
    }
    queue_.push_back(std::move(receipt));
  }
  wake_.notify_one();
}

PushCounts PushPlugin::counts() const {
  return {dropped_, held_->sent, held_->failed, held_->gone};
}

std::shared_ptr<const CallStats> PushPlugin::calls() const { return held_->calls; }

std::size_t PushPlugin::queued() const {
  const runtime::MutexLock lock(mutex_);
  return queue_.size();
}

void PushPlugin::Held::OnGone(void* context, std::uint64_t user, molva_text device) {
  Held& self = *static_cast<Held*>(context);
  if (self.options.on_gone == nullptr) return;
  const runtime::MutexLock lock(self.mutex);
  if (self.has_owner) self.options.on_gone(model::UserId::FromBits(user), sdk::Copy(device));
}

void PushPlugin::Run() {
  runtime::BlockAllSignals();
  while (const push::ReceiptPtr receipt = Take()) {
    const auto taken = gate_->Wait<std::monostate>(0, [held = held_, receipt] {
      held->Push(*receipt);
      return std::monostate();
    });
    if (!taken.ok()) ++dropped_;
  }
}

push::ReceiptPtr PushPlugin::Take() {
  const runtime::MutexLock lock(mutex_);
  while (queue_.empty() && !is_stopping_) wake_.wait(mutex_);
  if (is_stopping_) return nullptr;
  push::ReceiptPtr receipt = std::move(queue_.front());
  queue_.pop_front();
  return receipt;
}

void PushPlugin::Held::Push(const push::Receipt& receipt) {
  Arena arena;
  const molva_receipt text = ToC(receipt, arena);
  auto tally = sdk::Sized<molva_push_tally>();
  CallTimer timer(*calls, PushCall::kPush);
  api.push(instance, &text, &tally);
  timer.Answered(tally.failed == 0 ? CallOutcome::kOk : CallOutcome::kFailed);
  sent += tally.sent;
  failed += tally.failed;
  gone += tally.gone;
}

}  // namespace molva::plugin
