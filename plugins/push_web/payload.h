// What a device is told: a small JSON object of texts, as the clients know it from other services.
// Source: docs/protocol plugin-and-backend §6.
#pragma once

#include <string>
#include <string_view>

#include "molva/push_plugin.h"

namespace molva::push_web {

enum class ContentRule { kShown, kHidden };

// The receipt as `recipient` may see it. Content is at most 128 characters of plain text, and only
// of messages that are plain text or rich text with a plain one in it.
std::string PayloadFor(const molva_receipt& receipt, const molva_recipient& recipient,
                       ContentRule rule);

// How the push service shall treat it: RFC 8030 §5.
struct Delivery {
  std::string urgency;
  std::string topic;  // replaces an earlier one that waits; empty: replaces nothing
  long ttl_seconds = 0;
};
Delivery DeliveryFor(const molva_receipt& receipt, const molva_recipient& recipient,
                     long ttl_seconds);

}  // namespace molva::push_web
