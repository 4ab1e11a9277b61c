#include "federation/discovery/pool_source.h"

#include <utility>

namespace molva::federation {

PoolSource::PoolSource(runtime::Shard& shard, runtime::WorkPool& pool, Source kind,
                       Question question)
    : shard_(shard),
      pool_(pool),
      kind_(kind),
      question_(std::make_shared<const Question>(std::move(question))),
      alive_(std::make_shared<Alive>()) {}

void PoolSource::Ask(std::string domain, store::Done<SourceAnswer> done) {
  // Shared, because a pool that is full drops the task and the refusal still needs it.
  auto kept = std::make_shared<store::Done<SourceAnswer>>(std::move(done));
  const std::weak_ptr<Alive> alive(alive_);
  const bool taken = pool_.Submit(
      [&shard = shard_, question = question_, alive, kept, domain = std::move(domain)] {
        shard.Post([alive, kept, answer = (*question)(domain)]() mutable {
          if (!alive.expired()) (*kept)(std::move(answer));
        });
      });
  if (taken) return;
  shard_.Post([alive, kept] {
    if (!alive.expired()) (*kept)(absl::UnavailableError("too many lookups wait"));
  });
}

}  // namespace molva::federation
