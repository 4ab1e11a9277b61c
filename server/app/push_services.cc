#include "app/push_services.h"

#include <string>
#include <utility>

#include "app/open_plugin.h"
#include "app/plugin_folder.h"
#include "base/log.h"
#include "base/status_macros.h"

namespace molva::app {
namespace {

// On a shard.
void EraseDevice(router::ShardRouter& router, model::UserId user, const std::string& device) {
  router.store().Write(
      {store::EraseDevice{user, device}}, [&router, device](const absl::Status& status) {
        if (!status.ok()) {
          base::LogWarning("gone device not erased", {{"error", std::string(status.message())}});
          return;
        }
        for (int shard = 0; shard < router.shard_count(); ++shard) {
          router.Push(shard, push::DeviceMoved{device, model::UserId::Nobody()});
        }
      });
}

}  // namespace

absl::StatusOr<std::unique_ptr<PushServices>> PushServices::Open(const config::Config& config,
                                                                 PluginBoard& board,
                                                                 const runtime::ShardSet& shards) {
  std::unique_ptr<PushServices> services(new PushServices(shards));
  for (const std::string& name : config.List("push.plugins")) {
    plugin::PushOptions options;
    options.on_gone = [self = services.get()](model::UserId user, std::string device) {
      self->OnGone(user, std::move(device));
    };
    MOLVA_ASSIGN_OR_RETURN(
        std::unique_ptr<plugin::PushPlugin> opened,
        OpenPlugin<plugin::PushPlugin>(config, board, MOLVA_KIND_PUSH, name,
                                       PushConfigJson(config, name), std::move(options)));
    services->plugins_.push_back(std::move(opened));
  }
  return services;
}

void PushServices::OnGone(model::UserId user, std::string device) const {
  if (router_ == nullptr) return;
  shards_.at(0).Post([router = router_, user, device = std::move(device)] {
    EraseDevice(router->at(0), user, device);
  });
}

std::vector<push::Pusher*> PushServices::pushers() const {
  std::vector<push::Pusher*> pushers;
  for (const auto& one : plugins_) pushers.push_back(one.get());
  return pushers;
}

std::string PushServices::web_key() const {
  for (const auto& one : plugins_) {
    if (!one->web_key().empty()) return one->web_key();
  }
  return "";
}

void PushServices::Register(admin::MetricsRegistry& metrics) const {
  struct Row {
    const char* outcome;
    std::uint64_t plugin::PushCounts::* count;
  };
  for (const auto& one : plugins_) {
    const admin::Labels labels = {{"plugin", std::string(one->name())}};
    metrics.AddGauge(
        "molva_push_queued", "Receipts that wait for a push service.",
        [plugin = one.get()] { return static_cast<double>(plugin->queued()); }, labels);
    for (const Row& row :
         {Row{"sent", &plugin::PushCounts::sent}, Row{"failed", &plugin::PushCounts::failed},
          Row{"gone", &plugin::PushCounts::gone}, Row{"dropped", &plugin::PushCounts::dropped}}) {
      admin::Labels with = labels;
      with.emplace_back("outcome", row.outcome);
      metrics.AddCounterView(
          "molva_pushes_total", "What became of pushes: devices, and receipts that were dropped.",
          [plugin = one.get(), count = row.count] {
            return static_cast<double>(plugin->counts().*count);
          },
          with);
    }
  }
}

}  // namespace molva::app
