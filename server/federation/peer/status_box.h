// Presence of our users that has not left for a peer yet.
#pragma once

#include <absl/time/time.h>

#include <map>
#include <optional>
#include <string>

#include "federation/peer/frames.h"
#include "model/user_id.h"
#include "names/name_book.h"
#include "presence/notice.h"

namespace molva::federation {

// Merges what is said of one user, so that each takes one entry, however often he comes and goes.
//
// Thread: confined to the actor's shard. Full: beyond kMaxUsers the rest is left out; the next
//         snapshot has it.
class StatusBox {
 public:
  static constexpr std::size_t kMaxUsers = 100'000;

  // A link came up: what waits is said anew by whom it concerns.
  void Restart();
  void Add(model::UserId user, presence::What what, const std::string& user_agent,
           absl::Time card_time);
  // All that comes up to EndSnapshot belongs to a snapshot.
  void BeginSnapshot() { begins_ = true; }
  void EndSnapshot() { ends_ = true; }
  bool empty() const { return users_.empty() && !begins_ && !ends_; }
  // What fits in one frame.
  Presence Take(const names::NameBook& names);

 private:
  static constexpr std::size_t kMaxEntries = 1024;

  struct Entry {
    std::optional<UserStatus::What> state;  // on, off or another device
    std::string user_agent;
    absl::Time card_time;
    bool has_new_card = false;
  };
  std::map<model::UserId, Entry> users_;
  bool begins_ = false;
  bool ends_ = false;
};

}  // namespace molva::federation
