#include "plugin/store_adapter.h"

#include <fmt/format.h>

#include <utility>

#include "base/log.h"
#include "base/status_macros.h"
#include "plugin/caller_store.h"
#include "plugin/open_instance.h"
#include "plugin/store_caller.h"
#include "plugin/store_calls.h"

namespace molva::plugin {

StorePlugin::StorePlugin(const Library& library, Options options)
    : api_(library.store_api()),
      abi_minor_(library.abi_minor()),
      options_(options),
      calls_(std::make_shared<CallStats>(library.Label(), kStoreCalls)),
      host_(fmt::format("store {}", library.name())),
      client_{sizeof(molva_store_client), 0, this, &StorePlugin::OnWritten, &StorePlugin::OnFound} {
}

absl::StatusOr<std::unique_ptr<StorePlugin>> StorePlugin::Open(const Library& library,
                                                               const std::string& config,
                                                               Options options) {
  std::unique_ptr<StorePlugin> plugin(new StorePlugin(library, options));
  MOLVA_ASSIGN_OR_RETURN(
      molva_store* const instance,
      OpenInstance<molva_store>(plugin->host_, [&](const molva_sink* why, molva_store** out) {
        return plugin->api_.open(plugin->host_.table(), &plugin->client_, sdk::Text(config), why,
                                 out);
      }));
  plugin->instance_ = instance;
  return plugin;
}

StorePlugin::~StorePlugin() {
  if (instance_ != nullptr) api_.close(instance_);
}

std::unique_ptr<store::Store> StorePlugin::ForShard(runtime::Shard& shard, store::WriteTap* tap) {
  const runtime::MutexLock lock(mutex_);
  callers_.push_back(std::make_shared<Caller>(shard, static_cast<std::uint32_t>(callers_.size()),
                                              options_.max_waiting));
  return std::make_unique<CallerStore>(api_, abi_minor_, instance_, callers_.back(), tap);
}

StorePlugin::WriteCounts StorePlugin::CountWrites() const {
  return {.answered = calls_->CountOf(kStoreSubmit, CallOutcome::kOk) +
                      calls_->CountOf(kStoreSubmit, CallOutcome::kRefused),
          .failed = calls_->CountOf(kStoreSubmit, CallOutcome::kFailed)};
}

std::shared_ptr<Caller> StorePlugin::CallerOf(std::uint64_t token) {
  const runtime::MutexLock lock(mutex_);
  const std::uint64_t number = Caller::NumberOf(token);
  return number < callers_.size() ? callers_[number] : nullptr;
}

// One post per shard, however many of its batches were committed together.
void StorePlugin::OnWritten(void* context, const molva_result* results, std::size_t count) {
  struct Answer {
    store::Written done;
    absl::Status status;
  };
  StorePlugin& self = *static_cast<StorePlugin*>(context);
  absl::flat_hash_map<std::shared_ptr<Caller>, std::vector<Answer>> answers;
  const CallStats::Clock::time_point now = CallStats::Clock::now();
  for (std::size_t i = 0; i < count; ++i) {
    const molva_result& result = *MOLVA_AT(molva_result, results, i);
    const std::shared_ptr<Caller> caller = self.CallerOf(result.token);
    absl::Status status = StatusOf(result.code, sdk::View(result.why));
    std::optional<WaitingWrite> write =
        caller == nullptr ? std::nullopt : caller->TakeWrite(result.token);
    if (!write.has_value()) {
      base::LogError(
          "a store answered a batch that does not wait",
          {{"plugin", self.host_.plugin_name()}, {"token", fmt::to_string(result.token)}});
      continue;
    }
    self.calls_->Count(kStoreSubmit, OutcomeOf(result.code), now - write->submission->since);
    answers[caller].push_back({std::move(write->done), std::move(status)});
  }
  for (auto& [caller, of_caller] : answers) {
    caller->Deliver(
        [posted = std::move(of_caller)]() mutable {
          for (Answer& answer : posted) answer.done(std::move(answer.status));
        },
        caller);
  }
}

void StorePlugin::OnFound(void* context, const molva_result* result, const molva_row* rows,
                          std::size_t count) {
  StorePlugin& self = *static_cast<StorePlugin*>(context);
  const std::shared_ptr<Caller> caller = self.CallerOf(result->token);
  std::optional<WaitingQuery> query =
      caller == nullptr ? std::nullopt : caller->TakeQuery(result->token);
  if (!query.has_value()) {
    base::LogError(
        "a store answered a query that does not wait",
        {{"plugin", self.host_.plugin_name()}, {"token", fmt::to_string(result->token)}});
    return;
  }
  self.calls_->Count(query->request->c.kind, OutcomeOf(result->code),
                     CallStats::Clock::now() - query->since);
  const absl::Status status = StatusOf(result->code, sdk::View(result->why));
  caller->Deliver(query->reply(status, Rows{rows, count}), caller);
}

}  // namespace molva::plugin
