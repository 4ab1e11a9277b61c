#include "remote_plugin/plugins.h"

#include <algorithm>
#include <utility>

#include "remote_plugin/call_loop.h"
#include "remote_plugin/outside_plugin.h"
#include "remote_plugin/shard_desk.h"

namespace molva::remote_plugin {

// The plugins end before the loop that they borrow.
struct Plugins::Parts {
  explicit Parts(const Env& env) : decoder(env.limits), board{loop, plugins, decoder, env.names} {}

  template <typename Predicate>
  ShardDesk* DeskIf(int shard, Predicate has) const {
    const bool is_wanted = std::any_of(plugins.begin(), plugins.end(),
                                       [&](const auto& plugin) { return has(plugin->options()); });
    return is_wanted ? desks[static_cast<std::size_t>(shard)].get() : nullptr;
  }

  CallLoop loop;
  std::vector<std::unique_ptr<OutsidePlugin>> plugins;
  wire::PluginAnswerDecoder decoder;
  const Switchboard board;
  std::vector<std::unique_ptr<ShardDesk>> desks;
};

Plugins::Plugins(std::vector<PluginOptions> options, const Env& env)
    : parts_(std::make_unique<Parts>(env)) {
  for (PluginOptions& one : options) {
    parts_->plugins.push_back(
        std::make_unique<OutsidePlugin>(parts_->loop, std::move(one), env.limits.max_packet_bytes));
  }
  for (int i = 0; i < env.shards.size(); ++i) {
    parts_->desks.push_back(std::make_unique<ShardDesk>(parts_->board, env.shards.at(i)));
  }
}

Plugins::~Plugins() { Stop(); }

void Plugins::Start() { parts_->loop.Start(); }

void Plugins::Stop() { parts_->loop.Stop(); }

session::RequestFilter* Plugins::request_filter(int shard) const {
  return parts_->DeskIf(shard,
                        [](const PluginOptions& options) { return options.fire_hose.has_value(); });
}

topic::SearchFilter* Plugins::search_filter(int shard) const {
  return parts_->DeskIf(shard, [](const PluginOptions& options) { return options.has_find; });
}

store::WriteTap* Plugins::write_tap(int shard) const {
  return parts_->DeskIf(shard, [](const PluginOptions& options) {
    return options.account.has_value() || options.topic.has_value() ||
           options.subscription.has_value() || options.message.has_value();
  });
}

std::vector<Plugins::Named> Plugins::stats() const {
  std::vector<Named> all;
  for (const auto& plugin : parts_->plugins) {
    all.push_back({plugin->options().name, plugin->stats()});
  }
  return all;
}

}  // namespace molva::remote_plugin
