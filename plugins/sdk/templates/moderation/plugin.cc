// The moderator "@NAME@": refuses messages with too many capital letters in a row.
//
// How a moderation plugin works: before something takes effect the host calls judge, and waits for
// decide. molva/moderation_plugin.h is the contract.
#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <molva/moderation_plugin.h>
#include <molva/declare.hpp>
#include <molva/plugin.hpp>
#include <molva/settings.hpp>

// What belongs to one open plugin. judge comes from one thread of the host's.
struct molva_moderation {
  const molva_moderation_client* client = nullptr;
  std::int64_t most_capitals = 0;
};

namespace {

namespace sdk = molva::sdk;

// `content` is JSON: a text, or an object with the text in it. Looking at all of it is good enough
// here; a moderator that wants the text alone parses it.
bool IsShouting(std::string_view content, std::int64_t most) {
  std::int64_t in_a_row = 0;
  for (const char c : content) {
    if (c >= 'A' && c <= 'Z') {
      if (++in_a_row > most) return true;
    } else if (c != ' ') {
      in_a_row = 0;
    }
  }
  return false;
}

// Reads the settings. A plugin that cannot work says why in one sentence, and the node does not
// start. No exception may leave the plugin: GuardedOutcome turns one into a code.
molva_code Open(const molva_host*, const molva_moderation_client* client, molva_text config,
                const molva_sink* why, molva_moderation** out) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    sdk::Settings settings(config);
    auto self = std::make_unique<molva_moderation>();
    self->client = client;
    self->most_capitals = settings.Integer("most_capitals", 20, 1, 1000);
    if (std::string error = settings.Finish(); !error.empty()) return {MOLVA_MALFORMED, error};
    *out = self.release();
    return sdk::Done();
  });
}

void Close(molva_moderation* self) { std::unique_ptr<molva_moderation>(self).reset(); }

// `what` is gone when this returns. A moderator that asks somebody else copies what it needs, hands
// it to a thread of its own and returns: the cases behind this one wait meanwhile.
void Judge(molva_moderation* self, uint64_t token, const molva_moderation_case* what) {
  auto verdict = sdk::Sized<molva_verdict>();  // accepts
  if (IsShouting(sdk::View(what->content), self->most_capitals)) {
    verdict.ruling = MOLVA_RULING_REFUSE;
    verdict.reason = sdk::Text("please do not shout");
  }
  self->client->decide(self->client->context, token, &verdict);
}

constexpr molva_moderation_api MakeApi() {
  molva_moderation_api api{};
  api.struct_size = sizeof api;
  api.wants = MOLVA_MODERATES(MOLVA_MODERATION_MESSAGE);
  api.open = Open;
  api.close = Close;
  api.judge = Judge;
  return api;
}
constexpr molva_moderation_api kApi = MakeApi();
// What [plugin.moderation_@NAME@] may hold besides the host's deadline and on_failure: the node
// checks it, and `molvad plugins` lists it. So does it the licence at the end, which is yours to
// choose.
constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::NumberSetting("most_capitals", "20", 1, 1000, "Capital letters that are no shouting yet."),
});
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_MODERATION, "@NAME@", "0.1", &kApi, kSettings, "Apache-2.0");

}  // namespace

// The one function that the host looks for.
const molva_plugin* molva_plugin_v1() { return &kPlugin; }
