// The push service "@NAME@": devices whose id is "@NAME@:<anything>" are told by a line in a file,
// for another program to carry.
//
// How a push plugin works: the host decides whom an event concerns and hands over one receipt after
// the other; the plugin reaches the devices that it knows how to reach, and skips the rest.
// molva/push_plugin.h is the contract.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include <molva/push_plugin.h>
#include <molva/declare.hpp>
#include <molva/json_text.hpp>
#include <molva/plugin.hpp>
#include <molva/settings.hpp>

// What belongs to one open plugin. push comes from one thread, stop from another.
struct molva_push {
  int file = -1;
  std::atomic<bool> is_stopped{false};
  ~molva_push() {
    if (file >= 0) ::close(file);
  }
};

namespace {

namespace sdk = molva::sdk;

constexpr std::string_view kOurs = "@NAME@:";

// Reads the settings. A plugin that cannot work says why in one sentence, and the node does not
// start. No exception may leave the plugin: GuardedOutcome turns one into a code.
molva_code Open(const molva_host*, const molva_push_client*, molva_text config,
                const molva_sink* why, molva_push** out) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    sdk::Settings settings(config);
    const std::string path = settings.Text("file", "");
    if (path.empty()) settings.Refuse("file", "must be the path of a file");
    if (std::string error = settings.Finish(); !error.empty()) return {MOLVA_MALFORMED, error};
    auto self = std::make_unique<molva_push>();
    self->file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (self->file < 0) return {MOLVA_UNAVAILABLE, "the file cannot be opened"};
    *out = self.release();
    return sdk::Done();
  });
}

void Close(molva_push* self) { std::unique_ptr<molva_push>(self).reset(); }

bool Tell(const molva_push& self, const molva_receipt& receipt, const molva_recipient& recipient,
          std::string_view device) {
  const std::string line = sdk::JsonObject()
                               .Text("device", device.substr(kOurs.size()))
                               .Text("topic", sdk::View(recipient.topic))
                               .Number("seq", receipt.seq)
                               .Number("unread", recipient.unread)
                               .Finish() +
                           "\n";
  return ::write(self.file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
}

// Members of arrays are reached with MOLVA_AT: a newer host may have longer structs. May block, but
// what waits behind it is dropped when the queue is full.
void Push(molva_push* self, const molva_receipt* receipt, molva_push_tally* tally) {
  const auto push = [&] {
    for (std::size_t i = 0; i < receipt->recipient_count; ++i) {
      const molva_recipient& recipient = *MOLVA_AT(molva_recipient, receipt->recipients, i);
      for (std::size_t k = 0; k < recipient.device_count; ++k) {
        const std::string_view id = sdk::View(MOLVA_AT(molva_device, recipient.devices, k)->id);
        if (self->is_stopped) return;
        if (!id.starts_with(kOurs)) continue;
        if (Tell(*self, *receipt, recipient, id)) {
          ++tally->sent;
        } else {
          ++tally->failed;
        }
      }
    }
  };
  sdk::GuardedVoid(push, [tally] { ++tally->failed; });
}

// The node ends: let a push that runs end soon.
void Stop(molva_push* self) { self->is_stopped = true; }

// Only a service of browsers has a key.
void WebKey(molva_push*, const molva_sink*) {}

constexpr molva_push_api MakeApi() {
  molva_push_api api{};
  api.struct_size = sizeof api;
  api.open = Open;
  api.close = Close;
  api.push = Push;
  api.stop = Stop;
  api.web_key = WebKey;
  return api;
}
constexpr molva_push_api kApi = MakeApi();
// What [plugin.push_@NAME@] may hold: the node checks it, and `molvad plugins` lists it.
// So does it the licence at the end, which is yours to choose.
constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::TextSetting("file", nullptr, "Where pushes are written."),
});
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_PUSH, "@NAME@", "0.1", &kApi, kSettings, "Apache-2.0");

}  // namespace

// The one function that the host looks for.
const molva_plugin* molva_plugin_v1() { return &kPlugin; }
