// Storage in one SQLite database: the C table over Engine.
#include <new>

#include "engine.h"
#include "molva/plugin.hpp"
#include "molva/store_plugin.h"

struct molva_store : molva::store_sqlite::Engine {
  using Engine::Engine;
};

namespace molva::store_sqlite {
namespace {

molva_code Open(const molva_host* host, const molva_store_client* client, molva_text config,
                const molva_sink* why, molva_store** out) {
  return sdk::Guarded([&]() -> molva_code {
    Options options;
    Outcome outcome = ParseOptions(config, &options);
    if (outcome.ok()) {
      auto engine = std::make_unique<molva_store>(*client, sdk::Logger(host));
      outcome = engine->Open(options);
      if (outcome.ok()) *out = engine.release();
    }
    if (!outcome.ok()) sdk::Put(why, outcome.why);
    return outcome.code;
  });
}

void Close(molva_store* self) { std::unique_ptr<molva_store>(self).reset(); }

// Out of memory is answered by the end of the process: noexcept.
void Submit(molva_store* self, const molva_batch* batches, size_t count) noexcept {
  self->Submit(batches, count);
}

void Query(molva_store* self, const molva_query* query) noexcept { self->Query(*query); }

constexpr molva_store_api kApi = {sizeof(molva_store_api), 0, Open, Close, Submit, Query};
constexpr molva_plugin kPlugin = sdk::DescribePlugin(MOLVA_KIND_STORE, "sqlite", "1.0", &kApi);

}  // namespace
}  // namespace molva::store_sqlite

const molva_plugin* molva_plugin_v1() { return &molva::store_sqlite::kPlugin; }
