// A source whose question blocks: it is asked on a pool, the answer comes back to the shard.
#pragma once

#include <absl/status/statusor.h>

#include <functional>
#include <memory>
#include <string>

#include "federation/discovery/source.h"
#include "runtime/shard.h"
#include "runtime/work_pool.h"

namespace molva::federation {

// Thread:  confined to `shard`; the question itself runs on `pool`, several at once.
// Borrows: shard and pool; the pool stops before the shard goes.
// Full:    a pool that takes no more is kUnavailable.
class PoolSource final : public DiscoverySource {
 public:
  using Question = std::function<absl::StatusOr<SourceAnswer>(const std::string& domain)>;

  PoolSource(runtime::Shard& shard, runtime::WorkPool& pool, Source kind, Question question);

  Source kind() const override { return kind_; }
  void Ask(std::string domain, store::Done<SourceAnswer> done) override;

 private:
  struct Alive {};

  runtime::Shard& shard_;
  runtime::WorkPool& pool_;
  const Source kind_;
  const std::shared_ptr<const Question> question_;  // shared with what runs on the pool
  const std::shared_ptr<Alive> alive_;              // watched by what comes back
};

}  // namespace molva::federation
