// The store "@NAME@": passes everything on to another storage plugin, and back. Change what passes,
// or put a store of your own in its place, function by function.
//
// How a store works: batches of changes and queries come in and are answered later, from any
// thread, by calling the client. molva/store_plugin.h is the contract; it says what each means.
#include <dlfcn.h>

#include <array>
#include <atomic>
#include <cstring>
#include <memory>
#include <string>

#include <molva/store_plugin.h>
#include <molva/declare.hpp>
#include <molva/plugin.hpp>
#include <molva/settings.hpp>

// What belongs to one open plugin. Calls and answers of several threads meet here.
struct molva_store {
  const molva_store_client* outer = nullptr;  // the host: hears our answers
  molva_store_client client{};                // ours: hears the answers of the inner store
  const molva_store_api* api = nullptr;
  molva_store* inner = nullptr;
  std::atomic<std::uint64_t> batches{0};
};

namespace {

namespace sdk = molva::sdk;

// The results go on as they are: tokens are the host's. An answer is due exactly once per token,
// and the memory of a batch may be used until then.
void OnWritten(void* context, const molva_result* results, std::size_t count) {
  const molva_store& self = *static_cast<molva_store*>(context);
  self.outer->written(self.outer->context, results, count);
}

// The rows live as long as this call.
void OnFound(void* context, const molva_result* result, const molva_row* rows, std::size_t count) {
  const molva_store& self = *static_cast<molva_store*>(context);
  self.outer->found(self.outer->context, result, rows, count);
}

sdk::Outcome Load(const std::string& path, const molva_store_api** api) {
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  void* symbol = library == nullptr ? nullptr : ::dlsym(library, MOLVA_PLUGIN_ENTRY);
  if (symbol == nullptr) return {MOLVA_UNAVAILABLE, "the inner plugin cannot be loaded"};
  const molva_plugin* (*entry)() = nullptr;
  std::memcpy(&entry, &symbol, sizeof entry);
  const molva_plugin* table = entry();
  if (table->magic != MOLVA_PLUGIN_MAGIC || table->abi_major != MOLVA_ABI_MAJOR ||
      table->kind != MOLVA_KIND_STORE) {
    return {MOLVA_MALFORMED, "\"inner\" is no storage plugin"};
  }
  // We promise the host all that our headers have, so the inner store must have it too.
  if (table->abi_minor < MOLVA_ABI_MINOR) {
    return {MOLVA_UNSUPPORTED, "the inner plugin is of an older version than this one"};
  }
  *api = static_cast<const molva_store_api*>(table->api);
  return sdk::Done();
}

// Reads the settings. A plugin that cannot work says why in one sentence, and the node does not
// start. No exception may leave the plugin: GuardedOutcome turns one into a code.
molva_code Open(const molva_host* host, const molva_store_client* client, molva_text config,
                const molva_sink* why, molva_store** out) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    sdk::Settings settings(config);
    const std::string path = settings.Text("inner", "");
    const std::string inner_config = settings.Json("config", "{}");
    if (path.empty()) settings.Refuse("inner", "must be the path of a storage plugin");
    if (std::string error = settings.Finish(); !error.empty()) return {MOLVA_MALFORMED, error};
    auto self = std::make_unique<molva_store>();
    MOLVA_RETURN_UNLESS_OK(Load(path, &self->api));
    self->outer = client;
    self->client = {sizeof(molva_store_client), 0, self.get(), OnWritten, OnFound};
    sdk::Collector reason;
    const molva_code code =
        self->api->open(host, &self->client, sdk::Text(inner_config), reason.sink(), &self->inner);
    if (code != MOLVA_OK) return {code, reason.First()};
    *out = self.release();
    return sdk::Done();
  });
}

// The inner store answers all that still waits before its close returns.
void Close(molva_store* self) {
  self->api->close(self->inner);
  std::unique_ptr<molva_store>(self).reset();
}

// Must return at once: a store puts work in a queue of its own. Elements of the array are reached
// with MOLVA_AT, because a newer host may have longer structs.
void Submit(molva_store* self, const molva_batch* batches, std::size_t count) {
  self->batches += count;
  self->api->submit(self->inner, batches, count);
}

void Query(molva_store* self, const molva_query* query) { self->api->query(self->inner, query); }

constexpr molva_store_api MakeApi() {
  molva_store_api api{};
  api.struct_size = sizeof api;
  api.open = Open;
  api.close = Close;
  api.submit = Submit;
  api.query = Query;
  return api;
}
constexpr molva_store_api kApi = MakeApi();
// What [plugin.store_@NAME@] may hold: the node checks it, and `molvad plugins` lists it.
// So does it the licence at the end, which is yours to choose.
constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::TextSetting("inner", nullptr, "The plugin that is asked."),
    sdk::TableSetting("config", "", "Its settings."),
});
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_STORE, "@NAME@", "0.1", &kApi, kSettings, "Apache-2.0");

}  // namespace

// The one function that the host looks for.
const molva_plugin* molva_plugin_v1() { return &kPlugin; }
