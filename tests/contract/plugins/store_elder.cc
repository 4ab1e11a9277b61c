// A storage plugin as one that was built for version 1.0 of the contract: over a present one, with
// every struct as short as it was then, each in memory of exactly that size. Towards the plugin
// inside it is a host of version 1.0.
//
// Settings: "inner" (the .so), "path" (for the inner one). Ends the process if it is asked what
// 1.0 did not have.
#include <dlfcn.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "molva/plugin.hpp"
#include "molva/plugin_config.hpp"
#include "molva/store_plugin.h"

namespace molva::test {
namespace {

namespace sdk = molva::sdk;

// Copies of structs of which only the first bytes are there.
class ShortCopies {
 public:
  template <typename Struct>
  const Struct* Copy(const Struct* whole, std::size_t size_bytes) {
    if (whole == nullptr) return nullptr;
    char* bytes = Allocate(size_bytes);
    Put(whole, size_bytes, bytes);
    return reinterpret_cast<const Struct*>(bytes);
  }
  char* Allocate(std::size_t size_bytes) {
    return copies_.emplace_back(std::make_unique<char[]>(size_bytes)).get();
  }
  template <typename Struct>
  static void Put(const Struct* whole, std::size_t size_bytes, char* bytes) {
    std::memcpy(bytes, whole, size_bytes);
    const auto size = static_cast<std::uint32_t>(size_bytes);
    std::memcpy(bytes, &size, sizeof size);  // struct_size comes first everywhere
  }

 private:
  std::vector<std::unique_ptr<char[]>> copies_;
};

constexpr std::size_t kUserBytes = offsetof(molva_user, origin);
constexpr std::size_t kTopicBytes = offsetof(molva_topic, home);
constexpr std::size_t kRowBytes = offsetof(molva_row, lane);
constexpr molva_change_kind kLastChange = MOLVA_ERASE_VALUE;
constexpr molva_query_kind kLastQuery = MOLVA_FIND_VALUE;

struct KeptBatch {
  ShortCopies bodies;
  std::vector<molva_change> changes;
  molva_batch batch;
};

class ElderStore {
 public:
  ElderStore(const molva_host* host, const molva_store_client* client)
      : host_(host),
        outer_(*client),
        client_{sizeof(molva_store_client), 0, this, &ElderStore::OnWritten, &ElderStore::OnFound} {
  }
  ~ElderStore() {
    if (inner_ != nullptr) api_->close(inner_);
  }

  molva_code Open(molva_text text, const molva_sink* why) {
    sdk::Config config(text);
    const std::string inner = config.Text("inner", "");
    const std::string path = config.Text("path", "");
    const std::string error = config.Finish();
    if (!error.empty()) {
      sdk::Put(why, error);
      return MOLVA_MALFORMED;
    }
    void* library = ::dlopen(inner.c_str(), RTLD_NOW | RTLD_LOCAL);
    void* symbol = library == nullptr ? nullptr : ::dlsym(library, MOLVA_PLUGIN_ENTRY);
    if (symbol == nullptr) {
      sdk::Put(why, "the inner plugin cannot be loaded");
      return MOLVA_UNAVAILABLE;
    }
    const molva_plugin* (*entry)() = nullptr;
    std::memcpy(&entry, &symbol, sizeof entry);
    api_ = static_cast<const molva_store_api*>(entry()->api);
    const std::string inner_config = "{\"path\": \"" + path + "\"}";
    return api_->open(host_, &client_, sdk::Text(inner_config), why, &inner_);
  }

  void Submit(const molva_batch& batch) {
    const molva_batch* kept = nullptr;
    {
      const std::lock_guard lock(mutex_);
      KeptBatch& copy = kept_[batch.token];
      Shorten(batch, copy);
      kept = &copy.batch;
    }
    api_->submit(inner_, kept, 1);
  }
  void Query(const molva_query& query) {
    if (query.kind > kLastQuery) std::abort();
    api_->query(inner_, &query);
  }

