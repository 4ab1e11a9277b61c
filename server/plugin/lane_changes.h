// The changes to lanes and deliveries in the shape that storage plugins take.
#pragma once

#include <absl/time/time.h>

#include "molva/store_plugin.h"
#include "plugin/arena.h"
#include "store/mutation.h"

namespace molva::plugin {

// One change of a batch; `body` is in the arena.
struct Change {
  molva_change_kind kind;
  molva_expect expect;
  const void* body;
};

// Each borrows the texts of the change.
Change ToChange(const store::AppendEntry& append, absl::Time now, Arena& arena);
Change ToChange(const store::PutLane& put, absl::Time now, Arena& arena);
Change ToChange(const store::EraseEntries& erase, absl::Time now, Arena& arena);
Change ToChange(const store::DropLane& drop, absl::Time now, Arena& arena);
Change ToChange(const store::RequestDelivery& request, absl::Time now, Arena& arena);
Change ToChange(const store::ConfirmDelivery& confirm, absl::Time now, Arena& arena);

}  // namespace molva::plugin
