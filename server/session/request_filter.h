// What sees requests before a session looks at them: a port that a module above implements.
#pragma once

#include <absl/functional/any_invocable.h>

#include <string>
#include <variant>

#include "model/packet.h"
#include "model/request.h"
#include "model/session_handle.h"
#include "model/user_id.h"

namespace molva::session {

// Who asks. Before the login `user` is Nobody, before hi most is empty.
struct Petitioner {
  model::SessionHandle session;
  model::UserId user;
  model::AuthLevel level = model::AuthLevel::kNone;
  std::string remote_address;
  std::string user_agent;
  std::string device_id;
  std::string language;
};

// Judges requests, those before the login too, with their secrets.
//
// Thread: confined to its shard.
// Source: docs/protocol plugin-and-backend §7, behaviour §2.
class RequestFilter {
 public:
  // What becomes of a request: it goes on, perhaps as another one; it is answered; it is forgotten.
  struct Forget {};
  using Verdict = std::variant<Forget, model::Request, model::Packet>;
  using Done = absl::AnyInvocable<void(Verdict)>;

  virtual ~RequestFilter() = default;
  virtual bool Wants(const model::Request& request) const = 0;
  // `done` is called once, on this shard, never from inside the call; it may be dropped when the
  // node stops.
  virtual void Judge(Petitioner from, model::Request request, Done done) = 0;
};

}  // namespace molva::session
