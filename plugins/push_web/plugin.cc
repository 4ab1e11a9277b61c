// Web Push: the C table over subscriptions, payload, encryption, VAPID and courier.
#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base64_url.h"
#include "courier.h"
#include "encryption.h"
#include "molva/declare.hpp"
#include "molva/plugin.hpp"
#include "molva/plugin_config.hpp"
#include "molva/push_plugin.h"
#include "payload.h"
#include "subscription.h"
#include "vapid.h"

struct molva_push {
  molva_push(const molva_push_client& host_client, molva::push_web::EcKey key, std::string subject,
             molva::push_web::CourierOptions options, molva::sdk::Logger log)
      : client(host_client),
        vapid(std::move(key), std::move(subject)),
        courier(std::move(options), log) {}

  const molva_push_client& client;
  molva::push_web::Vapid vapid;
  molva::push_web::Courier courier;
  molva::push_web::Ports ports = molva::push_web::Ports::kStandard;
  molva::push_web::ContentRule content = molva::push_web::ContentRule::kShown;
  long ttl_seconds = 3600;
};

namespace molva::push_web {
namespace {

// One letter and whose it is, in case the service does not know him.
struct Addressed {
  std::uint64_t user = 0;
  molva_text device{};
};

std::optional<EcKey> ReadKey(sdk::Config& config) {
  const std::optional<std::string> bytes = DecodeBase64Url(config.Text("private_key", ""));
  std::optional<EcKey> key;
  if (bytes.has_value()) key = EcKey::FromPrivate(*bytes);
  if (!key.has_value())
    config.Refuse("private_key", "must be 32 bytes of a P-256 key in base64url");
  return key;
}

std::string ReadSubject(sdk::Config& config) {
  std::string subject = config.Text("subject", "");
  const auto is_printable = [](char c) { return c > ' ' && c < '\x7f'; };
  if ((!subject.starts_with("mailto:") && !subject.starts_with("https://")) ||
      !std::all_of(subject.begin(), subject.end(), is_printable)) {
    config.Refuse("subject", "must be a mailto: or https: URL");
  }
  return subject;
}

molva_code Open(const molva_host* host, const molva_push_client* client, molva_text text,
                const molva_sink* why, molva_push** out) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    sdk::Config config(text);
    std::optional<EcKey> key = ReadKey(config);
    std::string subject = ReadSubject(config);
    CourierOptions options;
    const bool allows_private = config.Flag("allow_private", false);
    if (allows_private) options.addresses = Addresses::kAny;
    options.ca_file = config.Text("ca_file", "");
    options.timeout_seconds = config.Integer("timeout_seconds", 10, 1, 60);
    options.at_once = static_cast<std::size_t>(config.Integer("at_once", 16, 1, 256));
    const bool shows_content = config.Flag("content", true);
    const std::int64_t ttl_seconds = config.Integer("ttl_seconds", 3600, 0, 2419200);
    const std::string error = config.Finish();
    if (!error.empty()) return {MOLVA_MALFORMED, error};
    auto self = std::make_unique<molva_push>(*client, *std::move(key), std::move(subject),
                                             std::move(options), sdk::Logger(host));
    if (allows_private) self->ports = Ports::kAny;
    if (!shows_content) self->content = ContentRule::kHidden;
    self->ttl_seconds = ttl_seconds;
    MOLVA_RETURN_UNLESS_OK(self->courier.Start());
    sdk::Logger(host).Info("clients subscribe with the key " + self->vapid.public_text());
    *out = self.release();
    return sdk::Done();
  });
}

void Close(molva_push* self) { std::unique_ptr<molva_push>(self).reset(); }

// The letter to one device; nullopt if it is not one of ours.
std::optional<Letter> LetterTo(molva_push& self, const molva_device& device,
                               const std::string& payload, const Delivery& delivery) {
  const std::optional<Subscription> to = ParseSubscription(sdk::View(device.id), self.ports);
  if (!to.has_value()) return std::nullopt;
  std::optional<std::string> body = Encrypt(payload, to->keys);
  std::optional<std::string> authorization =
      self.vapid.AuthorizationFor(to->origin, std::time(nullptr));
  if (!body.has_value() || !authorization.has_value()) return std::nullopt;
  return Letter{to->endpoint, to->origin, *std::move(authorization), *std::move(body), delivery};
}

