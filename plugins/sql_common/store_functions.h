// The functions of the C contract of storage plugins, for any store with SQL behind it.
#pragma once

#include <memory>

#include "molva/plugin.hpp"
#include "molva/store_plugin.h"
#include "sql_common/outcome.h"

namespace molva::sql_common {

template <typename Store, typename Options>
molva_code OpenStore(const molva_host* host, const molva_store_client* client, molva_text config,
                     const molva_sink* why, Store** out) {
  return sdk::GuardedOutcome(why, [&]() -> Outcome {
    Options options;
    MOLVA_RETURN_UNLESS_OK(ParseOptions(config, &options));
    auto store = std::make_unique<Store>(*client, sdk::Logger(host));
    MOLVA_RETURN_UNLESS_OK(store->Open(options));
    *out = store.release();
    return Done();
  });
}

// The table of a store. `Store` is molva_store as the plugin completes it: it has the constructor
// Store(const molva_store_client&, sdk::Logger), Open(const Options&), Submit and Query; beside
// Options is ParseOptions(molva_text, Options*).
template <typename Store, typename Options>
constexpr molva_store_api MakeStoreApi() {
  molva_store_api api{};
  api.struct_size = sizeof api;
  api.open = &OpenStore<Store, Options>;
  api.close = [](Store* self) { std::unique_ptr<Store>(self).reset(); };
  // Out of memory is answered by the end of the process: noexcept.
  api.submit = [](Store* self, const molva_batch* batches, size_t count) noexcept {
    self->Submit(batches, count);
  };
  api.query = [](Store* self, const molva_query* query) noexcept { self->Query(*query); };
  return api;
}

}  // namespace molva::sql_common
