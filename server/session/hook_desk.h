// A message by one request, of a program that is in no session: what incoming webhooks are served
// by.
#pragma once

#include <absl/functional/any_invocable.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "model/packet.h"
#include "model/request.h"
#include "session/session_env.h"

namespace molva::session {

// In whose name, and where to.
struct HookTarget {
  std::string name;   // of the hook
  std::string user;   // a login of the scheme basic, or the id of a user of this node
  std::string topic;  // as that user names it
};

// Opens a session for each message, in which the user joins the topic and publishes, so that all
// rules hold that hold for him elsewhere: access, limits, filters. Nobody sees him come and go.
//
// Thread:  its shard's; `done` comes in a later turn, but for kMostCalls.
// Bounded: kMostCalls at once; beyond, 503 at once.
// Borrows: `env`, which outlives it.
// Source:  docs/webhooks.md.
class HookDesk {
 public:
  static constexpr std::size_t kMostCalls = 256;
  // The ctrl that the user's own client would have got for it.
  using Done = absl::AnyInvocable<void(model::Ctrl)>;

  explicit HookDesk(const SessionEnv& env);
  // The calls under way are never answered.
  ~HookDesk();
  HookDesk(const HookDesk&) = delete;
  HookDesk& operator=(const HookDesk&) = delete;

  // Of `message` head and content count. `address`: of the program, without port.
  void Post(const HookTarget& target, std::string address, model::Pub message, Done done);

 private:
  class Call;

  Call* Find(std::uint64_t id) const;

  const SessionEnv& env_;
  std::map<std::uint64_t, std::unique_ptr<Call>> calls_;
  std::uint64_t last_id_ = 0;
};

}  // namespace molva::session
