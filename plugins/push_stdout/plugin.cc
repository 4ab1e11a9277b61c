// One line of JSON on the standard output per receipt.
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <memory>
#include <string>
#include <string_view>

#include "molva/declare.hpp"
#include "molva/json_text.hpp"
#include "molva/plugin.hpp"
#include "molva/plugin_config.hpp"
#include "molva/push_plugin.h"

struct molva_push {
  bool writes_content = true;
  std::atomic<bool> is_stopped{false};
};

namespace molva::push_stdout {
namespace {

std::string_view NameOf(molva_push_what what) {
  switch (what) {
    case MOLVA_PUSH_MESSAGE:
      return "msg";
    case MOLVA_PUSH_SUBSCRIPTION:
      return "sub";
    default:
      return "read";
  }
}

std::string ToJson(const molva_recipient& recipient) {
  std::string devices;
  for (std::size_t i = 0; i < recipient.device_count; ++i) {
    const molva_device& device = *MOLVA_AT(molva_device, recipient.devices, i);
    devices += i == 0 ? "" : ",";
    devices += sdk::JsonObject()
                   .Text("id", sdk::View(device.id))
                   .TextIfAny("platform", sdk::View(device.platform))
                   .TextIfAny("lang", sdk::View(device.language))
                   .Finish();
  }
  return sdk::JsonObject()
      .Text("user", sdk::View(recipient.user_name))
      .Text("topic", sdk::View(recipient.topic))
      .Raw("silent", recipient.is_silent != 0 ? "true" : "false")
      .Number("unread", recipient.unread)
      .Raw("devices", "[" + devices + "]")
      .Finish();
}

std::string ToJson(const molva_receipt& receipt, bool writes_content) {
  std::string to;
  for (std::size_t i = 0; i < receipt.recipient_count; ++i) {
    to += (i == 0 ? "" : ",") + ToJson(*MOLVA_AT(molva_recipient, receipt.recipients, i));
  }
  sdk::JsonObject line;
  line.Text("what", NameOf(receipt.what))
      .TextIfAny("xfrom", sdk::View(receipt.from))
      .Number("ts", receipt.when)
      .Number("seq", receipt.seq)
      .TextIfAny("mime", sdk::View(receipt.mime));
  if (writes_content && receipt.content.size != 0) line.Raw("content", sdk::View(receipt.content));
  line.TextIfAny("webrtc", sdk::View(receipt.webrtc));
  if (receipt.is_audio_only != 0) line.Raw("aonly", "true");
  line.TextIfAny("replace", sdk::View(receipt.replaces));
  if (receipt.what == MOLVA_PUSH_SUBSCRIPTION) {
    line.Text("modeWant", sdk::View(receipt.want)).Text("modeGiven", sdk::View(receipt.given));
  }
  line.Raw("to", "[" + to + "]").TextIfAny("channel", sdk::View(receipt.channel));
  std::string text = line.Finish();
  // Content may be written over several lines.
  for (char& c : text) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return text + "\n";
}

// Never waits long for who does not read: a pipe that is ready takes PIPE_BUF bytes at once.
bool WriteAll(std::string_view text, const std::atomic<bool>& is_stopped) {
  constexpr int kLookMilliseconds = 100;
  while (!text.empty()) {
    pollfd ready{STDOUT_FILENO, POLLOUT, 0};
    const int count = ::poll(&ready, 1, kLookMilliseconds);
    if (is_stopped) return false;
    if (count == 0 || (count < 0 && errno == EINTR)) continue;
    const ssize_t written =
        ::write(STDOUT_FILENO, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

molva_code Open(const molva_host*, const molva_push_client*, molva_text text, const molva_sink* why,
                molva_push** out) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    auto self = std::make_unique<molva_push>();
    sdk::Config config(text);
    self->writes_content = config.Flag("content", true);
    const std::string error = config.Finish();
    if (!error.empty()) return {MOLVA_MALFORMED, error};
    *out = self.release();
    return sdk::Done();
  });
}

void Close(molva_push* self) { std::unique_ptr<molva_push>(self).reset(); }

void Push(molva_push* self, const molva_receipt* receipt, molva_push_tally* tally) {
  if (self->is_stopped) return;
  std::uint32_t devices = 0;
  for (std::size_t i = 0; i < receipt->recipient_count; ++i) {
    devices +=
        static_cast<std::uint32_t>(MOLVA_AT(molva_recipient, receipt->recipients, i)->device_count);
  }
  const auto fail = [&] { tally->failed = devices; };
  sdk::GuardedVoid(
      [&] {
        if (WriteAll(ToJson(*receipt, self->writes_content), self->is_stopped)) {
          tally->sent = devices;
        } else {
          fail();
        }
      },
      fail);
}

void Stop(molva_push* self) { self->is_stopped = true; }

void WebKey(molva_push*, const molva_sink*) {}

constexpr molva_push_api kApi = {sizeof(molva_push_api), 0, Open, Close, Push, Stop, WebKey};
constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::BoolSetting("content", "true", "Whether the content of messages is written."),
});
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_PUSH, "stdout", "1.0", &kApi, kSettings, "Apache-2.0");

}  // namespace
}  // namespace molva::push_stdout

const molva_plugin* molva_plugin_v1() { return &molva::push_stdout::kPlugin; }