// Letters of one receipt, sent off in lots: a receipt may concern many thousands.
class Lot {
 public:
  Lot(molva_push& self, molva_push_tally& tally) : self_(self), tally_(tally) {}

  void Add(Letter letter, const Addressed& addressed) {
    letters_.push_back(std::move(letter));
    addressed_.push_back(addressed);
    if (letters_.size() == kLargest) Send();
  }
  void Send() {
    const std::vector<Verdict> verdicts = self_.courier.Deliver(letters_);
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
      tally_.sent += verdicts[i] == Verdict::kTaken ? 1 : 0;
      tally_.failed += verdicts[i] == Verdict::kFailed ? 1 : 0;
      if (verdicts[i] != Verdict::kGone) continue;
      ++tally_.gone;
      self_.client.gone(self_.client.context, addressed_[i].user, addressed_[i].device);
    }
    letters_.clear();
    addressed_.clear();
  }

 private:
  static constexpr std::size_t kLargest = 256;

  molva_push& self_;
  molva_push_tally& tally_;
  std::vector<Letter> letters_;
  std::vector<Addressed> addressed_;
};

void PushReceipt(molva_push& self, const molva_receipt& receipt, molva_push_tally& tally) {
  Lot lot(self, tally);
  for (std::size_t i = 0; i < receipt.recipient_count && !self.courier.is_stopped(); ++i) {
    const molva_recipient& recipient = *MOLVA_AT(molva_recipient, receipt.recipients, i);
    const std::string payload = PayloadFor(receipt, recipient, self.content);
    const Delivery delivery = DeliveryFor(receipt, recipient, self.ttl_seconds);
    for (std::size_t j = 0; j < recipient.device_count; ++j) {
      const molva_device& device = *MOLVA_AT(molva_device, recipient.devices, j);
      std::optional<Letter> letter = LetterTo(self, device, payload, delivery);
      if (letter.has_value()) lot.Add(*std::move(letter), {recipient.user, device.id});
    }
  }
  lot.Send();
}

void Push(molva_push* self, const molva_receipt* receipt, molva_push_tally* tally) {
  sdk::GuardedVoid([&] { PushReceipt(*self, *receipt, *tally); }, [&] { ++tally->failed; });
}

void Stop(molva_push* self) { self->courier.Stop(); }

void WebKey(molva_push* self, const molva_sink* out) {
  sdk::GuardedVoid([&] { sdk::Put(out, self->vapid.public_text()); }, [] {});
}

constexpr molva_push_api kApi = {sizeof(molva_push_api), 0, Open, Close, Push, Stop, WebKey};
constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::SecretSetting("private_key", nullptr,
                       "Base64url of the 32 bytes of a P-256 key; keep it."),
    sdk::TextSetting("subject", nullptr, "Whom push services may ask: mailto: or https:."),
    sdk::BoolSetting("content", "true", "Whether up to 128 characters of a message go along."),
    sdk::NumberSetting("ttl_seconds", "3600", 0, 2419200,
                       "How long a push service keeps what it cannot deliver."),
    sdk::NumberSetting("timeout_seconds", "10", 1, 60, "For one request."),
    sdk::NumberSetting("at_once", "16", 1, 256, "Requests at a time."),
    sdk::BoolSetting("allow_private", "false",
                     "Whether addresses that are not public, and other ports, are reached."),
    sdk::TextSetting("ca_file", "", "Certificates to trust instead of the system's."),
});
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_PUSH, "web", "1.0", &kApi, kSettings, "Apache-2.0");

}  // namespace
}  // namespace molva::push_web

const molva_plugin* molva_plugin_v1() { return &molva::push_web::kPlugin; }
