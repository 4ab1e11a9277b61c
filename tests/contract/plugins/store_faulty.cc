// A storage plugin over another one that misbehaves as told: answers late, from threads of its own
// and out of order, answers twice, answers what nobody asked, refuses some batches.
//
// Settings: "inner" (the .so), "path" (for the inner one), "fail_every" (each n-th batch is
// refused; 0: none), "twice" (every answer to a batch comes again).
#include <dlfcn.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "molva/plugin.hpp"
#include "molva/plugin_config.hpp"
#include "molva/store_plugin.h"

namespace molva::test {
namespace {

namespace sdk = molva::sdk;

// An answer on its way, with its own copy of the text.
struct Answer {
  molva_code code;
  std::uint64_t token;
  std::string why;
};

class FaultyStore {
 public:
  FaultyStore(const molva_host* host, const molva_store_client* client)
      : host_(host),
        outer_(*client),
        client_{sizeof(molva_store_client), 0, this, &FaultyStore::OnWritten,
                &FaultyStore::OnFound} {}

  molva_code Open(molva_text text, const molva_sink* why) {
    sdk::Config config(text);
    const std::string inner = config.Text("inner", "");
    const std::string path = config.Text("path", "");
    fail_every_ = static_cast<int>(config.Integer("fail_every", 0, 0, 1000000));
    twice_ = config.Flag("twice", false);
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
    const molva_code code = api_->open(host_, &client_, sdk::Text(inner_config), why, &inner_);
    if (code == MOLVA_OK) late_ = std::thread([this] { RunLate(); });
    return code;
  }

  ~FaultyStore() {
    if (inner_ != nullptr) api_->close(inner_);
    if (!late_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    wake_.notify_one();
    late_.join();
  }

  void Submit(const molva_batch& batch) {
    const int number = ++batches_;
    if (fail_every_ > 0 && number % fail_every_ == 0) {
      return Later({MOLVA_UNAVAILABLE, batch.token, "told to fail"});
    }
    api_->submit(inner_, &batch, 1);
  }
  void Query(const molva_query& query) { api_->query(inner_, &query); }

 private:
  static void OnWritten(void* context, const molva_result* results, std::size_t count) {
    FaultyStore& self = *static_cast<FaultyStore*>(context);
    for (std::size_t i = count; i > 0; --i) {
      const molva_result& result = *MOLVA_AT(molva_result, results, i - 1);
      self.Later({result.code, result.token, sdk::Copy(result.why)});
    }
  }
  static void OnFound(void* context, const molva_result* result, const molva_row* rows,
                      std::size_t count) {
    FaultyStore& self = *static_cast<FaultyStore*>(context);
    self.outer_.found(self.outer_.context, result, rows, count);
    if (self.twice_) self.outer_.found(self.outer_.context, result, rows, count);
  }

  void Later(Answer answer) {
    {
      const std::lock_guard lock(mutex_);
      answers_.push_back(std::move(answer));
    }
    wake_.notify_one();
  }
  void RunLate() {
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return closing_ || !answers_.empty(); });
      if (answers_.empty()) return;
      const Answer answer = std::move(answers_.back());  // the newest first: out of order
      answers_.pop_back();
      lock.unlock();
      std::this_thread::sleep_for(std::chrono::microseconds(200));
      const molva_result result = {sizeof(molva_result), answer.code, answer.token,
                                   sdk::Text(answer.why)};
      outer_.written(outer_.context, &result, 1);
      if (twice_) {
        outer_.written(outer_.context, &result, 1);
        const molva_result unknown = {sizeof(molva_result), MOLVA_OK, ~answer.token, {}};
        outer_.written(outer_.context, &unknown, 1);
      }
      lock.lock();
    }
  }

  const molva_host* host_;
  const molva_store_client& outer_;
  const molva_store_client client_;
  const molva_store_api* api_ = nullptr;
  molva_store* inner_ = nullptr;
  int fail_every_ = 0;
  bool twice_ = false;
  std::atomic<int> batches_{0};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Answer> answers_;
  bool closing_ = false;
  std::thread late_;
};

}  // namespace
}  // namespace molva::test

struct molva_store : molva::test::FaultyStore {
  using FaultyStore::FaultyStore;
};

namespace {

molva_code Open(const molva_host* host, const molva_store_client* client, molva_text config,
                const molva_sink* why, molva_store** out) {
  return molva::sdk::Guarded([&] {
    auto faulty = std::make_unique<molva_store>(host, client);
    const molva_code code = faulty->Open(config, why);
    if (code == MOLVA_OK) *out = faulty.release();
    return code;
  });
}
void Close(molva_store* self) { std::unique_ptr<molva_store>(self).reset(); }
void Submit(molva_store* self, const molva_batch* batches, size_t count) noexcept {
  for (size_t i = 0; i < count; ++i) self->Submit(*MOLVA_AT(molva_batch, batches, i));
}
void Query(molva_store* self, const molva_query* query) noexcept { self->Query(*query); }

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
constexpr molva_plugin kPlugin =
    molva::sdk::DescribePlugin(MOLVA_KIND_STORE, "faulty", "1.0", &kApi);

}  // namespace

const molva_plugin* molva_plugin_v1() { return &kPlugin; }
