// What a topic that lives on several servers knows of its logs. Plain state, part of ChatCore.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "moderation/case.h"
#include "store/records.h"
#include "topic/command.h"
#include "topic/peer_port.h"

namespace molva::topic {

// The last entry of a lane.
struct LaneHead {
  std::int64_t n = 0;
  std::string hash;
};

// The foreign proposal that is being carried out.
struct Cause {
  std::string domain;
  LaneItemPtr item;  // with `proposal`
};
using CausePtr = std::shared_ptr<const Cause>;

// What was taken of one foreign server's proposals: at the home, by itself; at a replica, as far as
// events have shown them, and without outcomes.
struct TakenLane {
  LaneHead head;
  // The newest of those that led to no event, oldest first.
  std::vector<Outcome> outcomes;
};

// At a replica: a request of an own user that went to the home as a proposal.
struct OwnProposal {
  Command command;         // Publish, Join, Depart, Change or Remove
  bool is_stored = false;  // nobody is told that it is kept before it is
};

// At a replica: an own proposal that is still in the store.
struct KeptProposal {
  std::string hash;  // of its body; an event that names the proposal is checked by it
  model::UserId author;
  absl::Time made;
  bool is_publication = false;
  enum class State : std::uint8_t {
    kOpen,     // nobody knows yet what came of it
    kPerhaps,  // after a restart: it may have led to an event
    kSettled,  // one before it is not
  } state = State::kOpen;
};

// What the user of a topic of two wanted, and let the other do, before its home turned out to be
// elsewhere.
struct Wishes {
  model::UserId user;
  model::AccessMode want;
  model::AccessMode gift;
};

// Entries that are on their way to the disk count already; a failed write reads all of it anew.
struct Lanes {
  LaneHead chain;
  LaneHead proposals;  // own, to the home
  std::map<std::string, TakenLane> taken;
  std::map<std::int64_t, OwnProposal> waiting;  // their askers have no answer yet
  std::map<std::int64_t, KeptProposal> kept;
  LaneHead last_settled;          // the last own proposal that led to an event; there may be more
  std::int64_t told_through = 0;  // authors of given-up publications up to it were told
  // How many publications came to nothing while their authors were not in the topic.
  std::map<model::UserId, std::int64_t> untold;
  std::optional<Wishes> wishes;
  std::map<model::UserId, bool> own_users;  // named by events: whether there is such an account
  // By the hash of an event: what was said of it. Until it is applied.
  std::map<std::string, moderation::Verdict> judged;
  bool is_chain_partial = false;  // the history was not all put into the chain

  // While a command is carried out: who gave it, and the proposal behind it, if it came as one.
  model::UserId actor;
  CausePtr cause;
  bool cause_has_effect = false;  // an event or the mark that it was taken is in a batch
  std::vector<Outcome> replies;   // of `cause`
};

// Recent outcomes as the note of a lane, and back.
std::string NoteOf(const std::vector<Outcome>& outcomes);
std::vector<Outcome> OutcomesOf(const std::string& note);
// How many are kept: more than a peer may have under way unacknowledged without an answer.
inline constexpr std::size_t kMaxOutcomes = 256;

// What is remembered of own proposals (last_settled, told_through, untold), as the note of their
// lane.
std::string NoteOfOwn(const Lanes& lanes);
void ReadNoteOfOwn(const std::string& note, Lanes& lanes);

}  // namespace molva::topic
