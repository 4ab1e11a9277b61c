// The programs beside the server that are asked and told: all plugins of a node that are reached
// over gRPC.
#pragma once

#include <memory>
#include <vector>

#include "names/name_book.h"
#include "remote_plugin/options.h"
#include "remote_plugin/plugin_stats.h"
#include "runtime/shard.h"
#include "session/request_filter.h"
#include "store/write_tap.h"
#include "topic/search_filter.h"
#include "wire/decode_limits.h"

namespace molva::remote_plugin {

// Requests and searches go to the plugins in the order of the configuration; events to all that
// want them, once they are on disk.
//
// Thread:  the owner's, but for the filters and taps, which belong to their shards.
// Owns:    one thread, which makes all calls.
// Borrows: shards and names, which outlive it. The shards must have stopped before it goes.
// Bounds:  one request of a session at a time; calls and events of each plugin by its options.
class Plugins {
 public:
  struct Env {
    const runtime::ShardSet& shards;
    const names::NameBook& names;
    wire::DecodeLimits limits;  // of answers
  };
  Plugins(std::vector<PluginOptions> options, const Env& env);
  ~Plugins();
  Plugins(const Plugins&) = delete;
  Plugins& operator=(const Plugins&) = delete;

  void Start();
  // Ends the calls that are under way; who waits for one is not answered any more.
  void Stop();

  // nullptr if no plugin asks for it.
  session::RequestFilter* request_filter(int shard) const;
  topic::SearchFilter* search_filter(int shard) const;
  store::WriteTap* write_tap(int shard) const;

  struct Named {
    const std::string& name;
    PluginStats& stats;
  };
  std::vector<Named> stats() const;

 private:
  struct Parts;
  const std::unique_ptr<Parts> parts_;
};

}  // namespace molva::remote_plugin
