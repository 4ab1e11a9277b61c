// The finder "@NAME@": key documents of other servers are files in a folder, <domain>.json.
//
// How a discovery plugin works: the host asks for the document of a domain, and checks what comes:
// signatures, domain, and that nothing contradicts what it knows. molva/discovery_plugin.h is the
// contract.
#include <array>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include <molva/discovery_plugin.h>
#include <molva/declare.hpp>
#include <molva/plugin.hpp>
#include <molva/settings.hpp>

// What belongs to one open plugin. find and announce come from one thread of the host's.
struct molva_discovery {
  const molva_discovery_client* client = nullptr;
  std::string folder;
};

namespace {

namespace sdk = molva::sdk;

// A domain comes from strangers: it must not become a path without a look.
bool IsPlainDomain(std::string_view domain) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyz0123456789.-";
  return !domain.empty() && domain.size() <= 200 && domain.front() != '.' &&
         domain.find_first_not_of(kPlain) == std::string_view::npos;
}

std::string PathOf(const molva_discovery& self, std::string_view domain) {
  return self.folder + "/" + std::string(domain) + ".json";
}

// Reads the settings. A plugin that cannot work says why in one sentence, and the node does not
// start. No exception may leave the plugin: GuardedOutcome turns one into a code.
molva_code Open(const molva_host*, const molva_discovery_client* client, molva_text config,
                const molva_sink* why, molva_discovery** out) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    sdk::Settings settings(config);
    auto self = std::make_unique<molva_discovery>();
    self->client = client;
    self->folder = settings.Text("folder", "");
    if (self->folder.empty()) settings.Refuse("folder", "must be the path of a folder");
    if (std::string error = settings.Finish(); !error.empty()) return {MOLVA_MALFORMED, error};
    *out = self.release();
    return sdk::Done();
  });
}

void Close(molva_discovery* self) { std::unique_ptr<molva_discovery>(self).reset(); }

void Answer(const molva_discovery& self, uint64_t token, molva_code code, std::string_view document,
            std::string_view why) {
  self.client->answer(self.client->context, token, code, sdk::Text(document), sdk::Text(why));
}

// A finder that asks somebody else takes the question to a thread of its own and returns: the
// questions behind this one wait meanwhile.
void Find(molva_discovery* self, uint64_t token, molva_text domain) {
  std::string document;
  const auto find = [&] {
    if (!IsPlainDomain(sdk::View(domain))) return;
    std::ifstream file(PathOf(*self, sdk::View(domain)), std::ios::binary);
    document.assign(std::istreambuf_iterator<char>(file), {});
  };
  sdk::GuardedVoid(find, [] {});
  if (document.empty()) return Answer(*self, token, MOLVA_NOT_FOUND, "", "no such file");
  Answer(*self, token, MOLVA_OK, document, "");
}

void Announce(molva_discovery* self, uint64_t token, molva_text domain, molva_text document) {
  bool is_written = false;
  const auto write = [&] {
    if (!IsPlainDomain(sdk::View(domain))) return;
    std::ofstream file(PathOf(*self, sdk::View(domain)), std::ios::binary);
    is_written = static_cast<bool>(file << sdk::View(document) << std::flush);
  };
  sdk::GuardedVoid(write, [] {});
  if (is_written) return Answer(*self, token, MOLVA_OK, "", "");
  Answer(*self, token, MOLVA_UNAVAILABLE, "", "the document cannot be written");
}

constexpr molva_discovery_api MakeApi() {
  molva_discovery_api api{};
  api.struct_size = sizeof api;
  api.open = Open;
  api.close = Close;
  api.find = Find;
  api.announce = Announce;
  return api;
}
constexpr molva_discovery_api kApi = MakeApi();
// What [plugin.discovery_@NAME@] may hold besides the host's deadline and vouches: the node checks
// it, and `molvad plugins` lists it. So does it the licence at the end, which is yours to choose.
constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::TextSetting("folder", nullptr, "Where the documents are."),
});
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_DISCOVERY, "@NAME@", "0.1", &kApi, kSettings, "Apache-2.0");

}  // namespace

// The one function that the host looks for.
const molva_plugin* molva_plugin_v1() { return &kPlugin; }
