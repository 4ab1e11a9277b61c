#include "app/peer_policy.h"

#include <optional>
#include <utility>

namespace molva::app {
namespace {

constexpr char kKey[] = "federation/lists";

}  // namespace

void PeerPolicy::Load(Told told) {
  shard_.Post([this, told = std::move(told)]() mutable {
    store_.FindValue(kKey, [this, told = std::move(told)](
                               absl::StatusOr<std::optional<std::string>> value) mutable {
      if (!value.ok()) return told(value.status());
      if (value->has_value()) lists_ = OperatorLists::Parse(**value);
      peers_.SetRules(lists_.Join(configured_));
      told(lists_);
    });
  });
}

void PeerPolicy::Block(std::string pattern, Told told) {
  shard_.Post([this, pattern = std::move(pattern), told = std::move(told)]() mutable {
    OperatorLists changed = lists_;
    if (absl::Status status = changed.Block(pattern); !status.ok()) return told(std::move(status));
    Store(std::move(changed), std::move(told));
  });
}

void PeerPolicy::Allow(std::string pattern, Told told) {
  shard_.Post([this, pattern = std::move(pattern), told = std::move(told)]() mutable {
    OperatorLists changed = lists_;
    if (absl::Status status = changed.Allow(pattern); !status.ok()) return told(std::move(status));
    Store(std::move(changed), std::move(told));
  });
}

// In force at once: a block must not wait for the disk, and batches commit in their order.
void PeerPolicy::Store(OperatorLists changed, Told told) {
  lists_ = std::move(changed);
  peers_.SetRules(lists_.Join(configured_));
  store::Batch batch;
  batch.push_back(store::PutValue{kKey, lists_.ToText()});
  store_.Write(std::move(batch),
               [told = std::move(told), lists = lists_](absl::Status status) mutable {
                 if (!status.ok()) return told(std::move(status));
                 told(std::move(lists));
               });
}

void PeerPolicy::SetConfigured(federation::DomainRules configured) {
  shard_.Post([this, configured = std::move(configured)]() mutable {
    configured_ = std::move(configured);
    peers_.SetRules(lists_.Join(configured_));
  });
}

void PeerPolicy::Ask(absl::AnyInvocable<void(const federation::DomainRules&)> told) {
  shard_.Post([this, told = std::move(told)]() mutable { told(lists_.Join(configured_)); });
}

}  // namespace molva::app
