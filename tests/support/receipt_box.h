// A push service that keeps what it is given.
#pragma once

#include <deque>
#include <string>

#include "push/receipt.h"

namespace molva::test {

// Thread: the world's.
class ReceiptBox final : public push::Pusher {
 public:
  // What one user was to be told.
  struct Entry {
    std::string to;  // the user's id, or "channel"
    std::string json;
  };

  void Push(push::ReceiptPtr receipt) override;
  // Oldest first, not yet taken.
  std::deque<Entry>& entries() { return entries_; }

 private:
  std::deque<Entry> entries_;
};

}  // namespace molva::test
