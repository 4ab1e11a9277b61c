// A storage plugin as store::Store: requests go out as C structs, answers come home to the shard.
#pragma once

#include <absl/status/statusor.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "molva/store_plugin.h"
#include "plugin/call_stats.h"
#include "plugin/host_api.h"
#include "plugin/library.h"
#include "runtime/mutex.h"
#include "runtime/shard.h"
#include "store/copies.h"
#include "store/store.h"
#include "store/write_tap.h"

namespace molva::plugin {

class Caller;

// An open storage plugin. Each shard gets a store of its own over it; that is how an answer finds
// its shard, and how the plugin knows the caller whose order it keeps.
//
// Thread:  Open, ForShard and the destructor on one thread. The stores: see ForShard.
// Owns:    the plugin's instance; closes it when it goes.
// Borrows: the shards; they must outlive it.
// Bounded: a shard may have `max_waiting` requests without an answer; beyond, a request is
//          answered kUnavailable.
class StorePlugin {
 public:
  struct Options {
    std::size_t max_waiting = 16384;
  };

  // Opens the plugin with its part of the configuration, a JSON object. Blocks.
  // Errors: what the plugin says, prefixed with its name.
  static absl::StatusOr<std::unique_ptr<StorePlugin>> Open(const Library& library,
                                                           const std::string& config,
                                                           Options options);
  static absl::StatusOr<std::unique_ptr<StorePlugin>> Open(const Library& library,
                                                           const std::string& config) {
    return Open(library, config, Options());
  }
  // Waits for the plugin to answer everything; the answers still reach shards that run.
  ~StorePlugin();
  StorePlugin(const StorePlugin&) = delete;
  StorePlugin& operator=(const StorePlugin&) = delete;

  // The store of `shard`, to be used and destroyed there (or before it starts and after it stops).
  // Answers that come after its end are dropped. Must not be called on after the plugin is closed.
  // `tap`, if any, sees every batch and outlives the store.
  std::unique_ptr<store::Store> ForShard(runtime::Shard& shard, store::WriteTap* tap = nullptr);
  // How the plugin fares, for metrics: each batch from its submission to its answer, each query.
  std::shared_ptr<const CallStats> calls() const { return calls_; }
  // Batches since the start: those that the store took, or refused as their makers must expect, and
  // those that it could not take. Thread: any.
  struct WriteCounts {
    std::uint64_t answered = 0;
    std::uint64_t failed = 0;
  };
  WriteCounts CountWrites() const;

  // Reads everything in the store, behind a record or from the first one, beside all that goes on.
  // Fills a store that is empty, or goes on with that: then *place is where, and goes to
  // StartExport of where the records come from. Block; what they return must not outlive the
  // plugin. Errors: kUnimplemented if the plugin does not do that; what the plugin says.
  absl::StatusOr<std::unique_ptr<store::RecordSource>> StartExport(std::string_view behind);
  absl::StatusOr<std::unique_ptr<store::RecordSink>> StartImport(std::string* place);

 private:
  explicit StorePlugin(const Library& library, Options options);
  absl::Status CheckCopies() const;

  static void OnWritten(void* context, const molva_result* results, std::size_t count);
  static void OnFound(void* context, const molva_result* result, const molva_row* rows,
                      std::size_t count);
  // The caller of a token, or nullptr (logged) if there is none.
  std::shared_ptr<Caller> CallerOf(std::uint64_t token);

  const molva_store_api& api_;
  const std::uint32_t abi_minor_;
  const Options options_;
  const std::shared_ptr<CallStats> calls_;  // shared with the metrics
  HostApi host_;
  const molva_store_client client_;
  molva_store* instance_ = nullptr;
  runtime::Mutex mutex_;
  // Shared with the stores and with answers under way to a shard.
  std::vector<std::shared_ptr<Caller>> callers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace molva::plugin
