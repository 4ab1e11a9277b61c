// A moderation plugin that accepts everything, but for the one thing that its setting "do" names.
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "molva/moderation_plugin.h"
#include "molva/plugin.hpp"
#include "molva/settings.hpp"

struct molva_moderation {
  const molva_moderation_client* client = nullptr;
  std::string deed;
  std::thread late;
  std::atomic<int> asked{0};
  bool Does(std::string_view what) const { return deed == what; }
};

namespace {

namespace sdk = molva::sdk;

constexpr std::chrono::milliseconds kLate(300);

molva_code Open(const molva_host*, const molva_moderation_client* client, molva_text config,
                const molva_sink* why, molva_moderation** out) {
  sdk::Settings settings(config);
  auto self = std::make_unique<molva_moderation>();
  self->client = client;
  self->deed = settings.Text("do", "");
  if (const std::string error = settings.Finish(); !error.empty()) {
    sdk::Put(why, error);
    return MOLVA_MALFORMED;
  }
  *out = self.release();
  return MOLVA_OK;
}

void Close(molva_moderation* self) {
  if (self->late.joinable()) self->late.join();
  std::unique_ptr<molva_moderation>(self).reset();
}

// Another word than this one is judged as the deed says; "well" is always accepted.
bool BehavesNow(const molva_moderation& self, const molva_moderation_case& what) {
  return self.deed.empty() || sdk::View(what.content) == "\"well\"";
}

void Judge(molva_moderation* self, std::uint64_t token, const molva_moderation_case* what) {
  const auto decide = [client = self->client](std::uint64_t to, const molva_verdict& verdict) {
    client->decide(client->context, to, &verdict);
  };
  auto verdict = sdk::Sized<molva_verdict>();
  const std::string huge = "\"" + std::string(2'000'000, 'x') + "\"";
  const std::string deep = std::string(100, '[') + std::string(100, ']');
  const std::string long_reason(300, 'x');
  if (BehavesNow(*self, *what)) return decide(token, verdict);
  if (self->Does("never answer")) return;
  if (self->Does("block")) std::this_thread::sleep_for(kLate);
  if (self->Does("hang")) {
    for (;;) ::pause();
  }
  if (self->Does("answer late")) {
    if (self->late.joinable()) self->late.join();
    self->late = std::thread([decide, token, verdict] {
      std::this_thread::sleep_for(kLate);
      decide(token, verdict);
    });
    return;
  }
  if (self->Does("no such ruling")) verdict.ruling = 77;
  if (self->Does("a short verdict")) verdict.struct_size = 4;
  if (self->Does("a long reason")) verdict.reason = sdk::Text(long_reason);
  if (self->Does("two lines")) verdict.reason = sdk::Text("one\ntwo");
  if (self->Does("no UTF-8")) verdict.reason = sdk::Text("\xff\xfe");
  if (self->deed.starts_with("replace")) verdict.ruling = MOLVA_RULING_REPLACE;
  if (self->Does("replace by no JSON")) verdict.content = sdk::Text("{\"txt\":");
  if (self->Does("replace by two values")) verdict.content = sdk::Text("1 2");
  if (self->Does("replace by too much")) verdict.content = sdk::Text(huge);
  if (self->Does("replace by a deep one")) verdict.content = sdk::Text(deep);
  if (self->Does("replace by a head that is none")) verdict.head = sdk::Text("[1]");
  if (self->Does("replace by null")) verdict.content = sdk::Text("null");
  if (self->Does("answer nobody")) decide(token + 1000, verdict);
  if (self->Does("answer without a verdict")) {
    return self->client->decide(self->client->context, token, nullptr);
  }
  decide(token, verdict);
  if (self->Does("answer twice")) decide(token, verdict);
}

constexpr molva_moderation_api kApi = {
    sizeof(molva_moderation_api),
    MOLVA_MODERATES(MOLVA_MODERATION_MESSAGE) | MOLVA_MODERATES(MOLVA_MODERATION_CONTACT), Open,
    Close, Judge};
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_MODERATION, "naughty", "1.0", &kApi);

}  // namespace

const molva_plugin* molva_plugin_v1() { return &kPlugin; }
