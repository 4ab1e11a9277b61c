// Incoming webhooks: POST /v0/hook/<secret> becomes a message.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "admin/metrics.h"
#include "app/hook_options.h"
#include "session/hook_desk.h"
#include "transport/http/hook_door.h"
#include "wire/json_decoder.h"

namespace molva::app {

// A hook of the node, and what became of its messages. Shared by the shards.
struct Hook {
  explicit Hook(session::HookTarget where) : target(std::move(where)) {}

  const session::HookTarget target;
  // By outcome: published, refused, failed.
  std::array<std::atomic<std::uint64_t>, 3> messages{};
};

// All hooks of the node by the digest of their secret, so that looking one up tells nothing of it.
using HookTable = std::map<std::string, std::unique_ptr<Hook>>;

HookTable MakeHookTable(std::vector<HookOptions> options);
void RegisterHooks(const HookTable& hooks, admin::MetricsRegistry& metrics);

// The hooks as one shard serves them.
//
// Thread: its shard's. Borrows: the table and `env`.
class ShardHooks final : public transport::HookDoor {
 public:
  ShardHooks(const HookTable& hooks, const session::SessionEnv& env, std::size_t max_message_bytes);

  std::uint64_t Take(transport::LongPollWaiter& waiter,
                     const transport::HttpRequest& request) override;
  void Forget(std::uint64_t ticket) override { awaited_.erase(ticket); }

 private:
  const HookTable& hooks_;
  const std::size_t max_message_bytes_;
  wire::JsonDecoder decoder_;
  session::HookDesk desk_;
  absl::flat_hash_map<std::uint64_t, transport::LongPollWaiter*> awaited_;
  std::uint64_t last_ticket_ = 0;
};

}  // namespace molva::app
