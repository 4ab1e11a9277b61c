// A subscription as its topic keeps it in memory.
#pragma once

#include "store/records.h"
#include "topic/access_rules.h"

namespace molva::topic {

// One subscription, soft-deleted ones included. A plain value.
struct Subscriber {
  store::SubscriptionRecord record;

  bool is_live() const { return !record.deleted.has_value(); }
  Modes modes() const { return {record.want, record.given}; }
  model::AccessMode mode() const {
    return is_live() ? record.want & record.given : model::AccessMode::None();
  }
};

}  // namespace molva::topic
