// Where requests of incoming webhooks go.
#pragma once

#include <cstdint>
#include <string_view>

#include "transport/http/http_service.h"
#include "transport/longpoll/long_poll_call.h"

namespace molva::transport {

// In front of the secret of a hook.
inline constexpr std::string_view kHookPath = "/v0/hook/";

// Thread: one shard's.
class HookDoor {
 public:
  virtual ~HookDoor() = default;
  // `waiter` is answered once, possibly from inside, unless it is forgotten before. Returns the
  // ticket to forget it by.
  virtual std::uint64_t Take(LongPollWaiter& waiter, const HttpRequest& request) = 0;
  // The connection is gone. Does nothing for a ticket that was answered.
  virtual void Forget(std::uint64_t ticket) = 0;
};

}  // namespace molva::transport
