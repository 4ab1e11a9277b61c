// Makes receipts and waits for what comes of them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "plugin/push_adapter.h"

namespace molva::test {

inline push::Recipient RecipientWith(const std::vector<std::string>& devices) {
  push::Recipient recipient;
  recipient.user = model::UserId::FromBits(1);
  recipient.topic = "usrAgAAAAAAAAA";
  recipient.unread = 3;
  for (const std::string& id : devices) {
    recipient.devices.push_back({id, "web", "en", absl::FromUnixSeconds(1700000000)});
  }
  return recipient;
}

inline push::Receipt MessageTo(push::Recipient recipient) {
  push::Receipt receipt;
  receipt.payload.what = push::What::kMessage;
  receipt.payload.from = "usrAgAAAAAAAAA";
  receipt.payload.when = absl::FromUnixMillis(1700000000123);
  receipt.payload.seq = 7;
  receipt.payload.content = {"\"hello\""};
  receipt.recipients.push_back(std::move(recipient));
  return receipt;
}

inline void Push(plugin::PushPlugin& pusher, push::Receipt receipt) {
  pusher.Push(std::make_shared<const push::Receipt>(std::move(receipt)));
}

// Waits until so many devices have been tried.
inline plugin::PushCounts WaitFor(const plugin::PushPlugin& pusher, std::uint64_t devices) {
  for (;;) {
    const plugin::PushCounts counts = pusher.counts();
    if (counts.sent + counts.failed + counts.gone >= devices) return counts;
    std::this_thread::yield();
  }
}

}  // namespace molva::test
