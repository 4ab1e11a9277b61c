// A discovery plugin that answers with the document of its setting "document", but for the one
// thing that its setting "do" names.
#include <unistd.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "molva/discovery_plugin.h"
#include "molva/plugin.hpp"
#include "molva/settings.hpp"

struct molva_discovery {
  const molva_discovery_client* client = nullptr;
  std::string deed;
  std::string document;
  std::thread late;
  bool Does(std::string_view what) const { return deed == what; }
};

namespace {

namespace sdk = molva::sdk;

constexpr std::chrono::milliseconds kLate(300);

molva_code Open(const molva_host*, const molva_discovery_client* client, molva_text config,
                const molva_sink* why, molva_discovery** out) {
  sdk::Settings settings(config);
  auto self = std::make_unique<molva_discovery>();
  self->client = client;
  self->deed = settings.Text("do", "");
  self->document = settings.Text("document", "a document");
  if (const std::string error = settings.Finish(); !error.empty()) {
    sdk::Put(why, error);
    return MOLVA_MALFORMED;
  }
  *out = self.release();
  return MOLVA_OK;
}

void Close(molva_discovery* self) {
  if (self->late.joinable()) self->late.join();
  std::unique_ptr<molva_discovery>(self).reset();
}

void Find(molva_discovery* self, uint64_t token, molva_text domain) {
  const auto answer = [client = self->client](uint64_t to, molva_code code, std::string_view text) {
    client->answer(client->context, to, code, sdk::Text(text), sdk::Text("because"));
  };
  // It behaves when it is asked about this one.
  if (sdk::View(domain) == "good.test") return answer(token, MOLVA_OK, self->document);
  if (self->Does("never answer")) return;
  if (self->Does("hang")) {
    for (;;) ::pause();
  }
  if (self->Does("answer late")) {
    if (self->late.joinable()) self->late.join();
    self->late = std::thread([answer, token] {
      std::this_thread::sleep_for(kLate);
      answer(token, MOLVA_OK, "late");
    });
    return;
  }
  if (self->Does("answer too much")) return answer(token, MOLVA_OK, std::string(100'000, 'x'));
  if (self->Does("answer nothing")) return answer(token, MOLVA_OK, "");
  if (self->Does("invent a code")) return answer(token, 77, "");
  if (self->Does("answer nobody")) answer(token + 1000, MOLVA_OK, "x");
  answer(token, MOLVA_OK, self->document);
  if (self->Does("answer twice")) answer(token, MOLVA_OK, "another");
}

void Announce(molva_discovery* self, uint64_t token, molva_text, molva_text) {
  if (self->Does("never answer")) return;
  self->client->answer(self->client->context, token, MOLVA_UNSUPPORTED, {}, {});
}

constexpr molva_discovery_api kApi = {sizeof(molva_discovery_api), 0, Open, Close, Find, Announce};
constexpr molva_plugin kPlugin = sdk::DescribePlugin(MOLVA_KIND_DISCOVERY, "naughty", "1.0", &kApi);

}  // namespace

const molva_plugin* molva_plugin_v1() { return &kPlugin; }