 private:
  static void Shorten(const molva_batch& batch, KeptBatch& copy) {
    for (std::size_t i = 0; i < batch.change_count; ++i) {
      molva_change change = *MOLVA_AT(molva_change, batch.changes, i);
      if (change.kind > kLastChange) std::abort();
      if (change.kind == MOLVA_PUT_USER) {
        change.body = copy.bodies.Copy(static_cast<const molva_user*>(change.body), kUserBytes);
      } else if (change.kind == MOLVA_PUT_TOPIC) {
        change.body = copy.bodies.Copy(static_cast<const molva_topic*>(change.body), kTopicBytes);
      }
      copy.changes.push_back(change);
    }
    copy.batch = batch;
    copy.batch.changes = copy.changes.data();
  }

  static void OnWritten(void* context, const molva_result* results, std::size_t count) {
    ElderStore& self = *static_cast<ElderStore*>(context);
    self.outer_.written(self.outer_.context, results, count);
    const std::lock_guard lock(self.mutex_);
    for (std::size_t i = 0; i < count; ++i) {
      self.kept_.erase(MOLVA_AT(molva_result, results, i)->token);
    }
  }
  static void OnFound(void* context, const molva_result* result, const molva_row* rows,
                      std::size_t count) {
    ElderStore& self = *static_cast<ElderStore*>(context);
    ShortCopies copies;
    char* bytes = copies.Allocate(count * kRowBytes);
    for (std::size_t i = 0; i < count; ++i) {
      molva_row row = *MOLVA_AT(molva_row, rows, i);
      row.user = copies.Copy(row.user, kUserBytes);
      row.topic = copies.Copy(row.topic, kTopicBytes);
      ShortCopies::Put(&row, kRowBytes, bytes + i * kRowBytes);
    }
    self.outer_.found(self.outer_.context, result,
                      count == 0 ? nullptr : reinterpret_cast<const molva_row*>(bytes), count);
  }

  const molva_host* host_;
  const molva_store_client& outer_;
  const molva_store_client client_;
  const molva_store_api* api_ = nullptr;
  molva_store* inner_ = nullptr;
  std::mutex mutex_;
  std::map<std::uint64_t, KeptBatch> kept_;  // until the answer
};

}  // namespace
}  // namespace molva::test

struct molva_store : molva::test::ElderStore {
  using ElderStore::ElderStore;
};

namespace {

molva_code Open(const molva_host* host, const molva_store_client* client, molva_text config,
                const molva_sink* why, molva_store** out) {
  return molva::sdk::Guarded([&] {
    auto elder = std::make_unique<molva_store>(host, client);
    const molva_code code = elder->Open(config, why);
    if (code == MOLVA_OK) *out = elder.release();
    return code;
  });
}
void Close(molva_store* self) { std::unique_ptr<molva_store>(self).reset(); }
void Submit(molva_store* self, const molva_batch* batches, size_t count) noexcept {
  for (size_t i = 0; i < count; ++i) self->Submit(*MOLVA_AT(molva_batch, batches, i));
}
void Query(molva_store* self, const molva_query* query) noexcept { self->Query(*query); }

// As long as the table was then.
constexpr molva_store_api MakeApi() {
  molva_store_api api{};
  api.struct_size = offsetof(molva_store_api, begin_export);
  api.open = Open;
  api.close = Close;
  api.submit = Submit;
  api.query = Query;
  return api;
}

constexpr molva_store_api kApi = MakeApi();

// Nor did that version know what stands behind the table.
constexpr molva_plugin MakePlugin() {
  molva_plugin plugin{};
  plugin.magic = MOLVA_PLUGIN_MAGIC;
  plugin.struct_size = offsetof(molva_plugin, settings);
  plugin.abi_major = MOLVA_ABI_MAJOR;
  plugin.kind = MOLVA_KIND_STORE;
  plugin.name = "elder";
  plugin.version = "1.0";
  plugin.api = &kApi;
  return plugin;
}

constexpr molva_plugin kPlugin = MakePlugin();

}  // namespace

const molva_plugin* molva_plugin_v1() { return &kPlugin; }
