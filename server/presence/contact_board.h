// Whom a user watches, and who of them is online. Decides only: the `me` topic sends.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <optional>
#include <vector>

#include "model/topic_name.h"
#include "presence/notice.h"

namespace molva::presence {

// The contacts of one user: p2p topics and groups, each enabled (not muted) or not, online or not.
//
// Thread: confined to the shard of the user's `me` topic.
// Source: docs/protocol presence §4 and §5.
class ContactBoard {
 public:
  struct Contact {
    bool enabled = false;
    bool online = false;
  };

  // What to do about an incoming status notice.
  struct Outcome {
    std::optional<What> forward;  // kOn, kOff or kGone, to the user's own sessions
    bool answer_on = false;       // tell the contact that this user is online
    bool answer_wants_reply = false;
  };

  void Add(model::TopicName contact, bool enabled);
  void Remove(model::TopicName contact) { contacts_.erase(contact); }

  // Takes on, off, gone, ask-status and add-only. O(1).
  Outcome OnStatus(model::TopicName contact, const Notice& notice);

  bool IsEnabled(model::TopicName contact) const;
  bool IsOnline(model::TopicName contact) const;
  const absl::flat_hash_map<model::TopicName, Contact>& contacts() const { return contacts_; }

 private:
  Outcome OnOnline(model::TopicName contact, const Notice& notice);
  Outcome OnOffline(model::TopicName contact, const Notice& notice);

  absl::flat_hash_map<model::TopicName, Contact> contacts_;
};

}  // namespace molva::presence
