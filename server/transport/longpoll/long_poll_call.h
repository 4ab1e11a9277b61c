// What travels between an HTTP connection and a long-poll session, which may live on two shards.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "model/shared_packet.h"
#include "transport/http/http_service.h"

namespace molva::transport {

class LongPollHost;

// Whom to answer: a request on a connection of `host`'s shard.
struct ReturnAddress {
  std::shared_ptr<LongPollHost> host;  // shared: the answer may come after its listener is gone
  std::uint64_t ticket = 0;

  friend bool operator==(const ReturnAddress&, const ReturnAddress&) = default;
};

struct LongPollAnswer {
  HttpResponse response;
  // Whether the connection may go on after it.
  HttpRequest::KeepAlive keep_alive = HttpRequest::KeepAlive::kYes;
  // What the response holds and the session wants back if nobody is there to take it.
  model::PacketPtr packet;
};

// A connection that waits for the answer to its request.
//
// Thread: its shard's.
class LongPollWaiter {
 public:
  virtual ~LongPollWaiter() = default;
  // May come from inside LongPollHost::Take.
  virtual void OnAnswer(LongPollAnswer answer) = 0;
};

}  // namespace molva::transport
