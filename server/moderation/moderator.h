// Who is asked before something takes effect: a port that topics and sessions use.
#pragma once

#include <absl/functional/any_invocable.h>

#include "moderation/case.h"

namespace molva::moderation {

// Thread: confined to its shard.
class Moderator {
 public:
  using Done = absl::AnyInvocable<void(Verdict)>;

  virtual ~Moderator() = default;
  // Whether anybody is to be asked about cases of this kind.
  virtual bool Wants(Subject subject) const = 0;
  // `done` is called once, on this shard, never from inside the call, and in bounded time; it may
  // be dropped when the node stops.
  virtual void Consider(Case what, Done done) = 0;
};

}  // namespace molva::moderation
