// One client on its shard, whatever it speaks.
#pragma once

#include "transport/deadline_wheel.h"
#include "transport/intrusive_list.h"

namespace molva::transport {

struct FlushTag;

// A connection, or a session without one, as EndpointLoop drives it. None of the calls destroys an
// endpoint or its session from inside: it asks for AfterTurn and says there what is to become of
// it.
class Endpoint : public DeadlineItem, public ListLink<FlushTag> {
 public:
  enum class Fate { kStays, kGone };

  // Writes what is queued, as far as the socket takes it.
  virtual void Flush() = 0;
  // Called once at the end of a turn for each EndpointLoop::WantAfterTurn.
  virtual Fate AfterTurn() = 0;
  // Whether it has a connection of its own, to be counted as one.
  virtual bool holds_socket() const { return true; }
  // The node stops: says good-bye and closes in its own time.
  virtual void BeginShutdown() = 0;
  // No more waiting: the next AfterTurn says kGone.
  virtual void Cut() = 0;

 private:
  friend class EndpointLoop;
  bool wants_after_turn_ = false;
};

}  // namespace molva::transport
