// Which servers this node deals with: the configuration and the operator's own lists together.
#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "app/operator_lists.h"
#include "federation/peer/peers.h"
#include "runtime/shard.h"
#include "store/store.h"

namespace molva::app {

// Keeps the operator's lists in the store and tells the peers of every change.
//
// Thread:  the calls below from any; the rest is the shard's alone.
// Borrows: shard, store and peers, which outlive the shard's run.
class PeerPolicy {
 public:
  using Told = absl::AnyInvocable<void(absl::StatusOr<OperatorLists>)>;

  PeerPolicy(runtime::Shard& shard, store::Store& store, federation::Peers& peers,
             federation::DomainRules configured)
      : shard_(shard), store_(store), peers_(peers), configured_(std::move(configured)) {}

  // Reads what is stored and puts it in force. `told` comes on the shard, here and below.
  // Errors: those of the store.
  void Load(Told told);
  // Change the lists, at once, and then in the store. Errors: also kResourceExhausted.
  void Block(std::string pattern, Told told);
  void Allow(std::string pattern, Told told);
  void SetConfigured(federation::DomainRules configured);
  // The rules in force.
  void Ask(absl::AnyInvocable<void(const federation::DomainRules&)> told);

 private:
  void Store(OperatorLists changed, Told told);

  runtime::Shard& shard_;
  store::Store& store_;
  federation::Peers& peers_;
  federation::DomainRules configured_;
  OperatorLists lists_;
};

}  // namespace molva::app
